"""Gradients of a two-layer network by the chain rule, for L = 1/2 (t - x3)'(t - x3).

All vectors are columns: x1 (n, 1), W1 (m, n), b1 (m, 1), W2 (k, m), b2 (k, 1), t (k, 1). Each gradient has the shape of
what it is taken by (denominator layout).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pass:
    """What the forward pass leaves: the pre-activation z (m, 1), the hidden feature x2 (m, 1), the output x3 (k, 1)."""

    z: Floats
    x2: Floats
    x3: Floats


def sigmoid(z: Floats) -> Floats:
    """1/(1 + e^-z), by tanh so that nothing overflows."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def relu(z: Floats) -> Floats:
    return np.maximum(z, 0.0)


def run_sigmoid(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats) -> Pass:
    z = W1 @ x1 + b1
    return Pass(z, sigmoid(z), W2 @ sigmoid(z) + b2)


def run_relu(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats) -> Pass:
    z = W1 @ x1 + b1
    return Pass(z, relu(z), W2 @ relu(z) + b2)


def loss(x3: Floats, t: Floats) -> float:
    return float(0.5 * np.sum((t - x3) ** 2))


def dL_db2(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return -(t - run_sigmoid(x1, W1, b1, W2, b2).x3)


def dL_dW2(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return dL_db2(x1, W1, b1, W2, b2, t) @ run_sigmoid(x1, W1, b1, W2, b2).x2.T


def dL_db1(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    x2 = run_sigmoid(x1, W1, b1, W2, b2).x2
    return (W2.T @ dL_db2(x1, W1, b1, W2, b2, t)) * x2 * (1.0 - x2)


def dL_dW1(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return dL_db1(x1, W1, b1, W2, b2, t) @ x1.T


def relu_dL_db2(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return -(t - run_relu(x1, W1, b1, W2, b2).x3)


def relu_dL_dW2(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return relu_dL_db2(x1, W1, b1, W2, b2, t) @ run_relu(x1, W1, b1, W2, b2).x2.T


def relu_dL_db1(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    z = run_relu(x1, W1, b1, W2, b2).z
    return (W2.T @ relu_dL_db2(x1, W1, b1, W2, b2, t)) * (z > 0)


def relu_dL_dW1(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return relu_dL_db1(x1, W1, b1, W2, b2, t) @ x1.T
