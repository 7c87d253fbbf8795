"""The three fully connected networks of 1.4, and their parameters layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from given import BASE, DEEPER, WIDER
from torch import Tensor, nn


class FullyConnected(nn.Module):
    """Linear layers with a ReLU between them, for pictures (N, 1, 28, 28); the result are logits (N, 10)."""

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        modules: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            modules += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.layers = nn.Sequential(*modules[:-1])

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.layers(images)
        return logits


class Base(FullyConnected):
    def __init__(self) -> None:
        super().__init__(BASE)


class Deeper(FullyConnected):
    def __init__(self) -> None:
        super().__init__(DEEPER)


class Wider(FullyConnected):
    def __init__(self) -> None:
        super().__init__(WIDER)


def linear_parameters(inputs: int, outputs: int) -> int:
    """A weight for each pair of input and output, a bias for each output."""
    return (inputs + 1) * outputs


# unmutated: 1.5 is answered by a formula, in answers.md
def convolution_parameters(channels: int, kernel: int, kernels: int) -> int:
    """Each of the kernels has `kernel` x `kernel` weights for each input channel, and a bias."""
    return (channels * kernel**2 + 1) * kernels


def parameter_rows(sizes: Sequence[int]) -> list[dict[str, str | int]]:
    """A row for each linear layer by the formula, without building the network."""
    return [
        {"Layer": f"Linear {number}", "Parameters": linear_parameters(inputs, outputs)}
        for number, (inputs, outputs) in enumerate(pairwise(sizes), start=1)
    ]


def total(sizes: Sequence[int]) -> int:
    """All trainable parameters of a network of these sizes, by the formula."""
    return sum(linear_parameters(inputs, outputs) for inputs, outputs in pairwise(sizes))
