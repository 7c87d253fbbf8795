"""The computation graph: tensor nodes hold values and gradients, op nodes say how values came about, ops do the arithmetic.

TensorNode  --inputs-->  OpNode  --outputs-->  TensorNode
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Context = dict[str, Any]


class TensorNode:
    """A value in the graph and the gradient of the loss by it, two arrays of the same shape."""

    def __init__(self, value: ArrayLike, source: OpNode | None = None) -> None:
        self.value: Array = np.asarray(value, dtype=np.float64)
        self.grad: Array = np.zeros_like(self.value)
        self.source = source
        """The op node this value came out of; None for one that was not computed."""
        self.numparents = 0
        """How often the loss uses this node, counted when `backward` is called on the loss."""
        self.visits = 0
        """How many of these parents have passed their gradient on."""

    def size(self) -> tuple[int, ...]:
        return self.value.shape

    def zero_grad(self) -> None:
        self.grad = np.zeros_like(self.value)

    def backward(self, start: bool = True) -> None:
        """Gradients of this node, the loss, by all that it was computed from; those of nodes without a source are added up.

        Raises:
            ValueError: it starts at a node that holds more than one number.
        """
        if start:
            if self.value.size != 1:
                raise ValueError(f"backward starts at a single number, not at a value of shape {self.size()}")
            _prepare(self)
            self.grad += 1.0
        else:
            self.visits += 1
        # only when every parent has been here is the gradient complete
        if self.source is not None and (start or self.visits == self.numparents):
            self.source.backward()

    def sum(self) -> TensorNode:
        return _ops().Sum.do_forward(self)

    def __add__(self, other: TensorNode) -> TensorNode:
        return _ops().Add.do_forward(self, other)

    def __sub__(self, other: TensorNode) -> TensorNode:
        return _ops().Subtract.do_forward(self, other)

    def __mul__(self, other: TensorNode) -> TensorNode:
        return _ops().Multiply.do_forward(self, other)

    def __matmul__(self, other: TensorNode) -> TensorNode:
        return _ops().MatrixMultiply.do_forward(self, other)


def _ops() -> Any:
    """The module of the ops, which itself needs the classes of this one."""
    from . import ops

    return ops


def _prepare(loss: TensorNode) -> None:
    """Count the parents of every node below the loss, and forget the gradients of those that are computed anew."""
    loss.numparents = 0
    waiting, seen = [loss], {id(loss)}
    while waiting:
        node = waiting.pop()
        node.visits = 0
        if node.source is None:
            continue
        node.zero_grad()
        for each in node.source.inputs:
            if id(each) not in seen:
                seen.add(id(each))
                each.numparents = 0
                waiting.append(each)
            each.numparents += 1


class OpNode:
    """One operation in the graph: which op, on which inputs, with which outputs, and what the op remembers."""

    def __init__(self, op: type[Op], context: Context, inputs: tuple[TensorNode, ...]) -> None:
        self.op = op
        self.context = context
        self.inputs = inputs
        self.outputs: list[TensorNode] | None = None
        """Set by `Op.do_forward`: the outputs need this node as their source, so this node comes first."""

    def backward(self) -> None:
        """From the gradients of the outputs those of the inputs, which then go on."""
        if self.outputs is None:
            raise ValueError("this op node has no outputs yet")
        goutputs = [output.grad for output in self.outputs]
        ginputs = self.op.backward(self.context, *goutputs)
        ginputs = ginputs if isinstance(ginputs, tuple) else (ginputs,)
        for node, gradient in zip(self.inputs, ginputs, strict=True):
            node.grad = node.grad + gradient
        for node in self.inputs:
            node.backward(start=False)


class Op(ABC):
    """An operation on arrays with one output. It is a class and never an object: what it must remember goes into `context`."""

    @staticmethod
    @abstractmethod
    def forward(context: Context, *inputs: Array, **kwargs: Any) -> Array:
        """The output, from the values of the inputs."""

    @staticmethod
    @abstractmethod
    def backward(context: Context, *goutputs: Array) -> Array | tuple[Array, ...]:
        """The gradient of the loss by each input, from its gradient by the output; an array, or one for each input in a tuple."""

    @classmethod
    def do_forward(cls, *inputs: TensorNode, **kwargs: Any) -> TensorNode:
        """Compute the output and add the operation to the graph."""
        context: Context = {}
        value = cls.forward(context, *(node.value for node in inputs), **kwargs)
        opnode = OpNode(cls, context, inputs)
        output = TensorNode(value, source=opnode)
        opnode.outputs = [output]
        return output

    @classmethod
    def evaluate(cls, *inputs: ArrayLike) -> Array:
        """The output for arrays, without a graph: to try an op."""
        return cls.forward({}, *(np.asarray(each, dtype=np.float64) for each in inputs))

    @classmethod
    def vjp(cls, *inputs_and_go: ArrayLike) -> Array | tuple[Array, ...]:
        """Forward and then backward on arrays, without a graph. The last argument is the gradient by the output."""
        *inputs, go = (np.asarray(each, dtype=np.float64) for each in inputs_and_go)
        context: Context = {}
        cls.forward(context, *inputs)
        return cls.backward(context, go)
