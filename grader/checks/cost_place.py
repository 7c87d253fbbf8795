"""Which of the tables found in a submission is the cost table, and what the others add to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.checks.cost_cells import is_blank
from grader.checks.cost_expected import read_cell
from grader.checks.cost_lines import Wanted
from grader.checks.cost_rows import Reading, read_tables
from grader.model.evidence import Capture


@dataclass(frozen=True, slots=True)
class Found:
    """The table as read: cell texts by layer index and column, cells on which two tables disagree, lines not understood."""

    capture: Capture
    cells: dict[tuple[int, str], str]
    contested: frozenset[tuple[int, str]]
    unclear: tuple[str, ...]
    is_doubtful: bool
    """A cell that was not found may be in what was not understood."""


def find_table(seen: Sequence[Capture], wanted: Wanted) -> Found | None:
    """The first place with a filled cell; what it leaves blank is taken from further tables there and in later places."""
    places = [(capture, read_tables(capture.value, wanted)) for capture in seen if capture.value is not None]
    for at, (capture, tables) in enumerate(places):
        if any(table.filled for table in tables):
            later = [table for _, further in places[at + 1 :] for table in _by_size(further)]
            return _merged(capture, _by_size(tables), later)
    return None


def _by_size(tables: Sequence[Reading]) -> list[Reading]:
    """The fullest first, and of those the last: what was printed again was mended."""
    newest_first = tables[::-1]
    return sorted(newest_first, key=lambda table: -table.filled)


def _merged(capture: Capture, tables: Sequence[Reading], later: Sequence[Reading]) -> Found:
    cells: dict[tuple[int, str], str] = {}
    for table in (*tables, *later):
        for key, text in table.cells.items():
            if is_blank(cells.get(key, "")):
                cells[key] = text
    rivals = [table for table in tables[1:] if table.filled == tables[0].filled]
    contested = {key for rival in rivals for key, text in rival.cells.items() if _differ(key[1], text, cells[key])}
    unclear = tuple(line[:200] for table in (*tables, *later) for line in table.unclear)
    return Found(capture, cells, frozenset(contested), unclear, bool(unclear) or any(table.foreign for table in tables))


def _differ(column: str, one: str, other: str) -> bool:
    return not is_blank(one) and not is_blank(other) and (read_cell(column, one) or one) != (read_cell(column, other) or other)
