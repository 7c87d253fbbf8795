"""Who reads, when, and what of a check she may see then."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from grader.model.report import CheckReport
from grader.model.rubric import Visibility
from grader.model.verdict import Reason, Status


class Audience(StrEnum):
    STUDENT = "student"
    INSTRUCTOR = "instructor"


class Stage(StrEnum):
    """How far an assignment is: still open, past its due date, or with its marks published."""

    OPEN = "open"
    DUE = "due"
    PUBLISHED = "published"


class Disclosure(StrEnum):
    """How much of a check is shown: that it exists, its points, or all of it."""

    EXISTENCE = "existence"
    POINTS = "points"
    FULL = "full"


_SEEN_FROM = {
    Visibility.VISIBLE: (Stage.OPEN, Stage.DUE, Stage.PUBLISHED),
    Visibility.AFTER_DUE: (Stage.DUE, Stage.PUBLISHED),
    Visibility.AFTER_PUBLISHED: (Stage.PUBLISHED,),
    Visibility.HIDDEN: (),
}


def visible_to(check: CheckReport, audience: Audience, stage: Stage) -> bool:
    """Whether this reader may see the check's verdict now."""
    return audience is Audience.INSTRUCTOR or stage in _SEEN_FROM[check.visibility]


def disclosure(check: CheckReport, audience: Audience, stage: Stage) -> Disclosure:
    """All of a visible check; of others their existence, and their points once marks are published (totals count them then)."""
    if visible_to(check, audience, stage):
        return Disclosure.FULL
    return Disclosure.POINTS if stage is Stage.PUBLISHED else Disclosure.EXISTENCE


def seen_by(reason: Reason, check: CheckReport, audience: Audience, stage: Stage) -> Reason:
    """The reason with the expected values that this reader may know.

    The instructor sees all. A student sees those of visible checks after the due date; before, only the form of what is
    expected (shape, dtype, length), never a value.
    """
    if audience is Audience.INSTRUCTOR:
        return reason
    if check.visibility is Visibility.VISIBLE and stage is not Stage.OPEN:
        return reason
    if check.visibility is Visibility.VISIBLE and _FORMS & {reason.code, str(reason.facts.get("because"))}:
        return _without(reason, _VALUES)
    return _without(reason, _VALUES | {"expected"})


def shows_criteria(check: CheckReport, audience: Audience, stage: Stage) -> bool:
    """A person's criteria tell a good answer: students see them with published marks, where a person decides or did."""
    if audience is Audience.INSTRUCTOR:
        return True
    return stage is Stage.PUBLISHED and (check.verdict.status is Status.UNDECIDED or check.override is not None)


_FORMS = frozenset({"shape", "dtype", "length"})
_VALUES = frozenset({"expected_value", "worst", "repair"})
"""`worst`, how far an entry is off, leads from a wrong value to the right one; so does the `repair` of a formula."""


def _without(reason: Reason, keys: frozenset[str]) -> Reason:
    """The reason with these facts taken out, at any depth."""
    return Reason(code=reason.code, facts=_stripped(reason.facts, keys))


def _stripped(value: Any, keys: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(inner, keys) for key, inner in value.items() if key not in keys}
    if isinstance(value, list | tuple):
        return [_stripped(inner, keys) for inner in value]
    return value
