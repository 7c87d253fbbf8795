"""Kind `cost_table`: the table of shapes, parameters and MACs of a network's layers, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import BeforeValidator, Field

from grader.checks.base import Check, at, first_captured, not_readable, refusal
from grader.checks.cost_cells import Shape, is_blank, read_counts, read_shape
from grader.checks.cost_expected import Cell, Row, expected_rows, follows, same_shape, slip_in_count, slip_in_shape
from grader.checks.cost_lines import Wanted
from grader.checks.cost_names import SHAPE_COLUMNS, Column, layer_within
from grader.checks.cost_place import Found, find_table
from grader.checks.cost_rows import read_tables
from grader.checks.literals import as_text, to_value
from grader.checks.reports import is_report, read_note
from grader.model.base import Exact
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Call, Case, Look, Prints, Probe, Read, Trace
from grader.model.rubric import Answer, Names
from grader.model.values import Array, Network, Opaque
from grader.model.verdict import Reason, Verdict, failed, graded, undecided

COLUMNS: tuple[Column, ...] = get_args(Column)


def _columns(given: Any) -> Any:
    return dict.fromkeys(given, ()) if isinstance(given, list | tuple) else given


@dataclass(frozen=True, slots=True)
class Finding:
    """One cell judged: its credit (None: its reading is not certain), what is to be said of it, and a note."""

    credit: Fraction | None
    reason: Reason | None = None
    note: str = ""


class CostTableCheck(Check):
    """A table with a row for each layer, wherever it stands: a variable, a Markdown table under the heading, printed rows."""

    kind: Literal["cost_table"] = "cost_table"
    of: str = ""
    """A key of the question's ``answer``: a DataFrame, a list of rows, a dict; without it only heading and prints count."""
    network: str
    """The reference's class, function or object that is traced for the expected shapes, parameters and MACs."""
    build: tuple[Any, ...] = ()
    """Arguments with which the reference's network is built."""
    input: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    """Shape of the input it is traced with, batch axis first."""
    layers: tuple[Names, ...] = Field(min_length=1)
    """The rows in their order: each the name of a layer in the network or another label, or several labels."""
    columns: Annotated[dict[Column, tuple[str, ...]], BeforeValidator(_columns)] = Field(
        default=dict.fromkeys(COLUMNS, ()), min_length=1
    )
    """The columns that are judged, in the order of the task's own table; a mapping gives further headings for each."""
    table: tuple[Column, ...] = ()
    """All columns of the task's own table in their order, where some of them are another check's affair."""
    bias: bool = False
    """Whether parameters and MACs count the bias."""
    follow_from_shapes: bool = True
    """A count that is right for the row's own wrong shapes earns `follow_credit`."""
    follow_credit: Exact = Field(default=Fraction(1, 2), ge=0, le=1)
    rounded_credit: Exact = Field(default=Fraction(1), ge=0, le=1)
    """Credit of a count rounded to three digits or more (``1.23M``)."""

    @property
    def wanted(self) -> Wanted:
        columns = (*self.table, *(column for column in self.columns if column not in self.table))
        return Wanted(self.layers, columns, {str(column): own for column, own in self.columns.items()})

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        looks = (Look(names=answer.places[self.of]),) if self.of else ()
        reads = (Read(headings=answer.headings),) if answer.headings else ()
        return (*looks, *reads, Prints(headings=answer.headings))

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        """The traced network; for a mistake, what its name holds: a table, a function that returns one, or a network."""
        zeros = Array(data=np.zeros(self.input, np.float32), dtype="float32", library="torch")
        build = Case(args=tuple(to_value(argument) for argument in self.build))
        trace = Trace(names=(oracle or self.network,), build=build, inputs=(zeros,), want_state=False)
        return (Look(names=(oracle,)), Call(names=(oracle,), cases=(Case(),)), trace) if oracle else (trace,)

    def is_there(self, seen: Sequence[Capture]) -> bool:
        """A table of these layers was found, whatever is in it."""
        return find_table(seen, self.wanted) is not None

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        rows = self._rows(expected)
        if rows is None:
            names = [name for capture in expected for name in capture.looked_for]
            return undecided("no_oracle", status="captured", message="the reference gives no table of these layers", names=names)
        found = find_table(seen, self.wanted)
        if found is None:
            return self.nothing_found(seen)
        notes = (read_note(*as_read_rows(found, self)),) if found.capture.value and is_report(found.capture.value) else ()
        return at(found.capture, self._judge_table(found, rows), *notes)

    def _rows(self, expected: Sequence[Capture]) -> tuple[Row, ...] | None:
        """The expected rows from the first capture that gives every cell."""
        for capture in expected:
            if capture.value is None or (isinstance(capture.value, Network) and capture.value.error):
                continue
            rows = expected_rows(capture.value, self.wanted, self.bias)
            if rows and all(column in row.cells for row in rows for column in self.columns):
                return rows
        return None

    def nothing_found(self, seen: Sequence[Capture]) -> Verdict:
        """No table anywhere: proven missing, or something that may be one."""
        for capture in seen:
            if capture.status is CaptureStatus.BOX_FAILED:
                return refusal(capture) or undecided("box_failed", detail=capture.detail)
        values = [capture.value for capture in seen if capture.value is not None]
        lines = [line for value in values for table in read_tables(value, self.wanted) for line in table.unclear]
        texts = [as_text(value, 20_000) for value in values]
        lines += [line.strip()[:200] for text in texts for line in text.splitlines()[:2000] if self._may_be_row(line)]
        if lines:
            return undecided("table_unclear", read=lines[:10])
        first = first_captured(seen)
        if isinstance(first.value, Opaque):
            return at(first, not_readable(first.value, "table"))
        if first.status is not CaptureStatus.CAPTURED:
            return refusal(first) or failed("no_table")
        return at(first, failed("no_table", layers=[labels[0] for labels in self.layers]))

    def _may_be_row(self, line: str) -> bool:
        return any(c.isdigit() for c in line) and "=" not in line and layer_within(line, self.layers) is not None

    def _judge_table(self, found: Found, rows: Sequence[Row]) -> Verdict:
        findings = [self._judge_cell(found, i, row, column) for i, row in enumerate(rows) for column in self.columns]
        parts = tuple(finding.reason for finding in findings if finding.reason)
        notes = tuple(Reason(code=code) for code in dict.fromkeys(f.note for f in findings if f.note))
        earned = [finding.credit for finding in findings if finding.credit is not None]
        if len(earned) < len(findings):
            read = [part.facts["seen"] for part in parts if part.code == "cell_unclear" and part.facts["seen"]]
            verdict = undecided("table_unclear", read=[*read, *found.unclear][:10])
        else:
            full = sum(credit == 1 for credit in earned)
            credit = Fraction(sum(earned), len(earned))
            verdict = graded(credit, "right" if credit == 1 else "table_cells", right=full, cells=len(earned))
        return verdict.model_copy(update={"parts": parts, "notes": notes})

    def _judge_cell(self, found: Found, index: int, row: Row, column: str) -> Finding:
        text = found.cells.get((index, column), "")
        facts = {"row": row.label, "column": column, "seen": text[:200]}
        if (index, column) in found.contested:
            return Finding(None, Reason(code="cell_unclear", facts=facts))
        if is_blank(text):
            unsure = (index, column) not in found.cells and found.is_doubtful
            if unsure:
                return Finding(None, Reason(code="cell_unclear", facts=facts))
            return Finding(Fraction(0), _cell("cell_missing", facts, row, column))
        if column in SHAPE_COLUMNS:
            return _shape_cell(text, facts, row, column)
        own = {name: shape for name in SHAPE_COLUMNS if (shape := read_shape(found.cells.get((index, name), "")))}
        return self._count_cell(text, facts, row, column, own)

    def _count_cell(self, text: str, facts: Mapping[str, Any], row: Row, column: str, own: Mapping[str, Shape]) -> Finding:
        right, readings = row.cells[column], read_counts(text)
        if not readings or not isinstance(right, int):
            return Finding(None, Reason(code="cell_unclear", facts=dict(facts)))
        if any(reading.means(right) for reading in readings):
            return Finding(Fraction(1))
        if any(reading.rounds(right) for reading in readings):
            reason = _cell("cell_rounded", facts, row, column) if self.rounded_credit < 1 else None
            return Finding(self.rounded_credit, reason, "rounded")
        whole = [int(reading.value) for reading in readings if reading.value.denominator == 1]
        if self.follow_from_shapes and any(follows(column, count, own, row) for count in whole):
            return Finding(self.follow_credit, _cell("cell_followed", facts, row, column))
        slip = next((slip for count in whole if (slip := slip_in_count(column, count, row))), "")
        return Finding(Fraction(0), _cell("cell_wrong", {**facts, "slip": slip}, row, column))


def as_read_rows(found: Found, check: CostTableCheck) -> tuple[str, ...]:
    """How many cells were read, and the rows with what stands in the judged columns."""
    texts = [[found.cells.get((i, column), "?") for column in check.columns] for i in range(len(check.layers))]
    rows = [f"{labels[0]}: {', '.join(cells)}" for labels, cells in zip(check.layers, texts, strict=True)]
    return (f"{sum(cell != '?' for cells in texts for cell in cells)} cells", "; ".join(rows))


def _shape_cell(text: str, facts: Mapping[str, Any], row: Row, column: str) -> Finding:
    shape, right = read_shape(text), row.shape(column)
    if shape is None:
        return Finding(None, Reason(code="cell_unclear", facts=dict(facts)))
    if shape == right:
        return Finding(Fraction(1))
    if column != "weight" and same_shape(shape, right):
        return Finding(Fraction(1), note="no_batch_axis")
    return Finding(Fraction(0), _cell("cell_wrong", {**facts, "slip": slip_in_shape(shape, right)}, row, column))


def _cell(code: str, facts: Mapping[str, Any], row: Row, column: str) -> Reason:
    right: Cell = row.cells[column]
    return Reason(code=code, facts={**facts, "expected": list(right) if isinstance(right, tuple) else right})
