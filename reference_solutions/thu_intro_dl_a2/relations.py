"""What must hold between a student's own values; the functions get them as numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from given import FACTOR, Setting
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FEWEST = 3
"""Fewer different entries are no random matrix, even of small integers."""


# 2.1


def is_random(matrix: Floats) -> bool:
    """A square matrix of finite entries, of which several differ."""
    is_square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] > 1
    return bool(is_square and np.isfinite(matrix).all() and np.unique(matrix).size >= FEWEST)


def random_pair(a: ArrayLike, b: ArrayLike) -> bool:
    """Two different random matrices of 5 x 5."""
    first, second = np.asarray(a), np.asarray(b)
    is_pair = first.shape == second.shape == (5, 5) and is_random(first) and is_random(second)
    return bool(is_pair and not np.array_equal(first, second))


def addition(a: Floats, b: Floats) -> Floats:
    return a + b


def subtraction(a: Floats, b: Floats) -> Floats:
    return a - b


def elementwise(a: Floats, b: Floats) -> Floats:
    return a * b


def matmul(a: Floats, b: Floats) -> Floats:
    return a @ b


# 2.2


def reshaped(a: Floats) -> Floats:
    """All entries of a matrix in a vector, row by row."""
    return a.reshape(-1)


def subset(a: Floats) -> Floats:
    """The second to the fifth row, the second and third column."""
    return a[1:5, 1:3]


# 2.3


def times_factor(a: Floats) -> Floats:
    return a * FACTOR.numpy()


def total(c: Floats) -> float:
    return float(np.sum(c))


# 2.4: one number for each layer, the first layer first


def curves(*gradients: ArrayLike) -> list[Floats]:
    return [np.asarray(each, dtype=float) for each in gradients]


def have_lengths(found: Sequence[Floats], extra: int = 0) -> bool:
    """As many entries as the base, shallow, wide and slow networks have linear layers, and `extra` ones."""
    layers = (Setting.layers, 4, Setting.layers, Setting.layers)
    return all(each.shape == (count + extra,) for each, count in zip(found, layers, strict=True))


def are_magnitudes(found: Sequence[Floats]) -> bool:
    return all(bool(np.isfinite(each).all() and (each >= 0).all() and each.any()) for each in found)


def layer_means(base: ArrayLike, shallow: ArrayLike, wide: ArrayLike, slow: ArrayLike) -> bool:
    """A mean absolute gradient for each layer of the four networks."""
    found = curves(base, shallow, wide, slow)
    return have_lengths(found) and are_magnitudes(found)


def is_last_largest(each: Floats) -> bool:
    size = np.abs(each)
    return each.ndim == 1 and each.size > 1 and bool(size[-1] > size[:-1].max())


def last_largest(*gradients: ArrayLike) -> bool:
    """In every network the output layer has the largest gradient."""
    return all(is_last_largest(each) for each in curves(*gradients))


def shallow_larger(base: ArrayLike, shallow: ArrayLike) -> bool:
    """Without the output layer, which is large in both, the layers of the shallow network have larger gradients on average."""
    deep, short = (np.abs(each) for each in curves(base, shallow))
    are_curves = deep.ndim == short.ndim == 1 and deep.size > 1 and short.size > 1
    return bool(are_curves and short[:-1].mean() > deep[:-1].mean())
