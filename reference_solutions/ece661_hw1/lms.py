"""Linear regression: the Wiener solution and the LMS algorithm (Widrow and Hoff, 1960)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """`X` (K, 3), its first column 1, and `D` (K, 1)."""

    X: Floats
    D: Floats


@dataclass(frozen=True)
class Fit:
    """The weights (3, 1) after the last epoch, and the mean squared error after each epoch."""

    weights: Floats
    curve: Floats


def load(path: str = "dataset.mat") -> Data:
    file = loadmat(path)
    return Data(file["X"], file["D"])


def mse(data: Data, weights: Floats) -> float:
    """The loss of the lecture, 1/(2K) times the sum of squared errors."""
    error = data.D - data.X @ np.reshape(weights, (-1, 1))
    return float(np.sum(error**2) / (2 * len(error)))


def wiener(data: Data) -> Floats:
    """W* = (X'X)^-1 X'D, shape (3, 1)."""
    return np.linalg.solve(data.X.T @ data.X, data.X.T @ data.D)


def run(data: Data, rate: float, epochs: int = 20) -> Fit:
    """LMS from zero weights: one update a data point, w += r (d - w'x) x, in the order of the data."""
    weights = np.zeros(data.X.shape[1])
    curve = []
    with np.errstate(over="ignore", invalid="ignore"):  # a rate that is too large overflows: that is to be seen
        for _ in range(epochs):
            for x, d in zip(data.X, data.D[:, 0], strict=True):
                weights = weights + rate * (d - weights @ x) * x
            curve.append(mse(data, weights))
    return Fit(weights.reshape(-1, 1), np.array(curve))  # unmutated: any layout is accepted
