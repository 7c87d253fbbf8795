"""Threshold units over all their inputs: rows of a truth table, features, and the names of logic functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.checks.literals import as_array
from grader.model.values import Value

Levels: TypeAlias = Literal["bipolar", "binary"]
Bias: TypeAlias = Literal["first", "last", "none"]
Truth: TypeAlias = tuple[bool, ...]

LOW: dict[str, float] = {"bipolar": -1.0, "binary": 0.0}
ZERO = 1e-12
"""A feature is zero when it is below this share of the sum of its terms' sizes: ``0.1 + 0.2 - 0.3`` is not exactly 0."""

FUNCTIONS: dict[str, Callable[[Sequence[bool]], bool]] = {
    "and": all,
    "or": any,
    "nand": lambda bits: not all(bits),
    "nor": lambda bits: not any(bits),
    "xor": lambda bits: sum(bits) % 2 == 1,
    "xnor": lambda bits: sum(bits) % 2 == 0,
    "majority": lambda bits: 2 * sum(bits) > len(bits),
    "minority": lambda bits: 2 * sum(bits) < len(bits),
    "always_true": lambda _: True,
    "always_false": lambda _: False,
}
"""By name; xor of more than two inputs is odd parity."""


def rows(inputs: int) -> tuple[Truth, ...]:
    """All inputs counting up, the first the most significant: for two, (0,0), (0,1), (1,0), (1,1)."""
    return tuple(product((False, True), repeat=inputs))


def truth_of(name: str, inputs: int) -> Truth:
    """The outputs of a named function in the order of `rows`."""
    return tuple(bool(FUNCTIONS[name](bits)) for bits in rows(inputs))


def name_of(truth: Truth, inputs: int) -> str:
    """The name of a function: one of `FUNCTIONS`, ``x1``, ``not_x1`` ...; "" if it has none."""
    for name in FUNCTIONS:
        if truth_of(name, inputs) == truth:
            return name
    for index in range(inputs):
        column = tuple(bits[index] for bits in rows(inputs))
        if truth in (column, tuple(not bit for bit in column)):
            return f"x{index + 1}" if truth == column else f"not_x{index + 1}"
    return ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A threshold unit ``sgn(w0 + w1 x1 + ...)``, perhaps behind a first layer of such units."""

    weights: tuple[float, ...]
    inputs: int
    levels: Levels
    bias: Bias = "first"
    first_layer: tuple[tuple[float, ...], ...] = ()

    def features(self) -> NDArray[np.float64]:
        """s for each row; exactly 0.0 where it is zero but for rounding."""
        signals = self.signals()
        if self.first_layer:
            hidden = [_features(np.array(row), signals, self.bias) for row in self.first_layer]
            signals = np.where(np.column_stack(hidden) > 0, 1.0, LOW[self.levels])
        return _features(np.array(self.weights), signals, self.bias)

    def signals(self) -> NDArray[np.float64]:
        """The inputs at their levels, one row a case."""
        return np.where(np.array(rows(self.inputs), dtype=bool), 1.0, LOW[self.levels])


def _features(weights: NDArray[np.float64], signals: NDArray[np.float64], bias: Bias) -> NDArray[np.float64]:
    ones = np.ones((len(signals), 1))
    columns = {"first": [ones, signals], "last": [signals, ones], "none": [signals]}[bias]
    with np.errstate(all="ignore"):  # a student's weights may be as large as she likes
        terms = np.hstack(columns) * weights
        total = terms.sum(axis=1)
        is_zero = np.abs(total) <= ZERO * np.abs(terms).sum(axis=1)
    result: NDArray[np.float64] = np.where(is_zero & np.isfinite(total), 0.0, total)
    return result


def column_of(value: Value, unit: Unit, last: bool) -> NDArray[np.float64] | None:
    """The column of a table in the order of `rows`, from a vector or from whole rows that begin with the inputs."""
    array = as_array(value)
    if array is None or array.dtype.kind not in "biuf":
        return None
    signals = unit.signals()
    count = len(signals)
    table = np.asarray(array, dtype=np.float64)
    if table.size == count and max(table.shape, default=1) == count:
        return table.reshape(-1)
    if table.ndim != 2 or table.shape[0] != count or table.shape[1] <= unit.inputs:
        return None
    order = [np.flatnonzero((table[:, : unit.inputs] == row).all(axis=1)) for row in signals]
    if any(len(found) != 1 for found in order):
        return None
    return table[[int(found[0]) for found in order], -1 if last else unit.inputs]
