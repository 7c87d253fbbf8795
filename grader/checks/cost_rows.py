"""Cost tables wherever they stand: values, Markdown, printed lines, all read into cells by layer and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.checks.cost_lines import (
    LONGEST_LINE,
    Token,
    Wanted,
    by_order,
    by_words,
    cells_of,
    headings_of,
    is_rule,
    token_of,
    tokens_in,
)
from grader.checks.cost_names import LAYER, is_other_row, layer_at, layer_within, own_numbers
from grader.checks.cost_prose import line_by_line
from grader.checks.literals import as_rows
from grader.model.values import Calls, Output, Record, Section, Several, Table, Text, Value
from grader.model.values import Sequence as Items

MOST_LINES = 5000


@dataclass(slots=True)
class Reading:
    """One table as read: cell texts by layer index and column, and the lines whose reading is not certain."""

    cells: dict[tuple[int, str], str] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    foreign: bool = False
    """It has headings that no column is known by, so that a cell not found may stand there."""

    @property
    def filled(self) -> int:
        return sum(bool(text.strip(" -–—?.…")) for text in self.cells.values())


class Reader:
    """Reads lines or rows of cells one by one; each table seen becomes a `Reading`."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.tables: list[Reading] = [Reading()]
        self.headings: tuple[str, ...] | None = None
        self.current: int | None = None
        self.pending: list[Token] = []
        self.nameless: list[tuple[Token, ...]] = []

    @property
    def table(self) -> Reading:
        return self.tables[-1]

    def line(self, line: str) -> None:
        """One printed line."""
        line = line[:LONGEST_LINE]
        if is_rule(line):
            return
        cells = cells_of(line)
        if self._heading(line, cells):
            return
        if cells is not None:
            self._row(cells)
            return
        if named := layer_at(line, self.wanted.layers):
            self._start(named.index)
            self._values(tokens_in(named.rest), whole=bool(named.rest.strip(" :")))
            return
        tokens = tokens_in(line)
        if is_other_row(line) and by_words(tokens, self.wanted) is None:
            self._close()
        elif tokens and (named := layer_within(line, self.wanted.layers)):
            self._start(named.index)
            self._values(tokens_in(named.rest), whole=True)
        elif tokens and self.current is not None and not re.search(r"(?i)\btotal\b", line):
            self._values(tokens, whole=False)
        else:
            self._stray(line, tokens)

    def row(self, cells: Sequence[str]) -> None:
        """One row of a table that has cells of its own."""
        if not self._heading("", cells):
            self._row(cells)

    def done(self) -> list[Reading]:
        """All tables with at least a cell or a doubt in them."""
        self._close()
        self._place_nameless()
        return [table for table in self.tables if table.cells or table.unclear]

    def _heading(self, line: str, cells: Sequence[str] | None) -> bool:
        headings = headings_of(line, cells, self.wanted)
        if headings is None:
            return False
        self._close()
        self._place_nameless()
        self.headings = headings
        self.tables.append(Reading(foreign="" in headings[1:]))
        return True

    def _row(self, cells: Sequence[str]) -> None:
        self._close()
        at = next((i for i, cell in enumerate(cells[:3]) if layer_at(cell, self.wanted.layers)), None)
        named = layer_at(cells[at], self.wanted.layers) if at is not None else None
        rest = list(cells) if at is None else [cell for i, cell in enumerate(cells) if i != at]
        if named is None:
            tokens = [token_of(cell) for cell in rest]
            self._stray(" ".join(cells), tuple(token for token in tokens if token))
            return
        self._start(named.index)
        columns = self._columns(len(cells), at or 0)
        if columns is not None:
            found = {column: cell for column, cell in zip(columns, cells, strict=True) if column and column != LAYER}
            self._put(named.index, found)
            self.current = None
            return
        tokens = [token_of(cell) for cell in rest]
        self._values(tuple(token for token in tokens if token), whole=True)

    def _columns(self, width: int, at: int) -> tuple[str, ...] | None:
        """The headings above cells of this number; the heading of the names' column may be missing."""
        if self.headings is None:
            return None
        if len(self.headings) == width:
            return tuple("" if i == at else column for i, column in enumerate(self.headings))
        if len(self.headings) == width - 1 and LAYER not in self.headings:
            return (*self.headings[:at], "", *self.headings[at:])
        return None

    def _start(self, index: int) -> None:
        if self.current != index:
            self._close()
        self.current = index

    def _values(self, tokens: Sequence[Token], whole: bool) -> None:
        """Values of the current layer; `whole` when they stood in the line of its name, which they then complete."""
        if self.current is None or not tokens:
            return
        named = by_words(tokens, self.wanted)
        if named is not None:
            self._put(self.current, named)
        else:
            self.pending.extend(tokens)
            if whole:
                self._close()

    def _put(self, index: int, found: dict[str, str]) -> None:
        if any(self.table.cells.get((index, column), text) != text for column, text in found.items()):
            self.tables.append(Reading(foreign=self.table.foreign))
        self.table.cells.update({(index, column): text for column, text in found.items()})

    def _close(self) -> None:
        """The current layer's row is over: give its values to columns."""
        index, tokens = self.current, self.pending
        self.current, self.pending = None, []
        if index is None or not tokens:
            return
        found = by_order(tokens, self.headings, self.wanted)
        if found is None:
            self.table.unclear.append(" ".join([self.wanted.layers[index][0], *(token.text for token in tokens)]))
        else:
            self._put(index, found)

    def _stray(self, line: str, tokens: Sequence[Token]) -> None:
        """A line without a layer's name: a row in the order of the layers, or none of the table."""
        self._close()
        if is_other_row(line):
            return
        if tokens and (self.headings is not None or len(tokens) == len(self.wanted.columns) > 2):
            self.nameless.append(tuple(tokens))

    def _place_nameless(self) -> None:
        rows, self.nameless = self.nameless, []
        if not rows:
            return
        if len(rows) == len(self.wanted.layers) and not self.table.cells:
            for index, tokens in enumerate(rows):
                self._start(index)
                self._values(self._without_number(tokens), whole=True)
            return
        self.table.unclear.extend(" ".join(token.text for token in tokens) for tokens in rows)

    def _without_number(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """The row without the running number that a printed DataFrame begins with."""
        width = len([h for h in self.headings if h != LAYER]) if self.headings else len(self.wanted.columns)
        return tokens[1:] if len(tokens) == width + 1 and tokens[0].kind == "number" else tokens


def read_tables(value: Value, wanted: Wanted, depth: int = 4) -> list[Reading]:
    """The tables in a value, wherever a student may have put them."""
    if isinstance(value, Text):
        return read_text(value.text, wanted)
    if isinstance(value, Output):
        return [table for printed in value.printed for table in read_text(printed.text, wanted)]
    if isinstance(value, Section):
        tables = [table for rows in value.tables for table in read_rows(rows, wanted)]
        return tables if any(table.filled for table in tables) else [*tables, *read_text(value.text, wanted)]
    if isinstance(value, Several | Calls):
        inner = value.items if isinstance(value, Several) else [o.value for o in value.outcomes if o.value is not None]
        return [table for item in inner if depth for table in read_tables(item, wanted, depth - 1)]
    if isinstance(value, Items) and value.items and all(isinstance(item, Text) for item in value.items):
        return read_text("\n".join(item.text for item in value.items if isinstance(item, Text)), wanted)
    rows = as_rows(_labelled(value))
    return read_rows(rows, wanted) if rows else []


def _labelled(value: Value) -> Value:
    """A dict of rows by layer as a list of rows that begin with their layer."""
    if isinstance(value, Record) and value.entries and all(isinstance(pair.value, Items) for pair in value.entries):
        rows = tuple(
            Items(python="list", items=(pair.key, *pair.value.items), length=pair.value.length + 1)
            for pair in value.entries
            if isinstance(pair.value, Items)
        )
        return Items(python="list", items=rows, length=len(rows))
    return value


def read_text(text: str, wanted: Wanted) -> list[Reading]:
    """The tables in printed or written text."""
    reader = Reader(wanted)
    for line in own_numbers(text.splitlines()[:MOST_LINES]):
        for row in line_by_line(line, wanted):
            reader.line(row)
    return reader.done()


def read_rows(table: Table, wanted: Wanted) -> list[Reading]:
    """The tables in rows of cells; turned over when the layers stand side by side."""
    rows = [row for row in (table.columns, *table.rows[:MOST_LINES]) if any(cell.strip() for cell in row)]
    if rows and sum(layer_at(cell, wanted.layers) is not None for cell in rows[0]) >= 2:
        width = max(len(row) for row in rows)
        rows = list(zip(*((*row, *[""] * (width - len(row))) for row in rows), strict=True))
    reader = Reader(wanted)
    for name, row in zip(own_numbers([row[0] for row in rows]), rows, strict=True):
        reader.row((name, *row[1:]))
    return reader.done()
