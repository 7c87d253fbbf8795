"""What the review page's templates call, beside the filters of the reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.model.report import CorrectedReading, Correction, Override
from grader.reports.filters import exact
from grader.reports.wording import headline
from grader.web.assignment import Assignment
from grader.web.slots import Slot
from grader.web.typeset import typeset


def who(slot: Slot, assignment: Assignment) -> str:
    """What a submission is called on the page."""
    return f"student {slot.number}" if assignment.anonymous else slot.submission


def correction_words(line: Correction) -> str:
    """A line of the corrections, in words."""
    if isinstance(line, Override):
        return f"{exact(line.points)} points: {line.reason}"
    if isinstance(line, CorrectedReading):
        return f"read as `{line.read}`: {line.reason}"
    return "took back the points" if line.withdraws == "points" else "took back the reading"


STATES = {"waiting": "waits", "done": "decided", "judged": "judged by the toolkit"}

FILTERS: dict[str, Callable[..., Any]] = {
    "typeset": typeset,
    "who": who,
    "correction_words": correction_words,
    "why": headline,
    "state": lambda slot: STATES[slot.state],
}
