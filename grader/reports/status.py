"""The state of a check as words, a sign and a name for its colour; never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model.verdict import Status
from grader.reports.audience import Disclosure
from grader.reports.points import hundredths, shown
from grader.reports.view import CheckView


@dataclass(frozen=True, slots=True)
class StatusWords:
    """`key` names the icon and the colour."""

    key: str
    sign: str
    words: str


WORDS = {
    Status.PASSED: StatusWords("passed", "✓", "right"),
    Status.PARTIAL: StatusWords("partial", "◐", "partly right"),
    Status.FAILED: StatusWords("failed", "✗", "not right"),
    Status.BLOCKED: StatusWords("blocked", "–", "not looked at"),
    Status.UNDECIDED: StatusWords("undecided", "?", "waits for a person"),
}
_CORRECTED = StatusWords("corrected", "✎", "decided by a person")
_NOT_YET = StatusWords("withheld", "·", "not shown yet")
_POINTS_ONLY = StatusWords("withheld", "·", "details not shown")


def status_words(check: CheckView) -> StatusWords:
    """What to show for this check's state."""
    if check.disclosure is Disclosure.EXISTENCE:
        return _NOT_YET
    if check.status is None:
        return _POINTS_ONLY
    return _CORRECTED if check.override else WORDS[check.status]


def override_text(check: CheckView) -> str:
    """Who corrected the points, when and why; "" if nobody did."""
    override = check.override
    if override is None:
        return ""
    return f"{override.author} set this to {shown(hundredths(override.points))} points on {override.time}: {override.reason}"
