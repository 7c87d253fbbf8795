"""Training by stochastic gradient descent: losses and accuracies of every epoch, and when a network is converged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from fashion import Pictures
from given import BATCH
from torch import Tensor, nn


@dataclass(frozen=True)
class History:
    """One number an epoch: the mean loss of training, and the share of test pictures that are told rightly after it."""

    losses: list[float]
    accuracies: list[float]


def batches(data: Pictures, order: Tensor | None = None) -> Iterator[Pictures]:
    """Batches of BATCH pictures, in the order of the files or in another."""
    places = torch.arange(len(data)) if order is None else order
    for chosen in places.split(BATCH):
        yield Pictures(data.images[chosen], data.labels[chosen])


def loss_of(net: nn.Module, batch: Pictures) -> Tensor:
    return nn.functional.cross_entropy(net(batch.images), batch.labels)


def accuracy(net: nn.Module, data: Pictures) -> float:
    with torch.no_grad():
        return (net(data.images).argmax(dim=1) == data.labels).float().mean().item()


def train(net: nn.Module, rate: float, epochs: int, data: Pictures, test: Pictures) -> History:
    """Plain descent on shuffled batches."""
    optimizer = torch.optim.SGD(net.parameters(), lr=rate)
    history = History([], [])
    for _ in range(epochs):
        total = 0.0
        for batch in batches(data, torch.randperm(len(data))):
            optimizer.zero_grad()
            loss = loss_of(net, batch)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)  # unmutated: a loss may be a sum or a mean; it must fall
        history.losses.append(total / len(data))  # unmutated: a loss may be a sum or a mean; it must fall
        history.accuracies.append(accuracy(net, test))
    return history


# unmutated: when it is converged is for the student to say
def converged_epoch(accuracies: Sequence[float], threshold: float = 0.02, epochs: int = 8) -> int:
    """The first epoch, from 1, with accuracies within `threshold` of each other for so many epochs before it; else the last."""
    for last in range(epochs, len(accuracies)):
        recent = accuracies[last - epochs : last + 1]
        if max(recent) - min(recent) <= threshold:
            return last + 1
    return len(accuracies)
