"""A report as one reader may see it: words and rounded points, from which every format is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.model.evidence import Place
from grader.model.report import CheckReport, Override, QuestionReport, Report
from grader.model.verdict import Reason, Status
from grader.reports.audience import Audience, Disclosure, Stage, disclosure, seen_by, shows_criteria
from grader.reports.naming import named, names_of, unseen_of
from grader.reports.phrases import where
from grader.reports.points import apportioned, hundredths, shares
from grader.reports.text import quoted
from grader.reports.wording import headline, sentence

_READ = frozenset(("read_from_text", "code_of_report", "unclear_reading", "not_read", "ambiguous", "unclear_correction"))
"""Reasons and notes that tell of a reading."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One finding of a check with several parts."""

    reason: Reason
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check. Points are hundredths; `status` and `reason` are None where the reader may not see them (yet)."""

    anchor: str
    id: str
    kind: str
    title: str
    possible: int
    earned: int | None
    disclosure: Disclosure
    status: Status | None = None
    credit: Fraction | None = None
    reason: Reason | None = None
    headline: str = ""
    sentence: str = ""
    mistake: str = ""
    says: str = ""
    notes: tuple[str, ...] = ()
    parts: tuple[PartView, ...] = ()
    place: Place | None = None
    where: str = ""
    hint: str = ""
    criteria: tuple[str, ...] = ()
    override: Override | None = None
    is_read: bool = False
    """It rests on what was read in a text, or waits because that is not certain: a human can put another reading in its place."""

    @property
    def is_pending(self) -> bool:
        """A human has still to decide."""
        return self.status is Status.UNDECIDED and self.override is None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question, its points in hundredths. `withheld` are those of checks that are not shown yet."""

    anchor: str
    id: str
    title: str
    text: str
    bonus: bool
    possible: int
    earned: int
    pending: int
    withheld: int
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """One submission, its points in hundredths; the questions' add up to `earned` plus `late`."""

    report: Report
    audience: Audience
    stage: Stage
    possible: int
    bonus: int
    earned: int
    pending: int
    late: int
    withheld: int
    questions: tuple[QuestionView, ...]

    @property
    def checks(self) -> tuple[CheckView, ...]:
        return tuple(check for question in self.questions for check in question.checks)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads and when, and what to call each check, and those not shown to her, by ``question/check``."""

    audience: Audience
    stage: Stage
    names: Mapping[str, str]
    unseen: Mapping[str, str]

    def may_see(self, check: CheckReport) -> Disclosure:
        return disclosure(check, self.audience, self.stage)

    def facts_of(self, reason: Reason, check: CheckReport) -> Reason:
        return named(seen_by(reason, check, self.audience, self.stage), self.unseen)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Exact points of a question as this reader may see them."""

    earned: Fraction
    pending: Fraction
    withheld: Fraction


def view(report: Report, audience: Audience = Audience.INSTRUCTOR, stage: Stage = Stage.PUBLISHED) -> ReportView:
    """What this reader may see of the report now, with points that add up as printed."""
    reader = _Reader(audience, stage, names_of(report, audience, stage), unseen_of(report, audience, stage))
    sums = [_sums(question, reader) for question in report.questions]
    withheld = sum((s.withheld for s in sums), Fraction(0))
    gross = sum((s.earned for s in sums), Fraction(0))
    net = max(gross - report.late, Fraction(0)) if withheld else report.earned
    possible = shares(question.possible for question in report.questions)
    earned = shares(s.earned for s in sums)
    pending = shares(s.pending for s in sums)
    questions = tuple(
        _question(question, p, e, w, reader)
        for question, p, e, w in zip(report.questions, possible, earned, pending, strict=True)
    )
    return ReportView(
        report=report,
        audience=audience,
        stage=stage,
        possible=sum(possible),
        bonus=sum(q.possible for q in questions if q.bonus),
        earned=hundredths(net),
        pending=sum(pending),
        late=sum(earned) - hundredths(net),
        withheld=hundredths(withheld),
        questions=questions,
    )


def _sums(question: QuestionReport, reader: _Reader) -> _Sums:
    known = [check for check in question.checks if reader.may_see(check) is not Disclosure.EXISTENCE]
    if len(known) == len(question.checks):
        return _Sums(question.earned, question.pending, Fraction(0))
    return _Sums(
        earned=sum((check.earned for check in known if check.earned is not None), Fraction(0)),
        pending=sum((check.possible for check in known if check.earned is None), Fraction(0)),
        withheld=question.possible - sum((check.possible for check in known), Fraction(0)),
    )


def _question(question: QuestionReport, possible: int, earned: int, pending: int, reader: _Reader) -> QuestionView:
    shown = [reader.may_see(check) for check in question.checks]
    decided = [
        check.earned or Fraction(0) if how is not Disclosure.EXISTENCE else Fraction(0)
        for check, how in zip(question.checks, shown, strict=True)
    ]
    of_checks = _fitting([check.possible for check in question.checks], question.possible, possible)
    by_check = _fitting(decided, sum(decided, Fraction(0)), earned)
    checks = tuple(
        _check(f"{anchor(question.id)}-{number}", check, p, e, reader)
        for number, (check, p, e) in enumerate(zip(question.checks, of_checks, by_check, strict=True), start=1)
    )
    withheld = sum(check.possible for check in checks if check.disclosure is Disclosure.EXISTENCE)
    return QuestionView(
        anchor=anchor(question.id),
        id=question.id,
        title=question.title,
        text=question.text,
        bonus=question.bonus,
        possible=possible,
        earned=earned,
        pending=pending,
        withheld=withheld,
        checks=checks,
    )


def _fitting(parts: list[Fraction], exact: Fraction, total: int) -> tuple[int, ...]:
    """Shares that add up to the printed total, where the exact parts add up to the exact total."""
    if sum(parts, Fraction(0)) == exact and abs(exact * 100 - total) < 1:
        return apportioned(parts, total)
    return shares(parts)


def _check(at: str, check: CheckReport, possible: int, earned: int, reader: _Reader) -> CheckView:
    how = reader.may_see(check)
    verdict = check.verdict
    if how is not Disclosure.FULL:
        seen = earned if how is Disclosure.POINTS and check.earned is not None else None
        return CheckView(at, "", "", "A check that is not shown", possible, seen, how)
    reason = reader.facts_of(verdict.reason, check)
    parts = [reader.facts_of(part, check) for part in verdict.parts]
    notes = [reader.facts_of(note, check) for note in verdict.notes]
    subject = quoted(verdict.place.name) if verdict.place.name else "your answer"
    return CheckView(
        anchor=at,
        id=check.id,
        kind=check.kind,
        title=check.title or check.id,
        possible=possible,
        earned=None if check.earned is None else earned,
        disclosure=how,
        status=verdict.status,
        credit=verdict.credit,
        reason=reason,
        headline=headline(reason),
        sentence=sentence(named(reason, reader.names), subject),
        mistake=verdict.mistake,
        says="" if verdict.reason.code == "mistake" else check.says,
        notes=tuple(sentence(note, subject) for note in notes),
        parts=tuple(PartView(part, sentence(part, subject)) for part in parts),
        place=verdict.place,
        where=where(verdict.place),
        hint=check.hint if verdict.status is not Status.PASSED else "",
        criteria=check.criteria if shows_criteria(check, reader.audience, reader.stage) else (),
        override=check.override,
        is_read=not _READ.isdisjoint({verdict.reason.code, *(note.code for note in verdict.notes)}),
    )


def anchor(text: str) -> str:
    """The text as part of an HTML id and of a link to it."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text) or "-"
