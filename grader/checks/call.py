"""Kind `call`: a function called on drawn and on chosen inputs, against the reference's function on the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PrivateAttr, model_validator

from grader.checks.agreement import Terms, disagreement
from grader.checks.array import layout_note
from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal, value_of
from grader.checks.blame import environment_fault
from grader.checks.compare import Closeness, Layout
from grader.checks.inputs import ArgumentSpec, draw_case, literal_case
from grader.checks.literals import as_array, fact, from_value, to_value
from grader.model.base import Exact
from grader.model.evidence import Capture
from grader.model.probe import Call, Case, Probe
from grader.model.rubric import Answer
from grader.model.values import Array, Calls, Outcome, Value
from grader.model.values import Sequence as SequenceValue
from grader.model.verdict import Reason, Verdict, failed, graded, undecided

SMALL = 24
"""Inputs of up to so many numbers in all are shown with the first case that fails."""


class CallCheck(Check):
    """Every drawn case must be right for full credit; where only chosen edge cases fail, `edge_credit` remains."""

    kind: Literal["call"] = "call"
    _asked: dict[tuple[str, ...], Call] = PrivateAttr(default_factory=dict)
    of: str
    """A key of the question's ``answer``: the function."""
    expect: str = ""
    """The reference's function, when its name is not `of`."""
    arguments: tuple[ArgumentSpec, ...] | dict[str, ArgumentSpec] = ()
    """How each argument is drawn, in order or by name."""
    dims: dict[str, Annotated[tuple[int, int], Field(min_length=2, max_length=2)]] = Field(default_factory=dict)
    """Names for axis lengths and their inclusive range, drawn anew in every case, distinct where possible."""
    cases: int = Field(default=5, ge=0, le=200)
    """How many drawn cases."""
    edge: tuple[tuple[Any, ...] | dict[str, Any], ...] = ()
    """Chosen cases: literal arguments, in order or by name."""
    edge_credit: Exact = Field(default=Fraction(1, 2), ge=0, le=1)
    """Credit when all drawn cases are right and an edge case is not."""
    seed: int = Field(default=0, ge=0)
    library: Literal["numpy", "torch"] = "numpy"
    """What drawn arrays are handed over as."""
    rtol: float = Field(default=1e-5, ge=0, lt=1)
    """Tolerance relative to each expected entry."""
    atol: float = Field(default=1e-8, ge=0)
    """Absolute tolerance, for expected entries near zero."""
    layouts: tuple[Layout, ...] = Field(default=("denominator",), min_length=1)
    """The reference's own layout first, then others accepted; one layout must hold for all cases."""
    dtype: str = "any"
    """``any``, ``float``, ``integer`` or an exact name."""
    nonfinite: bool = False
    """NaN and infinities of the reference are wanted where they stand."""
    returns: int | str = ""
    """Which item of the student's result is looked at: an index or a key; "" is the result itself."""
    raises: bool = False
    """Where the reference raises, the student's function must raise as well."""

    @model_validator(mode="after")
    def _has_cases(self) -> CallCheck:
        if not self.drawn and not self.edge:
            raise ValueError("no case to call the function with: give `arguments` and `cases`, or `edge`")
        for low, high in self.dims.values():
            if not 1 <= low <= high:
                raise ValueError(f"dims are ranges such as [2, 5], not [{low}, {high}]")
        _ = self.all_cases  # draws them once, so that a faulty argument is a fault of the rubric, not of a run
        return self

    @property
    def drawn(self) -> int:
        """How many of the cases are drawn; a function without arguments needs only one call."""
        return self.cases if self.arguments else min(self.cases, 0 if self.edge else 1)

    @property
    def count(self) -> int:
        """How many cases there are, edge cases included."""
        return self.drawn + len(self.edge)

    @cached_property
    def all_cases(self) -> tuple[Case, ...]:
        """The drawn cases, then the edge cases; the same for every submission."""
        as_torch = self.library == "torch"
        drawn = [draw_case(self.arguments, self.dims, (self.seed, index), as_torch) for index in range(self.drawn)]
        return (*drawn, *(literal_case(literals, as_torch) for literals in self.edge))

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        return (self._asking(answer.places[self.of]),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        return (self._asking((oracle or self.expect or self.of,)),)

    def _asking(self, names: tuple[str, ...]) -> Call:
        """The call under these names, made once: it is the same for every submission of a class."""
        if names not in self._asked:
            self._asked[names] = Call(names=names, cases=self.all_cases, seed=self.seed)
        return self._asked[names]

    def literal(self, value: Any) -> tuple[Capture, ...]:
        """A literal stands for a function that returns it in every case."""
        outcomes = tuple(Outcome(value=to_value(value)) for _ in range(self.count))
        return (Capture.of(Calls(outcomes=outcomes)),)

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if fault := oracle_fault(expected):
            return fault
        right = value_of(expected)
        if not isinstance(right, Calls) or len(right.outcomes) != self.count:
            return undecided("no_oracle", status="captured", message="the reference was not called on these cases", names=[])
        capture = first_captured(seen)
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail="")
        if not isinstance(capture.value, Calls):
            return at(capture, not_readable(capture.value, "function"))
        if len(capture.value.outcomes) != self.count:
            return undecided("box_failed", detail="not all cases came back")
        return at(capture, self._judge_outcomes(capture.value.outcomes, right.outcomes))

    def _judge_outcomes(self, seen: Sequence[Outcome], expected: Sequence[Outcome]) -> Verdict:
        tries = [self._try(layout, seen, expected) for layout in self.layouts]
        best = min(tries, key=lambda each: (len(each.drawn), len(each.findings)))
        mutated = sorted({name for outcome in seen for name in outcome.mutated})
        notes = [Reason(code="mutated", facts={"arguments": mutated})] if mutated else []
        if not best.findings:
            verdict = graded(Fraction(1), "right", cases=len(seen))
            return verdict.model_copy(update={"notes": (*layout_note(best.layout, self.layouts), *notes)})
        return self._judge_findings(best, tries).model_copy(update={"notes": tuple(notes)})

    def _try(self, layout: Layout, seen: Sequence[Outcome], expected: Sequence[Outcome]) -> _Try:
        terms = Terms(layout, self.layouts[0], Closeness(self.rtol, self.atol, self.dtype, self.nonfinite))
        findings = {}
        for index, (left, right) in enumerate(zip(seen, expected, strict=True)):
            if reason := self._finding(left, right, terms):
                findings[index] = reason
        return _Try(layout, findings, tuple(index for index in findings if index < self.drawn))

    def _finding(self, seen: Outcome, expected: Outcome, terms: Terms) -> Reason | None:
        """What is wrong in one case; None if nothing is."""
        if expected.error or expected.value is None:
            if not self.raises or expected.error is None:
                message = expected.error.message if expected.error else "it returned nothing"
                return Reason(code="no_oracle", facts={"status": "raised", "message": message, "names": []})
            facts = {"kind": expected.error.kind, "returned": fact(_shown(seen.value))}
            return None if seen.error else Reason(code="did_not_raise", facts=facts)
        if not self.nonfinite and _has_nonfinite(expected.value):
            return Reason(code="no_oracle", facts={"status": "captured", "message": "NaN or infinite", "names": []})
        if seen.error:
            line = seen.error.frames[-1].model_dump() if seen.error.frames else None
            facts = {"kind": seen.error.kind, "message": seen.error.message[:500], "line": line}
            fault = environment_fault(seen.error)
            return fault.reason(seen.error) if fault else Reason(code="raised", facts=facts)
        taken = item_of(seen.value, self.returns)
        if taken is None and seen.value is not None:
            return Reason(code="missing_key", facts={"key": str(self.returns), "keys": []})
        return disagreement(taken, expected.value, terms)

    def _judge_findings(self, best: _Try, tries: Sequence[_Try]) -> Verdict:
        for code in ("no_oracle", "not_comparable", "environment", "cut"):
            for reason in best.findings.values():
                if reason.code == code:
                    facts = (
                        reason.facts if code != "not_comparable" else {"status": "captured", "message": "no data", "names": []}
                    )
                    return undecided("no_oracle" if code == "not_comparable" else code, **facts)
        index, reason = next(iter(best.findings.items()))
        facts = {
            **reason.facts,
            "because": reason.code,
            "case": index + 1,
            "is_edge": index >= self.drawn,
            "inputs": small_inputs(self.all_cases[index]),
            "wrong": len(best.findings),
            "cases": self.count,
        }
        if all(any(i not in each.findings for each in tries) for i in range(self.count)):
            return failed("layout_switched", **facts)
        code = "call_raised" if reason.code == "raised" else "wrong_result"
        return failed(code, **facts) if best.drawn else graded(self.edge_credit, "edge_cases", **facts)


@dataclass(frozen=True, slots=True)
class _Try:
    """The findings in one layout by case; `drawn` are the drawn cases among them."""

    layout: Layout
    findings: dict[int, Reason]
    drawn: tuple[int, ...]


def item_of(value: Value | None, item: int | str) -> Value | None:
    """The wanted item of a result; the result itself for ""."""
    if item == "" or value is None:
        return value
    if isinstance(value, SequenceValue) and isinstance(item, int):
        return value.items[item] if -len(value.items) <= item < len(value.items) else None
    plain = from_value(value)
    if isinstance(value, Array) and isinstance(item, int) and value.data.ndim and -len(plain) <= item < len(plain):
        return to_value(value.data[item])
    return next((pair.value for pair in getattr(value, "entries", ()) if from_value(pair.key) == item), None)


def _has_nonfinite(value: Value) -> bool:
    if isinstance(value, SequenceValue):
        return any(_has_nonfinite(item) for item in value.items)
    array = as_array(value)
    return array is not None and not np.isfinite(array).all()


def small_inputs(case: Case) -> dict[str, Any] | None:
    """The arguments by position or name; None where they are too many numbers to look at."""
    arguments = {**{str(index): value for index, value in enumerate(case.args)}, **case.kwargs}
    shown = {name: _shown(value) for name, value in arguments.items()}
    size = sum(np.size(value) if not isinstance(value, str) else 1 for value in shown.values())
    return {name: fact(value) for name, value in shown.items()} if size <= SMALL else None


def _shown(value: Value | None) -> Any:
    if value is None:
        return None
    array = as_array(value)
    return array if array is not None else fact(from_value(value))
