"""Kind `manual`: a human decides by criteria; all there is to find out is whether anything was handed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from grader.checks.base import Check, at, first_captured, refusal
from grader.checks.literals import as_text, describe
from grader.checks.writing import nothing_written, own_text
from grader.model.base import Exact, Frozen
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Figures, Look, Probe, Read, SavedFile, SourceText
from grader.model.rubric import Answer
from grader.model.values import Figure, Output, Section, Several, Source, Text, Value
from grader.model.verdict import Verdict, undecided

_NO_WORDS = re.compile(r"!\[|<img|\$|\\\(|\\\[|\\begin")
"""A picture or a formula answers without words."""


class Criterion(Frozen):
    """One thing the human looks at, and what it is worth of the check's points where that is fixed."""

    says: str = Field(min_length=1)
    points: Exact | None = Field(default=None, ge=0)


class ManualCheck(Check):
    """Never decided by the machine but for an answer that is not there."""

    kind: Literal["manual"] = "manual"
    of: str = ""
    """A key of the question's ``answer``: a text, a figure, a file or code; what is under the heading counts as well."""
    criteria: tuple[Criterion, ...] = ()
    """What to look at: `says`, and `points` where they are fixed; then they add up to the check's points."""
    skeleton: str = ""
    """What the handed-out notebook already says under this heading; those lines are no answer."""
    least_words: int = Field(default=3, ge=1)
    """Fewer words of her own are no answer."""
    at_hand_in: bool = False
    """In a student's kit: it stands for checks that decide after she has handed in, and only says whether an answer is there."""

    @model_validator(mode="after")
    def _adds_up(self) -> ManualCheck:
        given = [criterion.points for criterion in self.criteria if criterion.points is not None]
        if given and (len(given) < len(self.criteria) or sum(given) != self.points):
            raise ValueError(f"the criteria's points add up to {sum(given)}, the check has {self.points}; give all or none")
        return self

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        own = (self._probe(answer),) if self.of else ()
        return (*own, Read(headings=answer.headings)) if answer.headings else own

    def _probe(self, answer: Answer) -> Probe:
        """The observation that shows the kind of thing `of` is."""
        names = answer.places[self.of]
        if self.of in answer.figures:
            return Figures(names=names, headings=answer.headings)
        if self.of in answer.files:
            return SavedFile(names=names)
        if self.of in answer.functions or self.of in answer.classes:
            return SourceText(names=names)
        return Look(names=names)

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if not seen:
            return undecided("manual", excerpt="")
        present = [capture for capture in seen if capture.value is not None and self._is_answer(capture.value)]
        if present:
            value = present[0].value
            excerpt = self._excerpt(value) if value is not None else ""
            return at(present[0], undecided("at_hand_in") if self.at_hand_in else undecided("manual", excerpt=excerpt))
        capture = first_captured(seen)
        if failure := next((c for c in seen if c.status is CaptureStatus.BOX_FAILED), None):
            capture = failure
        return refusal(capture) or at(capture, nothing_written(capture))

    def _is_answer(self, value: Value) -> bool:
        """Words of her own, or a thing that is no text; nothing drawn and nothing printed is no answer."""
        if isinstance(value, Section) and value.tables:
            return True
        if isinstance(value, Text | Section | Output | Source):
            text = own_text(as_text(value, 100_000), self.skeleton)
            return len(text.split()) >= self.least_words or _NO_WORDS.search(text) is not None
        if isinstance(value, Several):
            return any(self._is_answer(item) for item in value.items)
        return bool(value.axes) if isinstance(value, Figure) else getattr(value, "value", "") is not None

    def _excerpt(self, value: Value) -> str:
        if isinstance(value, Figure | Several):
            return describe(value)
        return own_text(as_text(value), self.skeleton)[:300]
