"""Networks: modules with parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from .core import Array, TensorNode
from .functions import logsoftmax, sigmoid
from .ops import Expand


class Module(ABC):
    """A part of a network. Calling it is `forward`."""

    @abstractmethod
    def forward(self, x: TensorNode) -> TensorNode: ...

    @abstractmethod
    def parameters(self) -> list[TensorNode]: ...

    def __call__(self, x: TensorNode) -> TensorNode:
        return self.forward(x)

    @property
    def weights(self) -> list[Array]:
        """The values of the parameters, in their order."""
        return [parameter.value for parameter in self.parameters()]

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.zero_grad()

    def descend(self, rate: float) -> None:
        """One step of gradient descent with the gradients that the parameters hold."""
        for parameter in self.parameters():
            parameter.value = parameter.value - rate * parameter.grad


class Linear(Module):
    """(n, input_size) to (n, output_size): ``x @ w + b``, with weights drawn from numpy's global generator and zero biases."""

    def __init__(self, input_size: int, output_size: int) -> None:
        super().__init__()
        # the spread keeps the variance of activations over layers (Glorot and Bengio 2010, eq. 16)
        bound = np.sqrt(6 / (input_size + output_size))
        self.w = TensorNode(np.random.uniform(-bound, bound, (input_size, output_size)))
        self.b = TensorNode(np.zeros((1, output_size)))

    def forward(self, x: TensorNode) -> TensorNode:
        product = x @ self.w
        return product + Expand.do_forward(self.b, axis=0, repeats=product.size()[0])

    def parameters(self) -> list[TensorNode]:
        return [self.w, self.b]


class MLP(Module):
    """One hidden layer with sigmoid, `hidden_mult` times as wide as the input; log-probabilities of the classes."""

    def __init__(self, input_size: int, output_size: int, hidden_mult: int = 4) -> None:
        super().__init__()
        hidden_size = hidden_mult * input_size
        self.layer1 = Linear(input_size, hidden_size)
        self.layer2 = Linear(hidden_size, output_size)

    def forward(self, x: TensorNode) -> TensorNode:
        return logsoftmax(self.layer2(sigmoid(self.layer1(x))))

    def parameters(self) -> list[TensorNode]:
        return self.layer1.parameters() + self.layer2.parameters()
