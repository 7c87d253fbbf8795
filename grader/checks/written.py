"""What the kinds share whose answer is written: in a string, or under the question's heading."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal, value_of
from grader.checks.writing import nothing_written, own_text
from grader.model.evidence import Capture
from grader.model.probe import Look, Probe, Read
from grader.model.rubric import Answer
from grader.model.values import Section, Text, Value
from grader.model.verdict import Verdict, undecided


class UnderHeading(Check):
    """A check of a variable, or of what is written under the heading."""

    of: str = ""
    """A key of the question's ``answer``; what is written under the heading counts as well."""
    skeleton: str = ""
    """What the handed-out notebook already says under this heading; those lines are no answer."""

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        look = (Look(names=answer.places[self.of]),) if self.of else ()
        return (*look, Read(headings=answer.headings)) if answer.headings else look

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        return (Look(names=(oracle,)),) if oracle else ()


class WrittenCheck(UnderHeading):
    """A check that judges the text itself."""

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        """`expected` is empty but for an answer known in advance."""
        if fault := oracle_fault(expected):
            return fault
        if not seen:
            return undecided("nowhere")
        capture = first_captured(seen)
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail="")
        text = self.text_of(capture.value)
        if text is None:
            return at(capture, not_readable(capture.value, "text"))
        text = own_text(text, self.skeleton)
        if not text:
            return at(capture, nothing_written(capture))
        return at(capture, self.judge_written(text, capture.value, value_of(expected)))

    def text_of(self, value: Value) -> str | None:
        """What is written in a value; None for one in which nothing is."""
        return value.text if isinstance(value, Text | Section) else None

    @abstractmethod
    def judge_written(self, text: str, value: Value, other: Value | None) -> Verdict:
        """The verdict on a text, which stands in `value`; `other` is an answer known in advance, right or wrong."""
