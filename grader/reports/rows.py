"""The checks of a report one after the other, each with a key of its own and its explanation in lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.reports.status import override_text
from grader.reports.text import clean
from grader.reports.view import CheckView, QuestionView, ReportView


@dataclass(frozen=True, slots=True)
class Row:
    """One check; `key` is ``question/check``, and ``question/number`` where the reader may not know the check's id."""

    question: QuestionView
    check: CheckView
    key: str


def rows(seen: ReportView) -> Iterator[Row]:
    """Every check of a view, in the rubric's order."""
    for question in seen.questions:
        for number, check in enumerate(question.checks, start=1):
            yield Row(question, check, f"{question.id}/{check.id or number}")


def explained(check: CheckView) -> tuple[str, ...]:
    """What is said about a check, a finding a line; what stands between backticks is code."""
    lines = (
        check.sentence,
        f"Known mistake: {check.says}" if check.says else "",
        *check.notes,
        *(part.sentence for part in check.parts),
        f"Found in {check.where}." if check.where else "",
        f"Hint: {check.hint}" if check.hint else "",
        *(f"A person looks at: {criterion}" for criterion in (check.criteria if check.is_pending else ())),
        override_text(check),
    )
    return tuple(line for line in lines if line)


def plain_text(check: CheckView) -> str:
    """The explanation as plain text."""
    return clean("\n".join(explained(check)))
