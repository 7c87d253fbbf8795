"""Scores, overrides and the report: everything about one submission, from which every page and export is made."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from pydantic import Field

from grader.model.base import Exact, Frozen
from grader.model.evidence import Run
from grader.model.rubric import Visibility
from grader.model.submission import Fault
from grader.model.verdict import Verdict


class Override(Frozen):
    """A human's correction of one check. Appended to the list of overrides, never edited in."""

    submission: str
    question: str
    check: str
    points: Exact
    author: str
    reason: str
    time: str
    note: str = ""
    """For those who grade; no student sees it."""


class CorrectedReading(Frozen):
    """What a human read in a submission, for one check, in the place of what was read there. Appended, never edited in."""

    submission: str
    question: str
    check: str
    read: str = Field(min_length=1, max_length=20_000)
    author: str
    reason: str
    time: str
    note: str = ""


class Withdrawal(Frozen):
    """A human takes back what was corrected before in one check, its points or its reading. Appended as they are."""

    submission: str
    question: str
    check: str
    withdraws: Literal["points", "read"]
    author: str
    reason: str
    time: str
    note: str = ""


Correction: TypeAlias = Override | CorrectedReading | Withdrawal
"""A line of a run's ``overrides.jsonl``."""


class CheckReport(Frozen):
    """One check of one submission. `earned` is None while a human is waited for."""

    id: str
    kind: str
    title: str
    possible: Exact
    earned: Exact | None
    verdict: Verdict
    visibility: Visibility = Visibility.VISIBLE
    hint: str = ""
    says: str = ""
    """The explanation of the recognised mistake, from the rubric."""
    criteria: tuple[str, ...] = ()
    """What a human looks at, for a manual check."""
    override: Override | None = None


class QuestionReport(Frozen):
    """One question of one submission. `pending` is what a human has still to decide about."""

    id: str
    title: str
    possible: Exact
    earned: Exact
    pending: Exact
    bonus: bool = False
    text: str = ""
    checks: tuple[CheckReport, ...]


class Report(Frozen):
    """Everything about one submission."""

    assignment: str
    title: str
    submission: str
    digest: str
    possible: Exact
    bonus: Exact = Fraction(0)
    """Of `possible`, how much is bonus."""
    earned: Exact
    pending: Exact
    late: Exact = Fraction(0)
    """Points lost for lateness (already taken off `earned`)."""
    questions: tuple[QuestionReport, ...]
    faults: tuple[Fault, ...] = ()
    run: Run = Run()
    environment_faults: tuple[str, ...] = ()
    """What the box lacked (a library, a GPU, the network), told apart from wrong answers."""


class ClassReport(Frozen):
    """All reports of one grading run, ordered by submission id."""

    assignment: str
    title: str
    possible: Exact
    bonus: Exact = Fraction(0)
    reports: tuple[Report, ...] = Field(default=())
