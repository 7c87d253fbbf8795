"""The parts of a check as a table, where they are cells with a row and a column."""

from __future__ import annotations

from dataclasses import dataclass

from grader.reports.phrases import Facts, written
from grader.reports.text import one_line
from grader.reports.view import CheckView, PartView
from grader.reports.wording import headline
from grader.reports.words_network import SLIPS

_KEYS = {"cell_followed": "partial", "cell_rounded": "partial", "cell_unclear": "undecided"}
_RIGHT = "right"
_ORDER = ("input", "output", "weight", "parameters", "macs")


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
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]


def grid(check: CheckView) -> Grid | None:
    """The parts by row and column; None where they are no cells of a table."""
    named = {(_row(part), _column(part)): part for part in check.parts}
    if not named or any(not row or not column for row, column in named):
        return None
    columns = sorted(dict.fromkeys(column for _, column in named), key=_place_of)
    rows = dict.fromkeys(row for row, _ in named)
    return Grid(tuple(columns), tuple(GridRow(row, tuple(_cell(named.get((row, column))) for column in columns)) for row in rows))


def _place_of(column: str) -> int:
    """Columns of costs in their usual order, others after them as they come."""
    return _ORDER.index(column) if column in _ORDER else len(_ORDER)


def _row(part: PartView) -> str:
    return one_line(str(part.reason.facts.get("row") or ""))


def _column(part: PartView) -> str:
    return one_line(str(part.reason.facts.get("column") or ""))


def _cell(part: PartView | None) -> GridCell:
    """A cell that no part is about is right."""
    if part is None:
        return GridCell("passed", _RIGHT, _RIGHT, "")
    facts = Facts(part.reason.facts)
    wanted = facts.facts.get("expected")
    says = [
        f"expected `{written(tuple(wanted) if isinstance(wanted, list) else wanted)}`" if "expected" in facts else "",
        SLIPS.get(facts.text("slip"), ""),
        headline(part.reason) if part.reason.code in _KEYS else "",
    ]
    key = _KEYS.get(part.reason.code, "failed")
    return GridCell(key, headline(part.reason), facts.text("seen", "–"), "; ".join(word for word in says if word))
