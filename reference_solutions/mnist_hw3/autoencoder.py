# unmutated: what is expected of the blanks, which are filled in in answers.md
"""2A: what each blank of the training loop must do, told by what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

RATE = 0.1
BATCH = 2


def mean_squared_error(x_hat: Tensor, x: Tensor) -> Tensor:
    """(a): a loss of a reconstruction."""
    return ((x_hat - x) ** 2).mean()


def training_modes() -> list[int]:
    """(b): the network and its layers are in training mode."""
    return [1, 1, 1]


def flattened(images: Tensor) -> Tensor:
    """(c): (N, 1, 28, 28) to (N, 784)."""
    return images.reshape(images.shape[0], -1)


def fourth_powers(x_hat: Tensor, x: Tensor) -> Tensor:
    """The loss that (d) is tried with: symmetrical, and none that anybody would write instead of it."""
    return ((x_hat - x) ** 4).mean()


def with_gradient(loss: Callable[[Tensor, Tensor], Tensor], x_hat: Tensor, x: Tensor) -> list[Tensor]:
    """The loss and its gradient by the reconstruction."""
    x_hat = x_hat.clone().requires_grad_()
    value = loss(x_hat, x)
    (gradient,) = torch.autograd.grad(value, x_hat)
    return [value.detach(), gradient]


def compared(x_hat: Tensor, x: Tensor) -> list[Tensor]:
    """(d): the reconstruction compared with the input, whichever comes first."""
    return with_gradient(fourth_powers, x_hat, x)


def gradients(weights: list[Tensor], inputs: Tensor) -> list[Tensor]:
    """Of the loss of a small autoencoder without biases, by its two weight matrices."""
    encoder, decoder = (weight.clone().requires_grad_() for weight in weights)
    output = torch.tanh(inputs @ encoder.T) @ decoder.T
    return list(torch.autograd.grad(fourth_powers(output, inputs), [encoder, decoder]))


def descent(inputs: Tensor, encoder: Tensor, decoder: Tensor, momentum: float = 0.0) -> Iterator[list[Tensor]]:
    """The weights after each batch; with `momentum` 1, earlier gradients are never forgotten."""
    weights, total = [encoder, decoder], [torch.zeros_like(encoder), torch.zeros_like(decoder)]
    for batch in inputs.split(BATCH):
        total = [momentum * old + new for old, new in zip(total, gradients(weights, batch), strict=True)]
        weights = [weight - RATE * each for weight, each in zip(weights, total, strict=True)]
        yield weights


def updated(inputs: Tensor, encoder: Tensor, decoder: Tensor) -> list[list[Tensor]]:
    """(e) to (g): plain gradient descent on each batch, by that batch's gradient alone."""
    return list(descent(inputs, encoder, decoder))
