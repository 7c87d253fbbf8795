"""8 and 9: two more ops."""

from __future__ import annotations

import numpy as np
import vugrad as vg
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Normalize(vg.Op):
    """Each row divided by its sum."""

    @staticmethod
    def forward(context: dict[str, Array], x: Array) -> Array:
        context["x"], context["sum"] = x, x.sum(axis=1, keepdims=True)
        return x / context["sum"]

    @staticmethod
    def backward(context: dict[str, Array], go: Array) -> Array:
        x, total = context["x"], context["sum"]
        return go / total - (go * x).sum(axis=1, keepdims=True) / total**2


class ReLU(vg.Op):
    """The greater of each entry and zero; at zero the derivative is taken as zero."""

    @staticmethod
    def forward(context: dict[str, Array], x: Array) -> Array:
        context["active"] = x > 0
        return np.where(context["active"], x, 0.0)

    @staticmethod
    def backward(context: dict[str, Array], go: Array) -> Array:
        return np.where(context["active"], go, 0.0)


def relu(x: vg.TensorNode) -> vg.TensorNode:
    return ReLU.do_forward(x)
