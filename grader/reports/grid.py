"""The parts of a check as a table, where they are cells with a row and a column."""

from __future__ import annotations

from dataclasses import dataclass

from grader.reports.phrases import Facts, written
from grader.reports.text import one_line
from grader.reports.view import CheckView, PartView
from grader.reports.wording import headline

_ROWS = ("layer", "row")


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: its state (an icon's name and words), what was seen, and what is to be said about it."""

    key: str
    words: str
    seen: str
    says: str


@dataclass(frozen=True, slots=True)
class GridRow:
    name: str
    cells: tuple[GridCell | None, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]


def grid(check: CheckView) -> Grid | None:
    """The parts by row and column; None where they are no cells of a table."""
    named = {(_row(part), _column(part)): part for part in check.parts}
    if not named or any(not row or not column for row, column in named):
        return None
    columns = tuple(dict.fromkeys(column for _, column in named))
    rows = dict.fromkeys(row for row, _ in named)
    return Grid(columns, tuple(GridRow(row, tuple(_cell(named.get((row, column))) for column in columns)) for row in rows))


def _row(part: PartView) -> str:
    return next((one_line(str(part.reason.facts[key])) for key in _ROWS if part.reason.facts.get(key) not in (None, "")), "")


def _column(part: PartView) -> str:
    return one_line(str(part.reason.facts.get("column") or ""))


def _cell(part: PartView | None) -> GridCell | None:
    if part is None:
        return None
    facts = part.reason.facts
    key = _key(part)
    seen = "" if facts.get("seen") in (None, "") else one_line(written(facts["seen"]), 60)
    wanted = Facts(facts).code("expected") or Facts(facts).code("expected_value")
    says = f"expected {wanted}" if wanted and key != "passed" else "" if key == "passed" else headline(part.reason)
    return GridCell(key, headline(part.reason), seen or "–", says)


def _key(part: PartView) -> str:
    credit = str(part.reason.facts.get("credit", ""))
    if credit in ("1", "1/1") or part.reason.code in ("right", "cell_right"):
        return "passed"
    return "partial" if credit not in ("", "0", "0/1") else "failed"
