"""Tables inside text: HTML as PDF converters write it, and rows whose cells are kept apart by tabs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from itertools import takewhile

from grader.model.values import Table

MAX_CELLS_IN_TABLE = 10_000
_HTML = re.compile(r"<table\b", re.IGNORECASE)
_END = re.compile(r"</table\s*>", re.IGNORECASE)


_NAMED = re.compile(r"\W{0,4}(?:table|tab\.?|tbl\.?)\s*\d", re.IGNORECASE)
_GAP = re.compile(r"\t| {2,}")
_NUMERIC = re.compile(r"[(\[]?[-+−]?\.?\d")
_AMOUNT = re.compile(r"[-+−]?(?:\d[\d.,]*|\.\d+)(?:[eE][-+]?\d+)?%?")
LONGEST_CELL = 60
MOST_ROWS = 1_000
MOST_PACKED = 12
"""Columns of a table without gaps; longer lines are sentences."""
LONGEST_CAPTION = 200
"""Characters of a line that may be a caption; a longer one is a paragraph."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table, the line it begins in, and the line after it."""

    line: int
    end: int
    table: Table


def captioned(found: Found, lines: Sequence[str]) -> Table:
    """The table with its caption, the words before it in its line or else the line before it, and a ``Table 1`` below it."""
    own = lines[found.line].partition("<table")[0].strip(" \t|").partition("\t")[0] if found.table.source == "html" else ""
    before = next((lines[n] for n in range(found.line - 1, -1, -1) if lines[n].strip()), "")
    after = next((lines[n] for n in range(found.end, len(lines)) if lines[n].strip()), "")
    near = [own or ("" if "\t" in before or before.lstrip().startswith(("|", "<", "```")) else before)]
    near += [after] if _NAMED.match(after) else []
    words = [found.table.caption, *(line.strip() for line in near if len(line) <= LONGEST_CAPTION)]
    return found.table.model_copy(update={"caption": " ".join(each for each in words if each)})


class _Rows(HTMLParser):
    """The cells of one HTML table in rows; a table inside it is part of its cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.caption: list[str] = []
        self._cell: list[str] | None = None
        self._is_caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_caption = tag == "caption"
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._is_caption = False
        if tag in ("td", "th") and self._cell is not None and self.rows:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._is_caption:
            self.caption.append(data)
        elif self._cell is not None:
            self._cell.append(data)


def html_tables(lines: Sequence[str]) -> Iterator[Found]:
    """The HTML tables of a text, each read to its own end tag."""
    text = "\n".join(lines)
    for match in _HTML.finditer(text):
        end = _END.search(text, match.end())
        if end is None:
            return
        reader = _Rows()
        reader.feed(text[match.start() : end.end()])
        rows = [tuple(row) for row in reader.rows if row]
        if rows and sum(map(len, rows)) <= MAX_CELLS_IN_TABLE:
            caption = " ".join("".join(reader.caption).split())
            table = Table(columns=rows[0], rows=tuple(rows[1:]), source="html", caption=caption)
            yield Found(text.count("\n", 0, match.start()), text.count("\n", 0, end.end()) + 1, table)


def tabbed_tables(lines: Sequence[str], code: frozenset[int]) -> Iterator[Found]:
    """Runs of two or more lines with the same number of cells between tabs; a cell may hold an HTML table, which is left out."""
    yield from _runs(lines, code, _cells)


def spaced_tables(lines: Sequence[str], code: frozenset[int]) -> Iterator[Found]:
    """Runs of lines with the same number of cells between two or more spaces; below the first, each row has a number."""
    for found in _runs(lines, code, _spaced_cells):
        if found.table.rows and all(any(_NUMERIC.match(cell) for cell in row) for row in found.table.rows):
            yield found


def packed_tables(lines: Sequence[str], code: frozenset[int]) -> Iterator[Found]:
    """Rows as a PDF's text has them, ``Base 88.2% 337,674`` below ``Network Accuracy Parameters``: a word, then numbers.

    The heading must have a word for each column, as nothing tells which words belong together.
    """
    for start, line in enumerate(lines):
        columns = () if start in code or any(sign.isdigit() for sign in line) else _packed_cells(line)
        after = map(_packed_row, lines[start + 1 : start + 1 + MOST_ROWS] if columns else ())
        rows = tuple(takewhile(partial(_fits, columns), after))
        if len(rows) > 1:
            yield Found(start, start + 1 + len(rows), Table(columns=columns, rows=rows, source="printed"))


def _fits(columns: Sequence[str], cells: Sequence[str]) -> bool:
    return len(cells) == len(columns)


def _packed_row(line: str) -> tuple[str, ...]:
    cells = _packed_cells(line)
    return cells if all(map(_AMOUNT.fullmatch, cells[1:])) else ()


def _packed_cells(line: str) -> tuple[str, ...]:
    cells = tuple(line.split())
    return cells if 1 < len(cells) <= MOST_PACKED and not _GAP.search(line.strip()) and not line.lstrip().startswith("|") else ()


def _spaced_cells(line: str) -> tuple[str, ...]:
    cells = tuple(_GAP.split(line.strip()))
    return (
        cells if len(cells) > 1 and not line.lstrip().startswith("|") and all(len(cell) <= LONGEST_CELL for cell in cells) else ()
    )


def _runs(lines: Sequence[str], code: frozenset[int], split: Callable[[str], tuple[str, ...]]) -> Iterator[Found]:
    run: list[tuple[str, ...]] = []
    start = 0
    for number, line in enumerate([*lines, ""]):
        cells = () if number in code else split(line)
        if run and len(cells) != len(run[0]):
            if len(run) > 1 and sum(map(len, run)) <= MAX_CELLS_IN_TABLE:
                yield Found(start, number, Table(columns=run[0], rows=tuple(run[1:]), source="printed"))
            run = []
        if cells:
            start = start if run else number
            run.append(cells)


def _cells(line: str) -> tuple[str, ...]:
    if "\t" not in line.strip():
        return ()
    first, _, rest = line.partition("<table")
    kept = first + rest.rpartition("</table>")[2] if rest else line
    return tuple(cell.strip() for cell in kept.strip(" ").split("\t"))
