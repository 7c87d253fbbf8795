"""11: reading CIFAR-10, the network, and trying learning rates and momenta."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from given import CHANNELS, RECORD, SIDE, TEST_FILE, TRAIN_FILES
from torch import Tensor, nn

RATES, MOMENTA = (0.001, 0.01), (0.9, 0.95)  # unmutated: of the student's choice
SEED = 0  # unmutated: any random numbers will do
EPOCHS, BATCH = 6, 10  # unmutated: of the student's choice


class Images(NamedTuple):
    """Images (N, 3, 32, 32) in -1 to 1, float32, and labels (N,), int64."""

    images: Tensor
    labels: Tensor


def load_cifar(path: str) -> Images:
    """One file of the binary version of CIFAR-10."""
    records = np.frombuffer(Path(path).read_bytes(), dtype=np.uint8).reshape(-1, RECORD)
    images = torch.from_numpy(records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE).astype(np.float32))
    return Images(images / 127.5 - 1, torch.from_numpy(records[:, 0].astype(np.int64)))


def load_all(paths: Iterable[str] = TRAIN_FILES) -> Images:
    """Several files after one another."""
    found = [load_cifar(path) for path in paths]
    return Images(torch.cat([each.images for each in found]), torch.cat([each.labels for each in found]))


class Net(nn.Module):
    """Two convolutions and three linear layers, for images (N, 3, 32, 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def hidden(self, x: Tensor) -> Tensor:
        """What the output layer sees."""
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        return torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1)))))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc3(self.hidden(x))


def parameter_count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


# unmutated: nothing but the network could tell a wrong share from a right one
def accuracy(net: nn.Module, data: Images) -> float:
    """The share of images whose greatest output is that of their label."""
    with torch.no_grad():
        return (net(data.images).argmax(dim=1) == data.labels).double().mean().item()


# unmutated: the accuracies that a run ends with cannot show how it was trained
def train(rate: float, momentum: float, data: Images, seed: int = SEED) -> Net:
    """A network after a few epochs of stochastic gradient descent."""
    torch.manual_seed(seed)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=momentum)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(data.labels)).split(BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(data.images[chosen]), data.labels[chosen]).backward()
            optimizer.step()
    return net


def tune(train_data: Images, test_data: Images) -> list[dict[str, float]]:
    """One row for each rate and momentum, with the accuracies that they end with."""
    rows = []
    for rate, momentum in product(RATES, MOMENTA):
        net = train(rate, momentum, train_data)
        accuracies = {"train_accuracy": accuracy(net, train_data), "test_accuracy": accuracy(net, test_data)}
        rows.append({"learning_rate": rate, "momentum": momentum, **accuracies})
    return rows


def load_test() -> Images:
    return load_cifar(TEST_FILE)
