"""9 and 10: fully connected networks on `vugrad`, and their training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import vugrad as vg
from vugrad import Module, TensorNode, sigmoid

RATE, EPOCHS = 0.5, 40  # unmutated: of the student's choice


class Small(vg.MLP):
    """The network of the package with another activation."""

    def __init__(self, input_size: int, output_size: int, activation: Callable[[TensorNode], TensorNode]) -> None:
        super().__init__(input_size, output_size)
        self.activation = activation

    def forward(self, x: TensorNode) -> TensorNode:
        return vg.logsoftmax(self.layer2(self.activation(self.layer1(x))))


class MLP(Module):
    """Two hidden layers with sigmoid. With `residual` the first one's output is added to the second one's."""

    def __init__(self, input_size: int, output_size: int, residual: bool, hidden_mult: int = 4) -> None:
        super().__init__()  # unmutated: a module of vugrad begins with nothing
        hidden_size = hidden_mult * input_size
        self.layer1 = vg.Linear(input_size, hidden_size)
        self.layer2 = vg.Linear(hidden_size, hidden_size)
        self.layer3 = vg.Linear(hidden_size, output_size)
        self.residual = residual

    def forward(self, x: TensorNode) -> TensorNode:
        first = sigmoid(self.layer1(x))
        second = sigmoid(self.layer2(first))
        return vg.logsoftmax(self.layer3(second + first if self.residual else second))

    def parameters(self) -> list[TensorNode]:
        return [*self.layer1.parameters(), *self.layer2.parameters(), *self.layer3.parameters()]


def train(net: Module, samples: vg.Samples, epochs: int = EPOCHS, rate: float = RATE) -> list[float]:
    """The loss before each step of full-batch gradient descent."""
    points, losses = TensorNode(samples.points), []
    for _ in range(epochs):
        net.zero_grad()  # unmutated: the loss falls all the same, with a rate and data of the student's choice
        loss = vg.celoss(net(points), samples.labels)
        loss.backward()
        net.descend(rate)
        losses.append(float(loss.value))
    return losses


# unmutated: data, sizes and seeds of the student's choice
def compare_activations(activations: dict[str, Callable[[TensorNode], TensorNode]], seed: int = 0) -> dict[str, list[float]]:
    """The losses of a small network with each activation, from the same weights."""
    found = {}
    for name, activation in activations.items():
        np.random.seed(seed)
        found[name] = train(Small(2, 2, activation), vg.load_synth())
    return found


# unmutated: data, sizes and seeds of the student's choice
def compare_residual(seed: int = 0) -> dict[str, list[float]]:
    """The losses of the network of 10 with and without the residual connection, from the same weights."""
    found = {}
    for name, residual in (("plain", False), ("residual", True)):
        np.random.seed(seed)
        found[name] = train(MLP(2, 2, residual), vg.load_synth())
    return found
