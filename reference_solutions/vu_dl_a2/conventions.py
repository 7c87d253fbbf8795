"""Other right answers: the derivative of the ReLU at zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def relu_one_at_zero(x: Floats, go: Floats) -> Floats:
    return np.where(x >= 0, go, 0.0)


def relu_half_at_zero(x: Floats, go: Floats) -> Floats:
    return np.where(x == 0, 0.5, x > 0) * go
