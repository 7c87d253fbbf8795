"""Answers read from a report where no variable holds them: what to look for, what was found, and when that is not certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import OracleCheck, at
from grader.checks.claims import Claim, after_words, claims_about, passages, standing_alone
from grader.checks.literals import fact, to_value
from grader.checks.plain_math import plain, symbol
from grader.checks.report_tables import columns_of, is_called, is_row, turned
from grader.checks.writing import nothing_written, own_text
from grader.checks.written_values import Written, number_in, value_at
from grader.model.base import Frozen
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Probe, Read
from grader.model.rubric import Answer, Names
from grader.model.values import Section, Table, Value
from grader.model.verdict import Reason, Verdict, undecided

LEAST_DIGITS = 3
"""A value with so many digits is right when it is right to the last of them."""


class InReport(Frozen):
    """What to look for in a report, where the answer is in no variable. The first of these that the section holds is read."""

    label: Names | tuple[()] = ()
    """Symbols (``L``, ``dL/dW1``) or words (``MSE loss``) that the value is given to."""
    after: Names | tuple[()] = ()
    """Words that stand before it in its line or sentence, where the label alone is given to other values too."""
    column: Names | tuple[()] = ()
    """The heading of a table's column that the value stands in, with `row`."""
    row: str = ""
    """What the row begins with."""
    columns: tuple[Names, ...] = ()
    """Headings of whole columns of a table, several for each: they are read as a matrix with a row for each row of the table."""
    rows: tuple[str, ...] = ()
    """What the rows of that matrix begin with, in this order; without it, all rows."""
    table: Names | tuple[()] = ()
    """Words of the table's caption, or right before it, where several tables have these columns: all words of one of these."""
    alone: bool = False
    """The only value in the section counts, whatever it is given to."""
    heading: Names | tuple[()] = ()
    """The section that it stands in, where that is another one than the question's own."""

    @model_validator(mode="after")
    def _says_something(self) -> InReport:
        if bool(self.column) != bool(self.row):
            raise ValueError("a place in a table needs both `row` and `column`")
        if self.table and not (self.column or self.columns):
            raise ValueError("`table` says in which table `column` or `columns` are")
        if self.rows and not self.columns:
            raise ValueError("`rows` names the rows of `columns`")
        if not (self.label or self.column or self.columns or self.alone):
            raise ValueError("say what to look for: `label`, `row` with `column`, `columns`, or `alone`")
        return self

    def found_in(self, section: Section) -> tuple[Claim, ...]:
        """What the section says about it: in tables, in its own words, then in code and output."""
        tables = [table for table in section.tables if not self.table or is_called(table, self.table)]
        if self.column and (cells := [claim for table in tables for claim in _cells(table, self.row, self.column)]):
            return tuple(cells)
        if self.columns and (read := [claim for t in tables if (claim := columns_of(t, self.columns, self.rows))]):
            return tuple(read)
        if self.columns and (read := [claim for t in tables if (claim := columns_of(turned(t), self.columns, self.rows))]):
            return tuple(read)
        if self.label and (told := [claim for table in tables for label in self.label for claim in _pairs(table, label)]):
            return tuple(told)
        parts = passages(section.text)
        for whole in (parts.prose, parts.code):
            text = after_words(whole, self.after) if self.after else whole
            if self.label and (named := claims_about(text, self.label)):
                return tuple(named)
        return tuple(standing_alone(parts.prose)) if self.alone else ()


def _cells(table: Table, row: str, columns: Sequence[str]) -> list[Claim]:
    """The values where a row and a column of these names meet."""
    wanted = {symbol(column) for column in columns}
    at_column = [i for i, heading in enumerate(table.columns) if symbol(heading) in wanted]
    found = []
    for cells in table.rows:
        if not cells or not is_row(cells[0], row):
            continue
        for index in at_column:
            value = number_in(plain(cells[index])) if index < len(cells) else None
            if value is not None:
                found.append(Claim((), value, " | ".join(cells)[:200]))
    return found


def _pairs(table: Table, label: str) -> list[Claim]:
    """The values beside this label in a table of two columns, ``| loss | 14.5 |``; its heading may be a pair as well."""
    rows = [row for row in (table.columns, *table.rows) if len(row) == 2 and symbol(row[0]) == symbol(label)]
    found = [(row, number_in(plain(row[1]))) for row in rows]
    return [Claim((symbol(label),), value, " | ".join(row)[:200]) for row, value in found if value is not None]


@dataclass(frozen=True, slots=True)
class ReportReading:
    """What a report was read to say. `written` is None where that is not certain; then `verdict` says so."""

    capture: Capture
    written: Written | None = None
    verdict: Verdict | None = None
    note: Reason | None = None


def agreed(claims: Sequence[Claim]) -> Claim | None:
    """The claim that all of them make, from where it has the most digits; None where they differ or there is none."""
    if not claims or not all(each.written.agrees(claims[0].written) for each in claims):
        return None
    return max(claims, key=lambda each: (each.written.digits, each.written.value.ndim))


def read_note(value: object, *excerpts: str) -> Reason:
    """What was read, and the words it stands in."""
    return Reason(code="read_from_text", facts={"read": fact(value), "excerpt": " … ".join(dict.fromkeys(excerpts))[:300]})


def unclear(labels: Sequence[str], claims: Sequence[Claim]) -> Verdict:
    """UNDECIDED: nothing, or more than one thing, was found."""
    read = list(dict.fromkeys(claim.excerpt for claim in claims))[:5]
    return undecided("unclear_reading", labels=list(labels)[:6], read=read)


def is_notebook(section: Section) -> bool:
    """In a notebook the variables are the answer: what its text says of them counts only where it can be read."""
    return section.part.lower().endswith(".ipynb")


def is_report(value: Value) -> bool:
    """Whether a value was read in a report, and in no notebook."""
    return isinstance(value, Section) and not is_notebook(value)


def section_among(seen: Sequence[Capture]) -> Capture | None:
    """The written section, where nothing else holds the answer and no box failed."""
    others = [capture for capture in seen if not isinstance(capture.value, Section)]
    if any(capture.status in (CaptureStatus.CAPTURED, CaptureStatus.BOX_FAILED) for capture in others):
        return None
    return next((capture for capture in seen if isinstance(capture.value, Section)), None)


def read_report(report: InReport | None, seen: Sequence[Capture], is_array: bool | None) -> ReportReading | None:
    """What the report says of a number, of an array, or of either (None).

    None where it does not count, or is a notebook's text without it.
    """
    capture = section_among(seen)
    if report is None or capture is None or not isinstance(capture.value, Section):
        return None
    claims = [c for c in report.found_in(capture.value) if is_array is None or (c.written.value.ndim > 0) is is_array]
    labels = [*report.label, *report.column, *(names[0] for names in report.columns)]
    if not claims and is_notebook(capture.value):
        return None
    if not own_text(capture.value.text) and not capture.value.tables:
        return ReportReading(capture, verdict=at(capture, nothing_written(capture)))
    claim = agreed(claims)
    if claim is None:
        return ReportReading(capture, verdict=at(capture, unclear(labels, claims)))
    return ReportReading(capture, claim.written, note=read_note(claim.written.value, claim.excerpt))


class ReportedCheck(OracleCheck):
    """A check of one place that may also stand in a report."""

    is_array: ClassVar[bool] = False
    """Whether an array is read in a report; else a number."""
    report: InReport | None = Field(default=None)
    """What to look for in the section under the question's heading, where the variable is not there."""

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        look = Look(names=answer.places[self.of])
        headings = self.report.heading or answer.headings if self.report else ()
        return (look, Read(headings=headings)) if headings else (look,)

    def as_read(self, seen: Sequence[Capture]) -> tuple[Capture, ...]:
        reading = read_report(self.report, seen, self.is_array)
        if reading is None:
            return without_sections(seen) if self.report else tuple(seen)
        if reading.written is None:
            return ()
        value = reading.written.value
        return (reading.capture.model_copy(update={"value": to_value(value if value.ndim else reading.written.number)}),)

    def corrected(self, read: str) -> tuple[Capture, ...]:
        return (corrected_value(read),)


def corrected_value(read: str) -> Capture:
    """A number or a matrix as a human wrote it in the place of what was read.

    Raises:
        ValueError: it is neither.
    """
    found = value_at(plain(read).strip(), 0)
    if found is None:
        raise ValueError(f"{read!r} is no number and no matrix")
    return Capture.of(to_value(found.value if found.value.ndim else found.number))


def without_sections(seen: Sequence[Capture]) -> tuple[Capture, ...]:
    """The captures but for sections, which are asked for beside a variable."""
    return tuple(c for c in seen if not isinstance(c.value, Section) and not _missed_heading(c, seen))


def _missed_heading(capture: Capture, seen: Sequence[Capture]) -> bool:
    """The missing section beside a missing variable: only the variable's absence is worth telling, unless there is none."""
    return len(seen) > 1 and capture is seen[-1] and capture.status is CaptureStatus.MISSING and capture is not seen[0]


def turned_to(value: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A list written in a line as the row or column that is expected; a text does not tell which it is."""
    return value.reshape(shape) if value.ndim == 1 and len(shape) == 2 and 1 in shape and value.size == max(shape) else value


@dataclass(frozen=True, slots=True)
class Digits:
    """The middle of what a value stands for when it was rounded, or when it was cut off, and how far that reaches."""

    middles: tuple[NDArray[np.float64], ...]
    reach: float


def digits_of(written: Written, value: NDArray[np.float64]) -> Digits:
    """What the written digits may stand for; nothing but the value itself where there are fewer than three."""
    if written.digits < LEAST_DIGITS or written.unit == 0:
        return Digits((), 0.0)
    return Digits((value, value + 0.498 * np.sign(value) * written.unit), 0.5001 * written.unit)
