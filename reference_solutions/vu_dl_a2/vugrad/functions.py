"""Ops as functions of nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .core import TensorNode
from .ops import LogSoftmax, Multiply, Select, Sigmoid, Sum


def sigmoid(x: TensorNode) -> TensorNode:
    return Sigmoid.do_forward(x)


def logsoftmax(x: TensorNode) -> TensorNode:
    return LogSoftmax.do_forward(x)


def celoss(logprobs: TensorNode, labels: ArrayLike) -> TensorNode:
    """The mean cross-entropy of log-probabilities (n, k) and n labels, in nats."""
    chosen = Select.do_forward(logprobs, indices=np.asarray(labels, dtype=np.int64))
    share = TensorNode(np.full(chosen.size(), -1 / len(chosen.value)))
    return Sum.do_forward(Multiply.do_forward(chosen, share))
