"""Everything that the page of one check of one submission shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import yaml

from grader.checks.manual import Criterion
from grader.grading.items import Item
from grader.grading.plan import seen_by
from grader.model.evidence import Capture, Evidence
from grader.model.probe import Read
from grader.model.report import CheckReport, Correction, Report
from grader.reports.filters import exact
from grader.reports.view import CheckView, view
from grader.web.assignment import Assignment
from grader.web.blind import Blinder
from grader.web.cells import ShownCell, blinded_cell, cells_of, without_what_is_shown
from grader.web.decisions import comments
from grader.web.pdf_pages import pdf_of
from grader.web.pieces import Picture, Piece, blinded, pieces_of
from grader.web.slots import Group, Slot

READ_AS_TEXT = frozenset(("choice", "truth_table", "text", "formula", "derivation"))
"""Kinds of what is written in words, letters or formulas, with or without a rule about reports."""
_TOLD_ELSEWHERE = {"id", "points", "title", "visibility", "needs", "criteria", "mistakes", "also"}
"""Fields of a check that the page shows in a place of their own, or that do not help to judge."""


@dataclass(frozen=True, slots=True)
class Known:
    """A wrong or right answer that the rubric knows in advance."""

    says: str
    credit: str


@dataclass(frozen=True)
class Shown:
    """One check of one submission with all that helps to decide it."""

    item: Item
    slot: Slot
    group: Group
    check: CheckView
    pieces: tuple[Piece, ...]
    cells: tuple[ShownCell, ...]
    expected: tuple[Piece, ...]
    criteria: tuple[Criterion, ...]
    known: tuple[Known, ...]
    rubric: str
    """What the rubric says of the check, as YAML."""
    comments: tuple[str, ...]
    has_names: bool
    """The answer shows who gave it: what is in pictures cannot be struck out."""
    pdf: Path | None
    """The PDF that the answer was read from, where it still lies there; None where its pages would tell a name."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of the page, in its order; their numbers are their addresses."""
        pieces = [*self.pieces, *(piece for cell in self.cells for piece in cell.outputs), *self.expected]
        return tuple(piece.picture for piece in pieces if piece.picture is not None)

    @property
    def may_be_misread(self) -> bool:
        """What it says was read in a text, or ought to have been: another reading can be put in its place."""
        reads = bool(getattr(self.item.check, "report", None)) or self.item.check.kind in READ_AS_TEXT
        return reads or self.check.is_read or self.slot.reading is not None

    def number(self, picture: Picture) -> int:
        """The picture's place among those of the page."""
        return next(number for number, one in enumerate(self.pictures) if one is picture)

    @property
    def criteria_have_points(self) -> bool:
        return bool(self.criteria) and all(criterion.points is not None for criterion in self.criteria)


def shown(assignment: Assignment, number: int, slot: Slot) -> Shown:
    """The page's content for this slot.

    Raises:
        EvidenceError: the stored evidence is not there.
    """
    item, work = assignment.items[number], assignment.work(slot.submission)
    strike = assignment.blinder(slot.submission)
    looked_at = seen_by(item, work.evidence) or ()
    seen = _with_section(looked_at, item, work.evidence)
    pieces = tuple(blinded(piece, strike.text) for piece in pieces_of(seen))
    cells = tuple(blinded_cell(cell, strike.text) for cell in cells_of(work.submission, work.evidence, seen))
    return Shown(
        item=item,
        slot=slot,
        group=assignment.group_with(number, slot),
        check=_view(assignment, slot, strike),
        pieces=pieces,
        cells=without_what_is_shown(cells, pieces),
        expected=_expected(assignment, item, looked_at),
        criteria=tuple(getattr(item.check, "criteria", ())),
        known=_known(item),
        rubric=_rubric(item),
        comments=comments(assignment.refresh().lines, item.question.id, item.check.id),
        has_names=assignment.anonymous,
        pdf=None if assignment.anonymous else next((p for c in seen if (p := pdf_of(work.submission, c.place.part))), None),
    )


def _with_section(seen: tuple[Capture, ...], item: Item, evidence: Evidence) -> tuple[Capture, ...]:
    """What the check looked at; where that is nothing, what stands under the question's heading, if it was read."""
    section = evidence.capture(Read(headings=item.question.answer.headings)) if item.question.answer.headings else None
    if section is None or section.value is None or any(capture.value is not None for capture in seen):
        return seen
    return (*seen, section)


def _view(assignment: Assignment, slot: Slot, strike: Blinder) -> CheckView:
    """The check in words, as an instructor sees it now."""
    report = assignment.report(slot.submission)
    now = assignment.check(slot)
    now = now.model_copy(update={"verdict": strike.model(now.verdict)})
    seen = view(_with(report, slot.question, now))
    return next(c for q in seen.questions if q.id == slot.question for c in q.checks if c.id == now.id)


def _with(report: Report, question: str, check: CheckReport) -> Report:
    """The report with this check in the place of the one with its id."""
    questions = tuple(
        one.model_copy(update={"checks": tuple(check if old.id == check.id else old for old in one.checks)})
        if one.id == question
        else one
        for one in report.questions
    )
    return report.model_copy(update={"questions": questions})


def _expected(assignment: Assignment, item: Item, seen: tuple[Capture, ...]) -> tuple[Piece, ...]:
    """What the reference gave; nothing where working that out fails on what a student handed in."""
    try:
        found = assignment.expected(item, seen)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
        return ()
    return pieces_of(found) if any(capture.value is not None for capture in found) else ()


def _known(item: Item) -> tuple[Known, ...]:
    also = [Known(other.says, "full credit") for other in item.check.also]
    return (*also, *(Known(mistake.says, f"credit {mistake.credit}") for mistake in item.check.mistakes))


def _rubric(item: Item) -> str:
    told = item.check.model_dump(mode="json", exclude_defaults=True, exclude=_TOLD_ELSEWHERE, by_alias=True)
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def history_words(line: Correction) -> str:
    """One line of the corrections, in words."""
    what = getattr(line, "points", None)
    read = getattr(line, "read", None)
    says = (
        f"{exact(Fraction(what))} points"
        if what is not None
        else f"to be read as {read}"
        if read
        else "took the last decision back"
    )
    return f"{says}: {line.reason}" if what is not None or read else says
