"""Curves of a training run: what stands for one, how it behaves, and how it agrees with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import Closeness, Mismatch, compare
from grader.checks.literals import as_array, as_number
from grader.model.values import Record, Value

Curve: TypeAlias = NDArray[Any]
Behaviour: TypeAlias = Literal["falls", "diverges", "oscillates", "plateaus"]

SHORTEST = 3
"""Entries below which a curve has no behaviour."""
TENTH = 10
"""The beginning and the end of a curve are its first and last tenth."""
FLAT = 0.05
"""A plateau's last quarter varies by at most this share of the whole curve's range; a curve that falls loses at least it."""
TURNS = 1 / 3
"""A curve that oscillates changes its direction at this share of its inner entries or more."""
SWING = 0.01
"""Steps smaller than this share of the typical value are no oscillation."""


def read_curve(value: Value) -> Curve | None:
    """The numbers of a curve: a list or array, one column or row, ``(epoch, loss)`` pairs, a dict by epoch or with one curve."""
    if isinstance(value, Record):
        return _read_record(value)
    array = as_array(value)
    if array is None or array.dtype.kind not in "iuf":
        return None
    array = array.astype(np.float64)
    if array.ndim == 2 and array.shape[1] == 2 and array.shape[0] > 2 and _counts_up(array[:, 0]):
        return array[:, 1]
    return array.reshape(1) if array.ndim == 0 else _without_unit_axes(array)


def _without_unit_axes(array: Curve) -> Curve:
    return array.reshape([n for n in array.shape if n != 1] or [1])


def _read_record(record: Record) -> Curve | None:
    values = [pair.value for pair in record.entries]
    if len(record.entries) < record.length:
        return None
    curves = [curve for value in values if not isinstance(value, Record) and (curve := read_curve(value)) is not None]
    long = [curve for curve in curves if curve.ndim == 1 and curve.size > 1]
    if len(long) == 1:
        return long[0]
    numeric_keys = all(as_number(pair.key) is not None for pair in record.entries)
    if numeric_keys and values and len(curves) == len(values) and all(curve.size == 1 for curve in curves):
        return np.concatenate(curves)
    return None


def _counts_up(column: Curve) -> bool:
    return bool(np.isfinite(column).all() and (np.diff(column) == column[1] - column[0]).all() and column[1] > column[0])


def behaves(curve: Curve, behaviour: Behaviour, factor: float) -> bool:
    """Whether a curve of `SHORTEST` entries or more behaves so; `factor` is the growth that counts as divergence."""
    if behaviour == "diverges":
        return diverges(curve, factor)
    if not np.isfinite(curve).all():
        return False
    return {"falls": falls, "oscillates": oscillates, "plateaus": plateaus}[behaviour](curve)


def diverges(curve: Curve, factor: float) -> bool:
    """It leaves the finite numbers, or ends above `factor` times its beginning."""
    if not np.isfinite(curve).all():
        return bool(np.isfinite(curve[0]))
    return bool(abs(curve[-1]) > factor * max(abs(curve[0]), np.finfo(np.float64).tiny))


def falls(curve: Curve) -> bool:
    """Its end (mean of the last tenth) is below its beginning (of the first), and nearer its least value than its greatest."""
    low, high, width = float(curve.min()), float(curve.max()), max(1, curve.size // TENTH)
    begin, end = float(curve[:width].mean()), float(curve[-width:].mean())
    return end < begin - FLAT * (high - low) and end - low <= (high - low) / 2


def oscillates(curve: Curve) -> bool:
    """It turns at a third of its inner entries or more, in steps that are not tiny, and does not run away."""
    steps = np.diff(curve)
    turns = np.count_nonzero(steps[1:] * steps[:-1] < 0)
    typical = float(np.median(np.abs(curve)))
    return bool(turns >= TURNS * (curve.size - 2) and np.median(np.abs(steps)) > SWING * typical)


def plateaus(curve: Curve) -> bool:
    """Its last quarter (three entries at least) is flat beside its whole range."""
    tail = curve[-max(SHORTEST, curve.size // 4) :]
    return bool(np.ptp(tail) <= FLAT * np.ptp(curve))


def name_of(curve: Curve, factor: float) -> str:
    """What a curve does, in one word of the rubric's; ``none`` for nothing of that."""
    order: tuple[Behaviour, ...] = ("diverges", "oscillates", "falls", "plateaus")
    return next((name for name in order if behaves(curve, name, factor)), "none")


@dataclass(frozen=True, slots=True)
class Shifted:
    """A comparison in which ``seen[i]`` stands against ``expected[i + offset]``; no mismatch when all agree."""

    offset: int
    mismatch: Mismatch | None

    @property
    def distance(self) -> float:
        if self.mismatch is None:
            return -1.0
        return 2.0 if self.mismatch.code == "shape" else self.mismatch.share


def compare_curves(seen: Curve, expected: Curve, offsets: Sequence[int], close: Closeness) -> Shifted:
    """The comparison with the offset that fits best."""
    tried = (Shifted(offset, _compare_shifted(seen, expected, offset, close)) for offset in offsets)
    return min(tried, key=lambda each: each.distance)


def _compare_shifted(seen: Curve, expected: Curve, offset: int, close: Closeness) -> Mismatch | None:
    if offset == 0 or seen.ndim != 1 or expected.ndim != 1:
        return compare(seen, expected, close)
    here, there = seen[max(0, -offset) :], expected[max(0, offset) :]
    common = min(len(here), len(there))
    if common == 0 or abs(len(here) - len(there)) > abs(offset):
        return Mismatch("shape", seen.shape, expected.shape)
    return compare(here[:common], there[:common], close)
