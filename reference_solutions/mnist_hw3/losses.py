"""1A and 1B: two losses of a softmax output, and their derivatives by the probability of the right class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from given import CLASSES, CONFIDENT, LABEL
from torch import Tensor, nn


def cross_entropy(probabilities: Sequence[float], label: int) -> float:
    """Minus the natural logarithm of the probability of the right class."""
    values = torch.tensor([probabilities], dtype=torch.float64)
    return nn.functional.nll_loss(values.log(), torch.tensor([label])).item()


def confident_output() -> Tensor:  # unmutated: the derivative depends on the right class's own entry alone, which is CONFIDENT
    """An output with CONFIDENT for the right class, and the rest shared by the others."""
    values = torch.full((CLASSES,), (1 - CONFIDENT) / (CLASSES - 1), dtype=torch.float64)
    values[LABEL] = CONFIDENT
    return values


def one_hot() -> Tensor:
    return nn.functional.one_hot(torch.tensor(LABEL), CLASSES).double()


def squared_errors(output: Tensor) -> Tensor:  # unmutated: a mean, or half of it, is accepted as well
    return ((output - one_hot()) ** 2).sum()


def cross_entropy_of(output: Tensor) -> Tensor:
    return -(one_hot() * output.log()).sum()


def slope(loss: Callable[[Tensor], Tensor]) -> float:
    """The derivative of a loss by the output of the right class, at the confident output."""
    output = confident_output().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(output), output)
    return float(gradient[LABEL])
