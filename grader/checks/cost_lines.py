"""Lines of a cost table: split into cells and tokens, and cells given to columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.checks.cost_cells import is_blank, read_counts, read_shape
from grader.checks.cost_names import LAYER, SHAPE_COLUMNS, column_of, columns_in

LONGEST_LINE = 1000

_BARE = r"\d{1,9}(?:(?:\s*,\s*|\s+)\d{1,9})*\s*,?"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d{1,18})(?:\.\d{1,12})?"
TOKEN = re.compile(
    rf"(?P<shape>torch\.Size\s*\(\s*\[\s*{_BARE}\s*\]\s*\)"
    rf"|[\[(]\s*(?:(?:None|N|B|-1)\s*,\s*)?\d{{1,9}}(?:(?:\s*,\s*|\s+)\d{{1,9}})+\s*,?\s*[\])]"
    r"|[\[(]\s*(?:None|N|B|-1)\s*,\s*\d{1,9}\s*,?\s*[\])]"
    r"|[\[(]\s*\d{1,9}\s*,\s*[\])]"
    r"|(?<![\w.])\d{1,9}(?:\s?[x×]\s?\d{1,9})+(?![\w.]))"
    rf"|(?P<number>(?<![\w.,])(?:\d{{1,9}}(?:\s*\*\s*\d{{1,9}})+\s*=\s*)?{_NUMBER}(?:[eE]\+?\d{{1,2}}\b|\s?[kKMG]\b)?(?![\w]))"
    r"|(?P<dash>(?<!\S)(?:-{1,3}|–|—|[Nn]/[Aa]|nan|NaN|None)(?!\S))"
    r"|(?P<word>[A-Za-z#][A-Za-z0-9_#.'-]*)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A value in a line, and the words that stand before it since the last value."""

    kind: Literal["shape", "number", "dash"]
    text: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the layers by their labels, the columns in the rubric's order, and the rubric's own headings."""

    layers: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    aliases: Mapping[str, Sequence[str]]


def cells_of(line: str) -> tuple[str, ...] | None:
    """The cells of a line with pipes or tabs; None for a line with neither."""
    line = re.sub(r"[│┃║]", "|", line[:LONGEST_LINE])
    if line.count("|") > 1 or " | " in line:
        inner = re.sub(r"^\s*\||\|\s*$", "", line)
        return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))
    if "\t" in line.strip():
        cells = tuple(cell.strip() for cell in re.split(r"\s*\t\s*", line.strip()))
        return None if any(re.match(r"[A-Za-z#][A-Za-z# ]*[:=]\s*\S", cell) for cell in cells[1:]) else cells
    return None


def is_rule(line: str) -> bool:
    """Only dashes, pipes and the like: a ruler between rows."""
    return re.fullmatch(r"[\s|+\-=_:*~.─━┄┼╪═╬├┤┌┐└┘┬┴╔╗╚╝╠╣╦╩│┃║\\]*", line[:LONGEST_LINE]) is not None


def tokens_in(line: str) -> tuple[Token, ...]:
    """The values of a line in order."""
    found: list[Token] = []
    words: list[str] = []
    for match in TOKEN.finditer(line[:LONGEST_LINE]):
        if match["word"]:
            words.append(match["word"])
            continue
        kind: Literal["shape", "number", "dash"] = "shape" if match["shape"] else "number" if match["number"] else "dash"
        found.append(Token(kind, match[0], " ".join(words)))
        words = []
    return tuple(found)


def token_of(cell: str) -> Token | None:
    """An explicit cell as a value; None for words and anything unclear."""
    if is_blank(cell):
        return Token("dash", cell)
    if read_counts(cell):
        return Token("number", cell)
    return Token("shape", cell) if read_shape(cell) is not None else None


def headings_of(line: str, cells: Sequence[str] | None, wanted: Wanted) -> tuple[str, ...] | None:
    """The columns that a line of headings names, "" for headings unknown; None if it is no such line."""
    if cells is None and (tokens_in(line) or not re.search(r"[A-Za-z]", line)):
        return None
    split = tuple(cells) if cells is not None else tuple(re.split(r"\s{2,}", line.strip().rstrip("\\").strip()))
    columns = tuple(column_of(cell, wanted.aliases) for cell in split)
    named = [column for column in columns if column and column != LAYER]
    if len(named) >= 2 or (named and LAYER in columns):
        return columns if len(set(named)) == len(named) else None
    if cells is not None:
        return None
    found = columns_in(line, wanted.aliases)
    named = [column for column in found if column != LAYER]
    return found if len(named) >= 2 and len(set(named)) == len(named) and ":" not in line else None


def by_words(tokens: Sequence[Token], wanted: Wanted) -> dict[str, str] | None:
    """Cells by the words before each value (``input: (1, 3, 32, 32)``); None unless every value has words, one of them known."""
    columns = [column_of(token.words, wanted.aliases) if token.words else None for token in tokens]
    known = [column for column in columns if column and column != LAYER]
    if not known or None in columns or len(set(known)) < len(known):
        return None
    return {column: token.text for column, token in zip(columns, tokens, strict=True) if column and column != LAYER}


def by_order(tokens: Sequence[Token], headings: Sequence[str] | None, wanted: Wanted) -> dict[str, str] | None:
    """Cells by the headings above, else by the rubric's order of columns, else by what is a shape and what a count."""
    for order in ([h for h in headings if h != LAYER] if headings else None, wanted.columns):
        if order and len(order) == len(tokens) and all(fits(t, c) for t, c in zip(tokens, order, strict=True)):
            return {column: token.text for column, token in zip(order, tokens, strict=True) if column}
    if headings or any(token.kind == "dash" for token in tokens):
        return None
    return _by_kind(tokens, wanted)


def fits(token: Token, column: str) -> bool:
    """A value may stand in this column; a bare number may be the shape of a vector."""
    return not column or token.kind == "dash" or token.kind == "number" or column in SHAPE_COLUMNS


def _by_kind(tokens: Sequence[Token], wanted: Wanted) -> dict[str, str] | None:
    cells: dict[str, str] = {}
    for kind in ("shape", "number"):
        texts = [token.text for token in tokens if token.kind == kind]
        columns = [column for column in wanted.columns if (column in SHAPE_COLUMNS) == (kind == "shape")]
        if texts and len(texts) != len(columns):
            return None
        cells.update(zip(columns, texts, strict=False))
    return cells
