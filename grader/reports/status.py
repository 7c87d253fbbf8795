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
HAND_IN = ("at_hand_in", "sealed_follows")
"""Codes of what a student's kit cannot decide, and the hand-in will."""
_LATER = StatusWords("undecided", "→", "judged when you hand in")
_CORRECTED = StatusWords("corrected", "✎", "decided by a person")
_NOT_YET = StatusWords("withheld", "·", "not shown yet")
_POINTS_ONLY = StatusWords("withheld", "·", "details not shown")


def status_words(check: CheckView) -> StatusWords:
    """What to show for this check's state."""
    if check.disclosure is Disclosure.EXISTENCE:
        return _NOT_YET
    if check.status is None:
        return _POINTS_ONLY
    if check.override:
        return _CORRECTED
    return _LATER if is_for_hand_in(check) else WORDS[check.status]


def is_for_hand_in(check: CheckView) -> bool:
    """Nothing is decided here, and everything will be after the hand-in."""
    return check.is_pending and check.reason is not None and check.reason.code in HAND_IN


def override_text(check: CheckView) -> str:
    """Who corrected the points, when and why; "" if nobody did."""
    override = check.override
    if override is None:
        return ""
    return f"{override.author} set this to {shown(hundredths(override.points))} points on {override.time}: {override.reason}"
