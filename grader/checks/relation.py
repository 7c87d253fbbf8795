"""Kind `relation`: what must hold between the student's own values, such as ``C = A @ B`` for random A and B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from grader.checks.array import ArrayCheck
from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal
from grader.checks.compare import Layout
from grader.checks.literals import is_cut, to_value
from grader.checks.reports import InReport, corrected_value, read_report
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Call, Case, Look, Probe, Read
from grader.model.rubric import Answer
from grader.model.values import Calls, Opaque, Scalar, Table, Value
from grader.model.verdict import Reason, Verdict, failed, passed, undecided


@dataclass(frozen=True, slots=True)
class _Observed:
    """The student's values, from variables or read in a report; `refused` where a reading is not certain."""

    values: tuple[Capture, ...]
    refused: Verdict | None = None
    notes: tuple[Reason, ...] = ()


class RelationCheck(Check):
    """A function of the reference, given the student's own values, returns another of them; or says that all is as it must be."""

    kind: Literal["relation"] = "relation"
    of: str = ""
    """A key of the question's ``answer``: the value that must follow; without it the function says whether it holds."""
    given: tuple[str, ...] = Field(min_length=1)
    """Keys of the question's ``answer``: the student's values that the function gets, in this order."""
    using: str
    """A function of the reference: returns what `of` must be or, without `of`, True or False."""
    library: Literal["numpy", "torch"] = "numpy"
    """What arrays are handed over as."""
    says: str = ""
    """What must hold, told where it does not; only without `of`."""
    rtol: float = Field(default=1e-5, ge=0, lt=1)
    """Tolerance relative to each entry that follows."""
    atol: float = Field(default=1e-6, ge=0)
    """Absolute tolerance; the default is that of single precision, in which tensors are by default."""
    layouts: tuple[Layout, ...] = Field(default=("denominator",), min_length=1)
    """As for `array`."""
    dtype: str = "any"
    """As for `array`."""
    report: dict[str, InReport] = Field(default_factory=dict)
    """For keys of `of` and `given`: what to look for in a report, where the variable is not there."""

    @model_validator(mode="after")
    def _is_of_one_form(self) -> RelationCheck:
        if self.of and self.says:
            raise ValueError("`says` tells what must hold where there is no `of`; with `of`, the report tells the difference")
        if foreign := sorted(set(self.report) - set(self.places())):
            raise ValueError(f"`report` has {', '.join(foreign)}, which the check does not look at")
        return self

    def places(self) -> tuple[str, ...]:
        return (self.of, *self.given) if self.of else self.given

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        looks = tuple(Look(names=answer.places[key]) for key in self.places())
        own = (Read(headings=answer.headings),) if self._reads_own() and answer.headings else ()
        return (*looks, *(Read(headings=heading) for heading in self._other_sections()), *own)

    def _reads_own(self) -> bool:
        return any(not rule.heading for rule in self.report.values())

    def _other_sections(self) -> tuple[tuple[str, ...], ...]:
        """Headings of other questions' sections that a value is read in, each once."""
        return tuple(dict.fromkeys(rule.heading for rule in self.report.values() if rule.heading))

    def as_read(self, seen: Sequence[Capture]) -> tuple[Capture, ...]:
        return self._observed(seen).values

    def corrected(self, read: str) -> tuple[Capture, ...]:
        parts = read.split(";")
        if len(parts) != len(self.places()):
            raise ValueError(f"{len(self.places())} values are wanted, with semicolons between: {', '.join(self.places())}")
        return tuple(corrected_value(part) for part in parts)

    def _observed(self, seen: Sequence[Capture]) -> _Observed:
        """What the variables hold and, where one is missing, what the report says of it."""
        places, others = self.places(), self._other_sections()
        read = dict(zip(others, seen[len(places) :], strict=False))
        own, values, notes = seen[len(places) + len(others) :], [], []
        for key, capture in zip(places, seen, strict=False):
            rule = self.report.get(key)
            section = (read[rule.heading],) if rule and rule.heading in read else own
            reading = read_report(rule, (capture, *section), is_array=None)
            if reading is None:
                values.append(capture)
                continue
            if reading.written is None or reading.note is None:
                return _Observed((), refused=reading.verdict)
            scale = 0.01 if reading.written.percent else 1.0
            value = reading.written.value if reading.written.value.ndim else reading.written.number * scale
            values.append(reading.capture.model_copy(update={"value": to_value(value)}))
            notes.append(reading.note)
        return _Observed(tuple(values), notes=tuple(notes))

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        """The function called with the student's values; with none of them where one is missing, as nothing can be asked."""
        observed = self._observed(seen).values
        values = [_handed(capture.value) for capture in self._given(observed) if capture.value and _is_usable(capture.value)]
        is_whole = len(values) == len(self.given)
        cases = (Case(args=tuple(values), as_torch=self.library == "torch"),) if is_whole else ()
        return (Call(names=(oracle or self.using,), cases=cases),)

    def _given(self, seen: Sequence[Capture]) -> Sequence[Capture]:
        return seen[1:] if self.of else seen

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        observed = self._observed(seen)
        if observed.refused is not None:
            return observed.refused
        verdict = self._judge_values(observed.values, expected)
        return verdict.model_copy(update={"notes": (*verdict.notes, *observed.notes)})

    def _judge_values(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        absent = [capture for capture in seen if capture.value is None]
        if not seen or absent:
            return self._refused(absent)
        for capture in self._given(seen):
            if capture.value is not None and not _is_usable(capture.value):
                return at(capture, not_readable(capture.value, "array"))
        if fault := oracle_fault(expected):
            return fault
        value = _returned(expected)
        if isinstance(value, str):
            return undecided("no_oracle", status="captured", message=value, names=[self.using])
        return self._array().judge(seen[:1], (Capture.of(value),)) if self.of else self._judge_answer(seen, value)

    def _refused(self, absent: Sequence[Capture]) -> Verdict:
        """A broken box comes before a fault of the student's, whichever of the values it hit."""
        broken = [capture for capture in absent if capture.status is CaptureStatus.BOX_FAILED]
        capture = first_captured((broken or absent)[:1])
        return refusal(capture) or undecided("box_failed", detail="")

    def _judge_answer(self, seen: Sequence[Capture], value: Value) -> Verdict:
        if not isinstance(value, Scalar) or not isinstance(value.value, bool):
            return undecided(
                "no_oracle", status="captured", message="the function says neither True nor False", names=[self.using]
            )
        verdict = passed() if value.value else failed("relation", says=self.says, given=list(self.given))
        return at(seen[0], verdict)

    def _array(self) -> ArrayCheck:
        """The check that what follows stands in `of`."""
        return ArrayCheck(
            id=self.id,
            points=self.points,
            of=self.of,
            rtol=self.rtol,
            atol=self.atol,
            layouts=self.layouts,
            dtype=self.dtype,
        )


def _is_usable(value: Value) -> bool:
    """It arrived whole, so that the reference can get it."""
    return not isinstance(value, Opaque) and not is_cut(value)


def _handed(value: Value) -> Value:
    """The value as the function gets it: a DataFrame as a list of dicts by column, its cells as text."""
    return to_value([dict(zip(value.columns, row, strict=False)) for row in value.rows]) if isinstance(value, Table) else value


def _returned(expected: Sequence[Capture]) -> Value | str:
    """What the function returned, or why there is nothing; a literal or a followed value stands for itself."""
    value = expected[0].value if expected else None
    if value is None:
        return "the function was not asked"
    if not isinstance(value, Calls):
        return value
    outcome = value.outcomes[0] if value.outcomes else None
    if outcome is None:
        return "the function was not asked"
    if outcome.value is None:
        return outcome.error.message if outcome.error else "the function returned nothing"
    return outcome.value
