"""Kind `property`: what must hold of a value or a function whatever the right answer is; judged without a reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import Check, at, first_captured, not_readable, refusal
from grader.checks.blame import environment_fault
from grader.checks.call import item_of, small_inputs
from grader.checks.finite_differences import Gradient, Slope, nudged, slopes
from grader.checks.inputs import ArgumentSpec, Shape, draw_case, draw_dims, lengths, literal_case
from grader.checks.literals import as_array, describe, fact
from grader.model.base import Frozen
from grader.model.evidence import Capture
from grader.model.probe import Call, Case, Look, Probe
from grader.model.rubric import Answer
from grader.model.values import Calls, Outcome, Value
from grader.model.verdict import Reason, Verdict, failed, passed, undecided, waiting


class SumsTo(Frozen):
    """The entries add up to `to` along `axis`; without an axis, all of them do."""

    to: float = 1.0
    axis: int | None = None


class PropertyCheck(Check):
    """Shape, finiteness, range, sums, symmetry, and a gradient against finite differences of the student's own function."""

    kind: Literal["property"] = "property"
    of: str
    """A key of the question's ``answer``: a variable; a function where `arguments` or `edge` are given."""
    arguments: tuple[ArgumentSpec, ...] | dict[str, ArgumentSpec] = ()
    """How each argument is drawn, as for `call`."""
    dims: dict[str, Annotated[tuple[int, int], Field(min_length=2, max_length=2)]] = Field(default_factory=dict)
    """Names for axis lengths and their inclusive range, as for `call`."""
    cases: int = Field(default=3, ge=0, le=50)
    """How many drawn cases."""
    edge: tuple[tuple[Any, ...] | dict[str, Any], ...] = ()
    """Chosen cases: literal arguments, in order or by name."""
    seed: int = Field(default=0, ge=0)
    library: Literal["numpy", "torch"] = "numpy"
    """What arrays are handed over as."""
    returns: int | str = ""
    """Which item of a function's result is looked at: an index or a key; "" is the result itself."""
    shape: Shape | None = None
    """The shape: numbers, or names of `dims`; the empty one is a single number."""
    finite: bool = True
    """No NaN and no infinity."""
    within: Annotated[tuple[float, float], Field(min_length=2, max_length=2)] | None = None
    """Every entry lies between these two, both included."""
    sums_to: SumsTo | None = None
    symmetric: bool = False
    """A square matrix equal to its transpose."""
    gradient: Gradient | None = None
    """The result is the gradient of another function of the student's."""
    rtol: float = Field(default=1e-4, ge=0, lt=1)
    """Tolerance of sums, symmetry and gradients, relative to the greatest entry."""
    atol: float = Field(default=1e-7, ge=0)

    @model_validator(mode="after")
    def _is_whole(self) -> PropertyCheck:
        if self.gradient is not None:
            if not self.is_function or isinstance(self.arguments, dict) or any(isinstance(c, dict) for c in self.edge):
                raise ValueError("a gradient needs `arguments` (or `edge`), as a list")
            self.gradient.must_fit(len(self.arguments) or len(self.edge[0]))
        for low, high in self.dims.values():
            if not 1 <= low <= high:
                raise ValueError(f"dims are ranges such as [2, 5], not [{low}, {high}]")
        if self.within is not None and self.within[0] > self.within[1]:
            raise ValueError("`within` is a range such as [0, 1]")
        for index in range(len(self.all_cases)):  # so that a faulty argument or shape is a fault of the rubric
            self._wanted_shape(index)
        return self

    @property
    def is_function(self) -> bool:
        return bool(self.arguments or self.edge)

    @property
    def drawn(self) -> int:
        return self.cases if self.arguments else 0

    @property
    def all_cases(self) -> tuple[Case, ...]:
        """The drawn cases, then the chosen ones; none for a variable."""
        as_torch = self.library == "torch"
        drawn = [draw_case(self.arguments, self.dims, (self.seed, index), as_torch) for index in range(self.drawn)]
        return (*drawn, *(literal_case(literals, as_torch) for literals in self.edge))

    def places(self) -> tuple[str, ...]:
        return (self.of, self.gradient.of) if self.gradient is not None else (self.of,)

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        names = answer.places[self.of]
        if not self.is_function:
            return (Look(names=names),)
        asked = Call(names=names, cases=self.all_cases, seed=self.seed)
        if self.gradient is None:
            return (asked,)
        moved = nudged(self.gradient, self.all_cases, self.seed)
        return (asked, Call(names=answer.places[self.gradient.of], cases=moved, seed=self.seed))

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        capture = first_captured(seen[:1])
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail="")
        if not self.is_function:
            return at(capture, self._judge_value(capture.value))
        if not isinstance(capture.value, Calls) or len(capture.value.outcomes) != len(self.all_cases):
            return at(capture, not_readable(capture.value, "function"))
        verdict = self._judge_outcomes(capture.value.outcomes)
        if verdict is None and self.gradient is not None:
            verdict = self._judge_gradient(capture.value.outcomes, seen[1])
        return at(capture, verdict or passed())

    def _judge_value(self, value: Value) -> Verdict:
        array = as_array(value)
        if array is None:
            return not_readable(value, "array")
        reason = self._finding(array, 0)
        return failed(reason.code, **reason.facts) if reason else passed()

    def _judge_outcomes(self, outcomes: Sequence[Outcome]) -> Verdict | None:
        for index, outcome in enumerate(outcomes):
            if (reason := self._case_finding(outcome, index)) is not None:
                return self._against(reason, index)
        return None

    def _case_finding(self, outcome: Outcome, index: int) -> Reason | None:
        if outcome.error is not None:
            line = outcome.error.frames[-1].model_dump() if outcome.error.frames else None
            fault = environment_fault(outcome.error)
            facts = {"kind": outcome.error.kind, "message": outcome.error.message[:500], "line": line}
            return fault.reason(outcome.error) if fault else Reason(code="raised", facts=facts)
        taken = item_of(outcome.value, self.returns)
        array = as_array(taken) if taken is not None else None
        if array is None:
            return Reason(code="wrong_type", facts={"seen_type": describe(taken), "expected_type": "array"})
        return self._finding(array, index)

    def _against(self, reason: Reason, index: int) -> Verdict:
        if reason.code == "environment":
            return waiting(reason)
        cases = self.all_cases
        facts = {"because": reason.code, "case": index + 1, "is_edge": index >= self.drawn, "cases": len(cases)}
        facts = {**reason.facts, **facts, "inputs": small_inputs(cases[index])}
        if reason.code == "raised":
            return failed("call_raised", **facts)
        return failed("wrong_result" if reason.code in _OF_ANY_RESULT else reason.code, **facts)

    def _finding(self, array: NDArray[Any], index: int) -> Reason | None:
        """What does not hold of an array; None if all does."""
        wanted = self._wanted_shape(index)
        if wanted is not None and array.shape != wanted:
            return Reason(code="shape", facts={"seen": list(array.shape), "expected": list(wanted)})
        if self.finite and not np.isfinite(array).all():
            where = _first(~np.isfinite(array))
            return Reason(code="not_finite", facts={"seen": fact(array[where].item()), "index": list(where)})
        found = (rule(self, array.astype(np.float64)) for rule in _RULES if array.dtype.kind in "biuf")
        return next((reason for reason in found if reason is not None), None)

    def _wanted_shape(self, index: int) -> tuple[int, ...] | None:
        if self.shape is None:
            return None
        drawn = index < self.drawn
        dims = draw_dims(self.dims, np.random.default_rng([self.seed, index])) if drawn else {}
        if not drawn and any(isinstance(size, str) for size in self.shape):
            return None  # a chosen case has no drawn lengths to compare with
        return lengths(self.shape, dims)

    def _judge_gradient(self, outcomes: Sequence[Outcome], moved: Capture) -> Verdict | None:
        if moved.value is None:
            return refusal(moved) or undecided("box_failed", detail="")
        assert self.gradient is not None
        results = [item_of(outcome.value, self.returns) for outcome in outcomes]
        arrays = [array for value in results if value is not None and (array := as_array(value)) is not None]
        if not isinstance(moved.value, Calls) or len(arrays) != len(outcomes):
            return not_readable(moved.value, "function")
        found = slopes(self.gradient, self.all_cases, self.seed, arrays, moved.value.outcomes)
        if found.fault is not None:
            code = found.fault.code
            return waiting(found.fault) if code == "environment" else failed(code, **found.fault.facts)
        if not found.slopes:
            return undecided("not_smooth")
        return self._worst(found.slopes)

    def _worst(self, found: Sequence[Slope]) -> Verdict | None:
        for slope in found:
            if not abs(slope.seen - slope.difference) <= self.atol + self.rtol * slope.size:
                facts = {"seen": fact(slope.seen), "difference": fact(slope.difference), "case": slope.case + 1}
                return failed("gradient_differs", **facts, inputs=small_inputs(self.all_cases[slope.case]))
        return None


_OF_ANY_RESULT = ("shape", "not_finite", "wrong_type")
"""Codes that say what is wrong with a result of any kind of check."""


def _first(wrong: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def _range(check: PropertyCheck, array: NDArray[Any]) -> Reason | None:
    if check.within is None:
        return None
    low, high = check.within
    outside = ~((array >= low) & (array <= high))
    if not outside.any():
        return None
    where = _first(outside)
    return Reason(code="outside", facts={"seen": fact(array[where].item()), "index": list(where), "low": low, "high": high})


def _sums(check: PropertyCheck, array: NDArray[Any]) -> Reason | None:
    if check.sums_to is None:
        return None
    axis, to = check.sums_to.axis, check.sums_to.to
    if axis is not None and not -array.ndim <= axis < array.ndim:
        return Reason(code="no_axis", facts={"seen": list(array.shape), "axis": axis})
    sums = np.atleast_1d(array.sum(axis=axis))
    wrong = ~(np.abs(sums - to) <= check.atol + check.rtol * max(abs(to), 1.0))
    if not wrong.any():
        return None
    where = _first(wrong)
    return Reason(code="sums", facts={"seen": fact(sums[where].item()), "to": to, "axis": axis, "index": list(where)})


def _symmetry(check: PropertyCheck, array: NDArray[Any]) -> Reason | None:
    if not check.symmetric:
        return None
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        return Reason(code="not_square", facts={"seen": list(array.shape)})
    size = float(np.abs(array).max(initial=0.0))
    wrong = ~(np.abs(array - array.T) <= check.atol + check.rtol * size)
    if not wrong.any():
        return None
    i, j = _first(wrong)
    return Reason(
        code="not_symmetric", facts={"index": [i, j], "seen": fact(array[i, j].item()), "other": fact(array[j, i].item())}
    )


_RULES: tuple[Callable[[PropertyCheck, NDArray[Any]], Reason | None], ...] = (_range, _sums, _symmetry)
