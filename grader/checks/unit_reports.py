"""The weights of a threshold unit and its table as a report gives them: symbols one by one or a list, and columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from grader.checks.base import at
from grader.checks.claims import Claim, claims_about, passages
from grader.checks.literals import to_value
from grader.checks.plain_math import plain, symbol
from grader.checks.reports import agreed, is_notebook, read_note, section_among, unclear
from grader.checks.writing import nothing_written, own_text
from grader.checks.written_values import number_at
from grader.model.base import Frozen
from grader.model.evidence import Capture
from grader.model.rubric import Names
from grader.model.values import Section, Table
from grader.model.verdict import Reason, Verdict


class WeightsInReport(Frozen):
    """What to look for in a report, where the weights are in no variable."""

    weights: tuple[Names, ...] = ()
    """For each weight in its order the symbols that it is given to (``w_0``, ``w_{20}``)."""
    label: Names | tuple[()] = ()
    """Symbols or words that the list of all weights is given to."""
    features: Names = ("s",)
    """The heading of the column of s, or the symbol that its list is given to."""
    outputs: Names = ("y",)
    """Likewise for y."""

    @model_validator(mode="after")
    def _says_something(self) -> WeightsInReport:
        if not (self.weights or self.label):
            raise ValueError("say what to look for: `weights` with the symbols of each, or a `label` of them all")
        return self


class AsksForUnit(Protocol):
    """What is read from a report for a check: keys of the weights and columns asked for, and how the report calls them."""

    @property
    def of(self) -> tuple[str, ...]: ...
    @property
    def features(self) -> str: ...
    @property
    def outputs(self) -> str: ...
    @property
    def report(self) -> WeightsInReport | None: ...


@dataclass(frozen=True, slots=True)
class UnitReading:
    """Captures in the order of the check's places, or the verdict where the reading is not certain."""

    place: Capture
    captures: tuple[Capture, ...] = ()
    verdict: Verdict | None = None
    notes: tuple[Reason, ...] = ()


def read_unit(check: AsksForUnit, seen: Sequence[Capture]) -> UnitReading | None:
    """What a report says of the weights and of the columns; None where variables say it, or a notebook's text does not."""
    capture = section_among(seen)
    if capture is None or not isinstance(capture.value, Section) or check.report is None:
        return None
    section = capture.value
    if not own_text(section.text) and not section.tables:
        return None if is_notebook(section) else UnitReading(capture, verdict=at(capture, nothing_written(capture)))
    weights = _weights(check, section) if check.of else []
    if None in weights and is_notebook(section):
        return None
    told = [claim for claim in weights if claim is not None]
    if len(told) < len(weights):
        return UnitReading(capture, verdict=at(capture, unclear(_labels(check), told)))
    found = [np.concatenate([claim.written.value.reshape(-1) for claim in told])] if told else []
    notes = [read_note(found[0].tolist(), *(claim.excerpt for claim in told))] if found else []
    captures = [Capture.of(to_value(each)) for each in (*found, *[np.zeros(0)] * (len(check.of) - len(found)))]
    for part, key in (("features", check.features), ("outputs", check.outputs)):
        if not key:
            continue
        column = _column(section, check.report.features if part == "features" else check.report.outputs)
        if column is None:
            verdict = unclear(check.report.features if part == "features" else check.report.outputs, ())
            return UnitReading(capture, verdict=at(capture, verdict, *notes))
        captures.append(Capture.of(to_value(column.value)))
        notes.append(read_note(column.value, column.excerpt))
    return UnitReading(capture, tuple(captures), notes=tuple(notes))


def _labels(check: AsksForUnit) -> list[str]:
    report = check.report
    return [names[0] for names in report.weights] or list(report.label) if report else []


def _weights(check: AsksForUnit, section: Section) -> list[Claim | None]:
    """The claim about each weight, or about all at once; None for one that is not told, or not in one way."""
    report = check.report
    if report is None:
        return [None]
    parts = passages(section.text)
    for text in (parts.prose, parts.code):
        whole = agreed(claims_about(text, report.label)) if report.label else None
        if whole is not None and whole.written.value.size > 1:
            return [whole]
        each = [[c for c in claims_about(text, names) if c.written.value.size == 1] for names in report.weights]
        if any(each):
            return [agreed(claims) for claims in each]
    return [None]


@dataclass(frozen=True, slots=True)
class _Column:
    value: NDArray[np.float64]
    excerpt: str


def _column(section: Section, names: Sequence[str]) -> _Column | None:
    """The column with this heading in the only table that has it, with the columns before it; else a list of this name."""
    wanted = {symbol(name) for name in names}
    found = [each for table in section.tables if (each := _in_table(table, wanted)) is not None]
    if found:
        return found[0] if len(found) == 1 else None
    parts = passages(section.text)
    for text in (parts.prose, parts.code):
        claim = agreed([c for c in claims_about(text, names) if c.written.value.size > 1])
        if claim is not None:
            return _Column(claim.written.value.reshape(-1), claim.excerpt)
    return None


def _in_table(table: Table, wanted: set[str]) -> _Column | None:
    at_column = [i for i, heading in enumerate(table.columns) if symbol(heading) in wanted]
    if len(at_column) != 1:
        return None
    rows = [[number_at(plain(cell).strip(), 0) for cell in cells[: at_column[0] + 1]] for cells in table.rows]
    numbers = [[cell.number for cell in cells if cell is not None] for cells in rows]
    if not numbers or len({len(cells) for cells in numbers}) != 1 or len(numbers[0]) != at_column[0] + 1:
        return None
    return _Column(np.asarray(numbers), " | ".join(" ".join(cells[: at_column[0] + 1]) for cells in table.rows)[:200])
