"""Gradients against central differences of the student's own function, along random directions, in double precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.blame import environment_fault
from grader.checks.call import item_of
from grader.checks.compare import Layout
from grader.checks.literals import as_array, describe, to_value
from grader.model.base import Frozen
from grader.model.probe import Case
from grader.model.values import Array, Outcome, Value
from grader.model.verdict import Reason

STEP = 1e-5
"""Of central differences: the error of the formula is of order STEP², that of rounding 1e-16 / STEP."""
STEPS = (-2.0, -1.0, 1.0, 2.0)
"""In units of STEP: two pairs, to see whether the function is smooth here."""
ROUGH = 1e-3
"""Two differences further apart than this, relatively, meet a kink (that of a ReLU, say): nothing is proven there."""


class Gradient(Frozen):
    """Which function it is the gradient of, and by which argument.

    With `cotangent`, that argument is the gradient that arrives from above, which the function itself does not take: for a
    layer's backward function. Without, the function must return a single number.
    """

    of: str
    """A key of the question's ``answer``: the function."""
    by: int = Field(ge=0)
    """The position of the argument it is differentiated by, among the arguments of the gradient."""
    cotangent: int | None = Field(default=None, ge=0)
    directions: int = Field(default=2, ge=1, le=10)
    layouts: tuple[Layout, ...] = Field(default=("denominator",), min_length=1)
    """In the first, the gradient has the shape of the argument."""
    returns: int | str = ""
    """Which item of the function's result is differentiated."""

    @model_validator(mode="after")
    def _differs(self) -> Gradient:
        if self.by == self.cotangent:
            raise ValueError("`by` and `cotangent` are different arguments")
        return self

    def must_fit(self, arguments: int) -> None:
        """Raises ValueError where there is no such argument."""
        if max(self.by, self.cotangent or 0) >= arguments:
            raise ValueError(f"there is no argument {max(self.by, self.cotangent or 0)}: positions count from 0")


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative along a direction: as the gradient and as the differences say, and the size errors are relative to."""

    case: int
    seen: float
    difference: float
    size: float


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives in all cases; those at kinks are left out. With a `fault`, there are none."""

    slopes: tuple[Slope, ...] = ()
    fault: Reason | None = None


def nudged(gradient: Gradient, cases: Sequence[Case], seed: int) -> tuple[Case, ...]:
    """The cases of the function: every case moved along every direction by `STEPS`."""
    found = []
    for index, case in enumerate(cases):
        point = _array_of(case.args[gradient.by])
        for direction in _directions(gradient, point, seed, index):
            for step in STEPS:
                args = list(case.args)
                args[gradient.by] = _like(case.args[gradient.by], point + step * STEP * direction)
                kept = [value for i, value in enumerate(args) if i != gradient.cotangent]
                found.append(case.model_copy(update={"args": tuple(kept)}))
    return tuple(found)


def slopes(
    gradient: Gradient, cases: Sequence[Case], seed: int, seen: Sequence[NDArray[np.generic]], moved: Sequence[Outcome]
) -> Slopes:
    """The derivatives along all directions, in the layout in which the gradients fit best."""
    values = [_scalar(gradient, cases[i // _per_case(gradient)], outcome) for i, outcome in enumerate(moved)]
    if fault := next((value for value in values if isinstance(value, Reason)), None):
        return Slopes(fault=fault)
    numbers = [value for value in values if isinstance(value, float)]
    if len(numbers) != len(cases) * _per_case(gradient):
        return Slopes(fault=Reason(code="wrong_type", facts={"seen_type": "other results", "expected_type": "function"}))
    tried = [found for layout in gradient.layouts if (found := _along(gradient, cases, seed, seen, numbers, layout)) is not None]
    if not tried:
        wanted = _array_of(cases[0].args[gradient.by]).shape
        return Slopes(fault=Reason(code="shape", facts={"seen": list(seen[0].shape), "expected": list(wanted)}))
    return Slopes(min(tried, key=lambda found: sum(abs(s.seen - s.difference) for s in found)))


def _per_case(gradient: Gradient) -> int:
    return gradient.directions * len(STEPS)


def _along(
    gradient: Gradient,
    cases: Sequence[Case],
    seed: int,
    seen: Sequence[NDArray[np.generic]],
    numbers: Sequence[float],
    layout: Layout,
) -> tuple[Slope, ...] | None:
    """The slopes with the gradients read in a layout; None if one cannot be in it."""
    found = []
    for index, (case, array) in enumerate(zip(cases, seen, strict=True)):
        point = _array_of(case.args[gradient.by])
        for number, direction in enumerate(_directions(gradient, point, seed, index)):
            along = _laid(direction, layout)
            if along is None or array.size != along.size or (layout not in ("vec", "flat") and array.shape != along.shape):
                return None
            start = (index * gradient.directions + number) * len(STEPS)
            far_below, below, above, far_above = numbers[start : start + len(STEPS)]
            near, far = (above - below) / (2 * STEP), (far_above - far_below) / (4 * STEP)
            terms = array.astype(np.float64).reshape(-1) * along.reshape(-1)
            size = float(max(np.abs(terms).sum(), abs(near)))
            if abs(near - far) <= ROUGH * max(size, STEP):
                found.append(Slope(index, float(terms.sum()), near, size))
    return tuple(found)


def _laid(direction: NDArray[np.float64], layout: Layout) -> NDArray[np.float64] | None:
    if layout == "numerator":
        return direction.T
    if layout == "vec":
        return direction.reshape(-1, order="F") if direction.ndim == 2 else None
    return direction


def _scalar(gradient: Gradient, case: Case, outcome: Outcome) -> float | Reason:
    """The function's value, weighted by the cotangent where there is one; else what is wrong with it."""
    if outcome.error is not None:
        line = outcome.error.frames[-1].model_dump() if outcome.error.frames else None
        fault = environment_fault(outcome.error)
        facts = {"kind": outcome.error.kind, "message": outcome.error.message[:500], "line": line}
        return fault.reason(outcome.error) if fault else Reason(code="raised", facts=facts)
    taken = item_of(outcome.value, gradient.returns)
    array = as_array(taken) if taken is not None else None
    weight = None if gradient.cotangent is None else _array_of(case.args[gradient.cotangent])
    if array is None or array.dtype.kind not in "biuf" or (weight is None and array.size != 1):
        return Reason(code="wrong_type", facts={"seen_type": describe(taken), "expected_type": "number"})
    if weight is not None and weight.size != array.size:
        return Reason(code="shape", facts={"seen": list(array.shape), "expected": list(weight.shape)})
    flat = array.astype(np.float64).reshape(-1)
    return float(flat[0] if weight is None else weight.reshape(-1) @ flat)


def _directions(gradient: Gradient, point: NDArray[np.float64], seed: int, case: int) -> list[NDArray[np.float64]]:
    """Random directions, the same for the same seed."""
    rng = np.random.default_rng([seed, case, 7])
    return [np.asarray(rng.normal(size=point.shape)) for _ in range(gradient.directions)]


def _array_of(value: Value) -> NDArray[np.float64]:
    array = as_array(value)
    if array is None:
        raise ValueError("a gradient is by numbers: the argument is none")
    return np.asarray(array, dtype=np.float64)


def _like(value: Value, moved: NDArray[np.float64]) -> Value:
    """The moved argument in the form of the original, but in double precision."""
    if isinstance(value, Array):
        return value.model_copy(update={"data": moved, "dtype": "float64"})
    return to_value(float(moved)) if moved.ndim == 0 else to_value(moved)
