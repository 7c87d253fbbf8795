"""The ops. Each has one output; nothing is broadcast but by `Expand`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .core import Array, Context, Op


def _must_fit(a: Array, b: Array) -> None:
    if a.shape != b.shape:
        raise ValueError(f"arrays of the shapes {a.shape} and {b.shape} do not fit entry by entry")


class Add(Op):
    """Entry by entry."""

    @staticmethod
    def forward(context: Context, a: Array, b: Array) -> Array:
        _must_fit(a, b)
        return a + b

    @staticmethod
    def backward(context: Context, go: Array) -> tuple[Array, Array]:
        return go, go


class Subtract(Op):
    """Entry by entry."""

    @staticmethod
    def forward(context: Context, a: Array, b: Array) -> Array:
        _must_fit(a, b)
        return a - b

    @staticmethod
    def backward(context: Context, go: Array) -> tuple[Array, Array]:
        return go, -go


class Multiply(Op):
    """Entry by entry."""

    @staticmethod
    def forward(context: Context, a: Array, b: Array) -> Array:
        _must_fit(a, b)
        context["a"], context["b"] = a, b
        return a * b

    @staticmethod
    def backward(context: Context, go: Array) -> tuple[Array, Array]:
        return go * context["b"], go * context["a"]


class MatrixMultiply(Op):
    """(n, f) by (f, m)."""

    @staticmethod
    def forward(context: Context, a: Array, b: Array) -> Array:
        context["a"], context["b"] = a, b
        return a @ b

    @staticmethod
    def backward(context: Context, go: Array) -> tuple[Array, Array]:
        return go @ context["b"].T, context["a"].T @ go


class Sum(Op):
    """All entries, to an array of shape ()."""

    @staticmethod
    def forward(context: Context, x: Array) -> Array:
        context["shape"] = x.shape
        return np.asarray(x.sum())

    @staticmethod
    def backward(context: Context, go: Array) -> Array:
        return np.full(context["shape"], go)


class Expand(Op):
    """Repeats an axis of length 1."""

    @staticmethod
    def forward(context: Context, x: Array, *, axis: int, repeats: int) -> Array:
        if x.shape[axis] != 1:
            raise ValueError(f"axis {axis} of shape {x.shape} has not the length 1")
        context["axis"] = axis
        return np.repeat(x, repeats, axis=axis)

    @staticmethod
    def backward(context: Context, go: Array) -> Array:
        return go.sum(axis=context["axis"], keepdims=True)


class Exp(Op):
    @staticmethod
    def forward(context: Context, x: Array) -> Array:
        context["y"] = np.exp(x)
        return context["y"]

    @staticmethod
    def backward(context: Context, go: Array) -> Array:
        return go * context["y"]


class Sigmoid(Op):
    @staticmethod
    def forward(context: Context, x: Array) -> Array:
        # tanh does not overflow
        context["y"] = 0.5 * (1 + np.tanh(0.5 * x))
        return context["y"]

    @staticmethod
    def backward(context: Context, go: Array) -> Array:
        return go * context["y"] * (1 - context["y"])


class LogSoftmax(Op):
    """The logarithm of the softmax of each row."""

    @staticmethod
    def forward(context: Context, x: Array) -> Array:
        shifted = x - x.max(axis=1, keepdims=True)
        y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        context["softmax"] = np.exp(y)
        return y

    @staticmethod
    def backward(context: Context, go: Array) -> Array:
        return go - context["softmax"] * go.sum(axis=1, keepdims=True)


class Select(Op):
    """From each row the entry at its index: (n, k) to (n, 1)."""

    @staticmethod
    def forward(context: Context, x: Array, *, indices: NDArray[np.int64]) -> Array:
        context["shape"], context["indices"] = x.shape, indices
        return x[np.arange(len(x)), indices][:, None]

    @staticmethod
    def backward(context: Context, go: Array) -> Array:
        gradient = np.zeros(context["shape"])
        gradient[np.arange(len(gradient)), context["indices"]] = go[:, 0]
        return gradient
