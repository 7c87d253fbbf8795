"""1.7: the mean of all entries of the loss's gradient, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat

import torch
from fashion import Pictures
from given import SEED, STEP_RATE, STEPS
from networks import Base
from torch import Tensor, nn
from training import batches, loss_of

Summary = Callable[[Sequence[Tensor]], Tensor]
"""What is kept of the gradients by all parameters in one step."""


def entries(gradients: Sequence[Tensor]) -> Tensor:
    return torch.cat([gradient.flatten() for gradient in gradients]).double()


def mean_of_all(gradients: Sequence[Tensor]) -> Tensor:
    """The mean over every entry: large layers count for more."""
    return entries(gradients).mean()


def mean_size_of_all(gradients: Sequence[Tensor]) -> Tensor:  # unmutated: what the rubric accepts beside the answer
    """The same of the absolute values."""
    return entries(gradients).abs().mean()


def watch(
    net: nn.Module, steps: Iterable[Pictures], summaries: Mapping[str, Summary], clear: bool = True
) -> dict[str, list[float]]:
    """Descent over the batches, with numbers from the gradients of every step; `clear` sets them to zero in between."""
    optimizer = torch.optim.SGD(net.parameters(), lr=STEP_RATE)
    found: dict[str, list[float]] = {name: [] for name in summaries}
    for batch in steps:
        if clear:
            optimizer.zero_grad()
        loss_of(net, batch).backward()
        gradients = [parameter.grad for parameter in net.parameters() if parameter.grad is not None]
        for name, summary in summaries.items():
            found[name].append(summary(gradients).item())
        optimizer.step()
    return found


def first_steps(data: Pictures) -> Iterator[Pictures]:
    """Batches in the order of the files, from the beginning again when they are used up."""
    return islice(chain.from_iterable(batches(data) for _ in repeat(None)), STEPS)


def step_means(data: Pictures, summaries: Mapping[str, Summary], clear: bool = True) -> dict[str, list[float]]:
    """Numbers of the first STEPS steps of the base network, built right after the seed is set."""
    torch.manual_seed(SEED)
    return watch(Base(), first_steps(data), summaries, clear)
