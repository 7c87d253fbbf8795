"""Markdown read into sections: under each heading the text and the tables. Used for notebooks' text cells and for reports.

In a report the numbered items at the beginning of a line are headings too; in one without Markdown also bare numbers and letters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.intake.headings import heading_key
from grader.intake.items import Item, items_in
from grader.intake.text_tables import MAX_CELLS_IN_TABLE, captioned, html_tables, packed_tables, spaced_tables, tabbed_tables
from grader.intake.text_tables import Found as _Found
from grader.model.submission import Cell, Part
from grader.model.values import Table

MARKDOWN = (".md", ".markdown")
_RUN_IN = re.compile(r"\s*\*\*(?P<title>[^*\n]{1,60})\*\*[.:]?[ \t]+(?P<rest>\S.*)")
"""A bold item with its text in the same line, ``**Question 3** The layer ...``, which is a heading in notebooks too."""

_NUMBERS = re.compile(
    r"(?:no|nr|number|#|q|questions?|problems?|exercises?|tasks?|items?|parts?)\.?(?: (?:no|nr|number|#)\.?)?", re.IGNORECASE
)
"""The heading of a column that numbers the questions."""


@dataclass(slots=True)
class Block:
    """What stands under one heading, up to the next heading of any level."""

    path: tuple[str, ...]
    texts: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    listed: bool = False
    """It begins with a bare number or letter, which questions and their answers may both bear."""

    @property
    def text(self) -> str:
        return "\n\n".join(t for t in self.texts if t.strip())


class Outline:
    """The stack of headings while reading on: a deeper heading goes under the one above it."""

    def __init__(self) -> None:
        self._open: list[tuple[float, str]] = []

    def enter(self, level: float, title: str) -> tuple[str, ...]:
        """The path of a heading that begins here."""
        self._open = [(n, t) for n, t in self._open if n < level] + [(level, title)]
        return self.path

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "maxNesting": 30}).enable("table")


def blocks_of(part: Part, titles: Collection[str] = (), lists: bool = False) -> list[Block]:
    """The blocks of a notebook's text cells or of a document, in order; text before any heading has the empty path.

    `titles` (as `clean` leaves them) are headings that are looked for: in a document a line of its own is enough for them. With
    `lists` the items of a list below a numbered heading, and the rows of a table of answers, begin blocks in a Markdown document
    and in a notebook's text too, as items do without Markdown.
    """
    outline = Outline()
    blocks = [Block(())]
    is_document = part.kind == "document"
    looked = _Looked(titles, lists or not part.path.lower().endswith(MARKDOWN), items=is_document or lists, answers=lists)
    for cell in part.cells:
        if cell.kind == "markdown":
            _read_markdown(cell, outline, blocks, part, looked)
        elif cell.kind == "code" and blocks[-1].cells[-1:] != [cell.index]:
            blocks[-1].cells.append(cell.index)
    return [b for b in blocks if b.path or b.texts or b.tables]


def headings_in(markdown: str, outline: Outline) -> tuple[str, ...]:
    """The path of headings in force after this Markdown text."""
    for heading in _headings(_parser().parse(markdown)):
        outline.enter(heading.level, heading.title)
    return outline.path


@dataclass(frozen=True, slots=True)
class _Heading:
    level: float
    title: str
    first_line: int
    next_line: int
    rest: str = ""
    """What else stands in the line."""
    listed: bool = False


def _headings(tokens: Sequence[Token]) -> Iterator[_Heading]:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map:
            yield _Heading(int(token.tag[1:]), inline.content.strip(), token.map[0], token.map[1])
        elif token.type == "paragraph_open" and token.map and token.level == 0 and (bold := _bold(inline.content, *token.map)):
            yield bold


def _bold(text: str, first_line: int, next_line: int) -> _Heading | None:
    """A paragraph that is one bold line, or that begins with a bold item."""
    if is_bold_line(text):
        title = text.strip().strip("*_: ").strip()
        return _Heading(7, title, first_line, next_line, rest="" if _is_numbered(title) else text.strip())
    match = _RUN_IN.match(text)
    if match and any(not item.rest for item in items_in([match["title"]], (), (), lists=False)):
        return _Heading(7, match["title"].strip(": "), first_line, first_line + 1, rest=match["rest"].strip())
    return None


def _is_numbered(title: str) -> bool:
    """``Problem 3.2``; a bold line without a number may as well be the answer (``**False.**``, ``**B, D**``)."""
    return any(part.isdigit() for part in heading_key(title).parts)


def is_bold_line(text: str) -> bool:
    """A paragraph that is one bold line (``**Problem 3.2**``): students use it as a heading."""
    text = text.strip()
    return (
        "\n" not in text
        and len(text) < 120
        and text.startswith("**")
        and text.rstrip(":. ").endswith("**")
        and text.count("**") == 2
    )


@dataclass(frozen=True, slots=True)
class _Looked:
    """What counts as a heading, beside those of Markdown: titles and lists among `items`, rows of a table of `answers`."""

    titles: Collection[str]
    lists: bool
    items: bool
    answers: bool


def _read_markdown(cell: Cell, outline: Outline, blocks: list[Block], part: Part, looked: _Looked) -> None:
    tokens = _parser().parse(cell.source)
    lines = cell.source.splitlines()
    marks = list(_headings(tokens))
    tables = [*_tables(tokens), *html_tables(lines)]
    if looked.items:
        code = frozenset(n for t in tokens if t.type == "fence" and t.map for n in range(*t.map))
        firm = {n for m in marks if m.level <= 6 for n in range(m.first_line, m.next_line)}
        items = items_in(lines, code, firm, looked.lists, looked.titles, above=(outline.path or ("",))[-1])
        marks = _with_items(marks, items)
        tables += tabbed_tables(lines, code)
        untabbed = [line if "\t" not in line else "" for line in lines]
        tables += [*spaced_tables(untabbed, code), *packed_tables(untabbed, code)]
    bounds = [0, *(m.first_line for m in marks), len(lines)]
    for number, (first, end) in enumerate(pairwise(bounds)):
        start = marks[number - 1].next_line if number else first
        mark = marks[number - 1] if number else None
        if mark:
            blocks.append(Block(outline.enter(mark.level, mark.title), listed=mark.listed))
        block = blocks[-1]
        text = "\n".join([*([mark.rest] if mark and mark.rest else []), *lines[start:end]]).strip()
        if not text and not number:
            continue
        block.texts.append(text)
        own = [captioned(t, lines) for t in sorted(tables, key=lambda t: t.line) if start <= t.line < end]
        block.tables += own
        if block.cells[-1:] != [cell.index]:
            block.cells.append(cell.index)
        if looked.answers:
            blocks += [row for table in own for row in _answers_in(table, outline.path, cell.index)]


def _answers_in(table: Table, path: tuple[str, ...], cell: int) -> Iterator[Block]:
    """A block for each row of a table whose first column numbers the questions: ``| 1.1 | A | as its derivative ... |``."""
    if not table.columns or not _NUMBERS.fullmatch(table.columns[0].strip(" *_")):
        return
    for row in table.rows:
        if row and any(part.isdigit() or len(part) == 1 for part in heading_key(row[0]).parts):
            yield Block((*path, row[0]), ["\n".join(each for each in row[1:] if each)], cells=[cell])


def _with_items(marks: Sequence[_Heading], items: Sequence[Item]) -> list[_Heading]:
    """The headings of a report with the items that stand at the beginning of its lines; an item comes before a bold line."""
    found = [_Heading(i.level, i.title, i.line, i.line + 1, i.rest, i.listed) for i in items]
    taken = {i.line for i in items}
    return sorted([*found, *(m for m in marks if m.first_line not in taken)], key=lambda m: m.first_line)


def _tables(tokens: Sequence[Token]) -> Iterator[_Found]:
    rows: list[list[str]] = []
    line, end = 0, 0
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            rows, (line, end) = [], token.map or (0, 0)
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open") and rows:
            rows[-1].append(tokens[index + 1].content.strip())
        elif token.type == "table_close" and rows and sum(map(len, rows)) <= MAX_CELLS_IN_TABLE:
            yield _Found(line, end, Table(columns=tuple(rows[0]), rows=tuple(tuple(r) for r in rows[1:]), source="markdown"))
