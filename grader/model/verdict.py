"""Verdicts: what a check concluded, with its reason as data. Words for students come later (`grader.reports.wording`)."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import Field, model_validator

from grader.model.base import Exact, Frozen
from grader.model.evidence import Place


class Status(StrEnum):
    """PASSED, PARTIAL and FAILED are proven; BLOCKED waits for a prerequisite; UNDECIDED waits for a human."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    BLOCKED = "blocked"
    UNDECIDED = "undecided"


class Reason(Frozen):
    """Why: a code known to `grader.reports.wording`, and the facts that its sentence is made of (JSON values only)."""

    code: str
    facts: dict[str, Any] = Field(default_factory=dict)


class Verdict(Frozen):
    """What a check concluded. `credit` is in 0..1, and None exactly when undecided."""

    status: Status
    credit: Exact | None
    reason: Reason
    mistake: str = ""
    """Id of the known mistake that was recognised."""
    notes: tuple[Reason, ...] = ()
    """What else is worth saying: which layout or factor was accepted, which place was used."""
    place: Place = Place()
    parts: tuple[Reason, ...] = ()
    """Findings of a check with several parts, such as the cells of a table."""

    @model_validator(mode="after")
    def _credit_fits_status(self) -> Verdict:
        if (self.credit is None) != (self.status is Status.UNDECIDED):
            raise ValueError("credit is None exactly when undecided")
        if self.credit is not None and not 0 <= self.credit <= 1:
            raise ValueError("credit must be in 0..1")
        if self.status is Status.PASSED and self.credit != 1:
            raise ValueError("passed means full credit")
        if self.status in (Status.FAILED, Status.BLOCKED) and self.credit != 0:
            raise ValueError("failed and blocked mean no credit")
        if self.status is Status.PARTIAL and self.credit is not None and not 0 < self.credit < 1:
            raise ValueError("partial means credit between 0 and 1")
        return self


def passed(code: str = "right", /, **facts: Any) -> Verdict:
    return Verdict(status=Status.PASSED, credit=Fraction(1), reason=Reason(code=code, facts=facts))


def failed(code: str, /, **facts: Any) -> Verdict:
    return Verdict(status=Status.FAILED, credit=Fraction(0), reason=Reason(code=code, facts=facts))


def undecided(code: str, /, **facts: Any) -> Verdict:
    return waiting(Reason(code=code, facts=facts))


def waiting(reason: Reason) -> Verdict:
    """UNDECIDED, for this reason."""
    return Verdict(status=Status.UNDECIDED, credit=None, reason=reason)


def blocked(code: str, /, **facts: Any) -> Verdict:
    return Verdict(status=Status.BLOCKED, credit=Fraction(0), reason=Reason(code=code, facts=facts))


def graded(credit: Fraction, code: str, /, **facts: Any) -> Verdict:
    """PASSED, PARTIAL or FAILED, as the credit says."""
    status = Status.PASSED if credit == 1 else Status.FAILED if credit == 0 else Status.PARTIAL
    return Verdict(status=status, credit=credit, reason=Reason(code=code, facts=facts))
