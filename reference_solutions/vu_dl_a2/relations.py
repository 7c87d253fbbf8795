"""What must hold between a student's own values; the functions get them as numpy arrays, lists and dicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from given import HIDDEN_MULT, INPUTS, OUTPUTS
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
HIDDEN = HIDDEN_MULT * INPUTS


# 5


def sum_of_two(a: ArrayLike, b: ArrayLike, c: ArrayLike) -> bool:
    """Two different matrices of 2 x 2 and their sum."""
    first, second, total = (np.asarray(each, dtype=float) for each in (a, b, c))
    are_matrices = first.shape == second.shape == total.shape == (2, 2)
    return bool(are_matrices and not np.array_equal(first, second) and np.allclose(first + second, total))


# 10


class Weights(NamedTuple):
    """The parameters of the three layers, each matrix (inputs, outputs)."""

    w1: Floats
    w2: Floats
    w3: Floats
    b1: Floats
    b2: Floats
    b3: Floats


MATRICES = ((INPUTS, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, OUTPUTS))
BIASES = ((1, HIDDEN), (1, HIDDEN), (1, OUTPUTS))


def sorted_by_shape(weights: Sequence[ArrayLike]) -> Weights:
    """The parameters in their roles, which the shapes tell, and the order where these are equal.

    Raises:
        ValueError: they are not those of the three layers.
    """
    left = [np.asarray(each, dtype=float) for each in weights]
    found = []
    for shape in (*MATRICES, *BIASES):
        index = next((i for i, each in enumerate(left) if each.shape == shape), None)
        if index is None:
            raise ValueError(f"no parameter of shape {shape} is left")
        found.append(left.pop(index))
    if left:
        raise ValueError(f"{len(left)} more parameters than three layers have")
    return Weights(*found)


def three_layers(weights: Sequence[ArrayLike]) -> bool:
    """All parameters of the three layers, and no others."""
    shapes = sorted(np.asarray(each).shape for each in weights)
    return shapes == sorted((*MATRICES, *BIASES))


def sigmoid(z: Floats) -> Floats:
    return 1 / (1 + np.exp(-z))


def log_softmax(z: Floats) -> Floats:
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def residual_outputs(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    """What the network with the residual connection returns."""
    p = sorted_by_shape(weights)
    first = sigmoid(np.asarray(x) @ p.w1 + p.b1)
    return log_softmax((sigmoid(first @ p.w2 + p.b2) + first) @ p.w3 + p.b3)


def plain_outputs(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    """What the network without it returns."""
    p = sorted_by_shape(weights)
    first = sigmoid(np.asarray(x) @ p.w1 + p.b1)
    return log_softmax(sigmoid(first @ p.w2 + p.b2) @ p.w3 + p.b3)


# 11


ABSENT = float("nan")


class Row(NamedTuple):
    """One run: what was set, and what came of it; no accuracy is as good as one that was not written down."""

    rate: float = ABSENT
    momentum: float = ABSENT
    train: float = ABSENT
    test: float = ABSENT


KEYS = (
    ("learningrate", "lr", "rate"),
    ("momentum", "mom"),
    ("trainaccuracy", "trainingaccuracy", "trainacc", "train"),
    ("testaccuracy", "testacc", "test", "valacc", "validationaccuracy"),
)
"""What the columns may be called, without blanks and underscores."""


def plain(name: Any) -> str:
    return re.sub(r"[^a-z]", "", str(name).lower())


def row_of(entry: Any) -> Row:
    """A row in a dict by names, or in a list in the order of the task; further entries do not count.

    Raises:
        ValueError: it has enough entries, but their names are not known.
    """
    if isinstance(entry, Mapping) and len(entry) >= len(KEYS):
        named = {plain(name): value for name, value in entry.items()}
        keys = [next((name for name in names if name in named), "") for names in KEYS]
        if "" in keys:
            raise ValueError(f"a row must have {', '.join(names[0] for names in KEYS)}")
        entry = [named[key] for key in keys]
    elif isinstance(entry, Mapping):
        entry = list(entry.values())
    return Row(*[float(str(number).rstrip("% ")) for number in entry][: len(KEYS)])


def rows_of(tuning: Any) -> list[Row]:
    """The rows of a list of rows, or of a dict of columns."""
    if isinstance(tuning, Mapping):
        tuning = [dict(zip(tuning, entries, strict=True)) for entries in zip(*tuning.values(), strict=True)]
    return [row_of(entry) for entry in tuning]


def told_rows(tuning: Any) -> list[Row]:
    """The rows where all of them have accuracies, as shares or percentages; else none."""
    rows = rows_of(tuning)
    return rows if all(0 <= value <= 100 for row in rows for value in (row.train, row.test)) else []


def is_grid(tuning: Any) -> bool:
    """Every one of several rates with every one of several momenta, once, and accuracies."""
    rows = told_rows(tuning)
    rates, momenta = {row.rate for row in rows}, {row.momentum for row in rows}
    settings = {(row.rate, row.momentum) for row in rows}
    return len(rates) > 1 and len(momenta) > 1 and len(settings) == len(rows) == len(rates) * len(momenta)


def is_highest(tuning: Any, best: Any, accuracy: Callable[[Row], float]) -> bool:
    """The row of the table with the highest accuracy of a kind, or that accuracy alone."""
    rows = rows_of(tuning)
    highest = max(accuracy(row) for row in rows)
    if np.ndim(best) == 0 and not isinstance(best, Mapping):
        return bool(np.isclose(best, highest))
    return row_of(best) in rows and accuracy(row_of(best)) == highest


def is_best(tuning: Any, best: Any) -> bool:
    """By the test data."""
    return is_highest(tuning, best, lambda row: row.test)
