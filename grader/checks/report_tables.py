"""Columns of a table in a report, read as a matrix with a row for each row of the table; one column alone is a vector."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from grader.checks.claims import Claim
from grader.checks.plain_math import plain, symbol
from grader.checks.written_values import Written, number_at, number_in
from grader.model.rubric import Names
from grader.model.values import Table

MOST_ROWS = 1_000
_ASIDE = re.compile(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]|%")
"""What a heading says of units: ``Accuracy (%)``."""
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")


def columns_of(table: Table, wanted: Sequence[Names], rows: Sequence[str]) -> Claim | None:
    """The wanted columns in their order, those of the named rows or of all; None where a heading or a number is missing.

    A percentage is taken as a share. Named rows that are not in the table are left out.
    """
    places = [_place(table.columns, headings) for headings in wanted]
    chosen = _chosen(table.rows[:MOST_ROWS], rows) if rows else table.rows[:MOST_ROWS]
    numbers = [[_number(row, place) for place in places] for row in chosen]
    found = [[number for number in row if number is not None] for row in numbers]
    if not found or any(len(row) < len(wanted) for row in found):
        return None
    caption = f"{table.caption[:60]}: " if table.caption else ""
    excerpt = caption + "; ".join(" | ".join(row) for row in chosen)
    value = np.array(found) if len(wanted) > 1 else np.array(found).reshape(-1)
    return Claim((), Written(value, unit=0.0, digits=0, end=0), excerpt[:300])


def turned(table: Table) -> Table:
    """A table with rows for columns: ``| rate | 1 | 0.1 |`` above ``| accuracy | 10 % | 87 % |``."""
    lines = [row for row in (table.columns, *table.rows[:MOST_ROWS]) if len(row) == len(table.columns)]
    first, *rest = zip(*lines, strict=True) if table.columns else ((),)
    return table.model_copy(update={"columns": first, "rows": tuple(rest)})


def is_called(table: Table, names: Sequence[str]) -> bool:
    """Whether the caption has all words of one of these names; numbers are words: ``0.01``, ``4 layers``."""
    caption = _words(table.caption)
    return any(_words(name) <= caption for name in names)


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(plain(text).casefold())}


def _place(headings: Sequence[str], names: Names) -> int | None:
    """The column with one of these headings, looked for in the order of the names."""
    plain_headings = [_heading(heading) for heading in headings]
    return next((plain_headings.index(_heading(name)) for name in names if _heading(name) in plain_headings), None)


def _heading(text: str) -> str:
    """A column's heading as it is compared: without case, units, and the stops of abbreviations."""
    return symbol(_ASIDE.sub(" ", text).replace(".", "").casefold())


def _chosen(rows: Sequence[Sequence[str]], labels: Sequence[str]) -> list[Sequence[str]]:
    return [row for label in labels for row in rows if row and is_row(row[0], label)]


def _number(row: Sequence[str], place: int | None) -> float | None:
    text = plain(row[place]).strip() if place is not None and place < len(row) else ""
    written = number_in(text)
    if written is None:
        return None
    return written.number * (0.01 if written.percent else 1.0)


def is_row(cell: str, row: str) -> bool:
    """Whether a row that begins with this cell is the one of this name, or of this number."""
    one, other = number_at(plain(cell).strip(), 0), number_at(row, 0)
    if one is not None and other is not None:
        return one.number == other.number
    return symbol(cell) == symbol(row)
