"""Kind `choice`: one or several of given options, true or false among them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from grader.checks.answers import Reading, match_option, read_choice
from grader.checks.base import at, first_captured, not_readable, oracle_fault, refusal, value_of
from grader.checks.literals import from_value
from grader.checks.reports import is_report, read_note
from grader.checks.writing import nothing_written, own_text
from grader.checks.written import UnderHeading
from grader.model.evidence import Capture
from grader.model.values import Array, Scalar, Section, Text, Value
from grader.model.values import Sequence as SequenceValue
from grader.model.verdict import Verdict, failed, graded, passed, undecided


def _words(raw: Any) -> Any:
    """YAML reads ``true`` as a bool and ``1`` as a number: both are options here."""
    return [str(item) for item in (raw if isinstance(raw, list | tuple) else [raw])]


Options = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1)]


class ChoiceCheck(UnderHeading):
    """The option chosen in a variable, or at the beginning of what is written under the question's heading."""

    kind: Literal["choice"] = "choice"
    options: Options = ("True", "False")
    """What may be chosen."""
    correct: Options | None = None
    """The right option, or with `several` the right ones; left out only where it is `sealed`."""
    sealed: bool = False
    """What is right is not in this rubric: it is in the kit's sealed answers, or judged when the work is handed in."""
    several: bool = False
    """More than one option may be right."""
    scoring: Literal["per_option", "all_or_nothing"] = "per_option"
    """With `several`: right options minus wrong ones as a share of all right ones, not below 0; or everything or nothing."""

    @model_validator(mode="after")
    def _is_consistent(self) -> ChoiceCheck:
        if (self.correct is None) is not self.sealed:
            raise ValueError("say which option is `correct`, or in a rubric for students `sealed: true` instead")
        right = self.correct or ()
        if unknown := [option for option in right if option not in self.options]:
            raise ValueError(f"`correct` names {unknown[0]!r}, which is none of the options {', '.join(self.options)}")
        if len(right) > 1 and not self.several:
            raise ValueError("more than one option is correct: say `several: true`")
        if len({option.casefold() for option in self.options}) < len(self.options):
            raise ValueError("two options differ in nothing but case")
        return self

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        right: frozenset[str] | None = frozenset(self.correct or ())
        if fault := oracle_fault(expected):
            return fault
        if (value := value_of(expected)) is not None:
            reading = self.reading_of(value)
            if reading is None or not reading.clear:
                return undecided("no_oracle", status="captured", message="the expected value is none of the options", names=[])
            right = reading.chosen
        elif self.sealed:
            right = None
        return self._judge_places(seen, right) if seen else undecided("nowhere")

    def _judge_places(self, seen: Sequence[Capture], right: frozenset[str] | None) -> Verdict:
        capture = first_captured(seen)
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail="")
        if isinstance(capture.value, Text | Section) and not own_text(capture.value.text, self.skeleton):
            return at(capture, nothing_written(capture))
        reading = self.reading_of(capture.value)
        if reading is None:
            return at(capture, not_readable(capture.value, "one of " + ", ".join(self.options)))
        if not reading.clear:
            code = "ambiguous" if reading.chosen else "not_read"
            return at(capture, undecided(code, excerpt=_excerpt(capture.value), options=list(self.options)))
        notes = (
            (read_note(", ".join(self._ordered(reading.chosen)), self.telling(capture.value)),)
            if is_report(capture.value)
            else ()
        )
        if right is None:
            return at(capture, undecided("at_hand_in", seen=self._ordered(reading.chosen)))
        return at(capture, self._score(reading.chosen, right), *notes)

    def reading_of(self, value: Value) -> Reading | None:
        """The options a value chooses; None for a value of no use."""
        if isinstance(value, Text | Section):
            return read_choice(own_text(value.text, self.skeleton), self.options, self.several)
        if isinstance(value, SequenceValue):
            return self._read_list(value)
        if isinstance(value, Array) and value.data.size == 1 and value.data.dtype.kind in "biuU":
            return self._exact(value.data.reshape(()).item())
        return self._exact(value.value) if isinstance(value, Scalar) and value.value is not None else None

    def telling(self, value: Value) -> str:
        """The line of a text that says which option is chosen."""
        text = own_text(value.text, self.skeleton) if isinstance(value, Text | Section) else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        whole = read_choice(text, self.options, self.several)
        clear = (line for line in lines if read_choice(line, self.options, self.several) == whole)
        return next(clear, lines[0] if lines else "")[:160]

    def _read_list(self, value: SequenceValue) -> Reading | None:
        options = [match_option(str(from_value(item)), self.options) for item in value.items]
        if not options or len(value.items) < value.length or not all(options):
            return None
        return Reading(frozenset(options), clear=self.several or len(set(options)) == 1)

    def _exact(self, plain: object) -> Reading | None:
        option = match_option(str(plain), self.options)
        return Reading(frozenset({option}), clear=True) if option else None

    def _score(self, chosen: frozenset[str], right: frozenset[str]) -> Verdict:
        facts = {"seen": self._ordered(chosen), "expected_value": self._ordered(right)}
        if chosen == right:
            return passed(seen=facts["seen"])
        if not self.several or self.scoring == "all_or_nothing":
            return failed("wrong_choice", **facts)
        hits, slips = len(chosen & right), len(chosen - right)
        credit = max(Fraction(hits - slips, len(right)), Fraction(0))
        return graded(credit, "some_options" if credit else "wrong_choice", **facts)

    def _ordered(self, chosen: frozenset[str]) -> list[str]:
        return [option for option in self.options if option in chosen]


def _excerpt(value: Value) -> str:
    return value.text.strip()[:300] if isinstance(value, Text | Section) else ""
