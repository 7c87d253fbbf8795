"""Cut the rows of a flattened display into pieces: equations, conditions, labels, prose."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from grader.symbolic.cursor import partners
from grader.symbolic.flatten import CHAINING, OPERATORS
from grader.symbolic.grammar import INEQUALITIES, is_prose
from grader.symbolic.tokens import Token
from grader.symbolic.vocabulary import CONDITIONAL


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens between separators. ``row`` when it begins a row, ``aligned`` when that row begins with an alignment mark,
    ``after`` the separator before it, ``conditional`` when words such as "for" or ``\\forall`` announce a condition."""

    tokens: tuple[Token, ...]
    after: str = ""
    row: bool = False
    aligned: bool = False
    conditional: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens)


_SEPARATORS: Final = frozenset({",", ";", "\\implies", "\\quad", "\\to"})
_LABEL: Final = re.compile(r"\((?:[0-9]{1,3}(?:[.\-][0-9]{1,3})*[a-z]?'*|[a-z]|[ivx]{1,4}|\*{1,3})\)")
_RANGE_HEAD: Final = 5
_TRIMMED: Final = frozenset({",", ";", ".", ":", "\\wedge"})


def cut(tokens: list[Token]) -> list[Piece]:
    """The pieces of all rows, in order."""
    found: list[Piece] = []
    for row in _rows(tokens):
        pieces = _row_pieces(row)
        found.extend(_ranges(pieces))
    return found


def outside(tokens: tuple[Token, ...] | list[Token]) -> list[int]:
    """The places of tokens outside brackets."""
    partner = partners(list(tokens))
    places, place = [], 0
    while place < len(tokens):
        places.append(place)
        place = max(place, partner[place]) + 1
    return places


def _rows(tokens: list[Token]) -> list[list[Token]]:
    breaks = [place for place in outside(tokens) if tokens[place].text == "\\\\"]
    return [tokens[left + 1 : right] for left, right in pairwise([-1, *breaks, len(tokens)])]


def _row_pieces(row: list[Token]) -> list[Piece]:
    aligned = bool(row) and row[0].kind == "gap" and row[0].text == "&"
    row = _without_asides(row)
    places = outside(row)
    pieces: list[Piece] = []
    begin, after, conditional = 0, "", False
    for place in [*places, len(row)]:
        token = row[place] if place < len(row) else None
        if token is not None and not _separates(row, place):
            continue
        content = trimmed(row[begin:place])
        if content:
            pieces.append(Piece(content, after, not pieces, aligned and not pieces, conditional))
            conditional = False
        if token is not None:
            after = "text" if token.kind == "text" else token.text
            conditional = _announces(token) or (conditional and not content)
            if token.kind == "tag":
                pieces.append(Piece((token,), "tag", not pieces))
            begin = place + 1
    return pieces


def _without_asides(row: list[Token]) -> list[Token]:
    """``\\text{(since } p = q \\text{)}`` is one piece of prose, with what stands between its brackets."""
    kept: list[Token] = []
    place = 0
    while place < len(row):
        closing = _end_of_aside(row, place)
        kept.append(row[place] if closing is None else replace(row[place], end=row[closing].end))
        place = (place if closing is None else closing) + 1
    return kept


def _end_of_aside(row: list[Token], place: int) -> int | None:
    if row[place].kind != "text" or not row[place].text.lstrip().startswith("("):
        return None
    depth = 0
    for at in range(place, len(row)):
        if row[at].kind == "text":
            depth += row[at].text.count("(") - row[at].text.count(")")
            if depth <= 0:
                return at if at > place else None
    return None


def _separates(row: list[Token], place: int) -> bool:
    token = row[place]
    if token.kind == "text":
        return is_prose(token.text) and not (place and row[place - 1].text in CHAINING)
    if token.kind == "gap":
        return token.text == "\\quad"
    return token.kind == "tag" or token.text in _SEPARATORS or token.text == "\\forall"


def _announces(token: Token) -> bool:
    words = token.text.lower().replace(",", " ").split()
    return token.text == "\\forall" or (token.kind == "text" and any(word in CONDITIONAL for word in words[:2]))


def trimmed(tokens: list[Token] | tuple[Token, ...]) -> tuple[Token, ...]:
    """Without punctuation and spaces at the ends."""
    start, stop = 0, len(tokens)
    while start < stop and (tokens[start].kind == "gap" or tokens[start].text in _TRIMMED):
        start += 1
    while stop > start and (tokens[stop - 1].kind == "gap" or tokens[stop - 1].text in _TRIMMED):
        stop -= 1
    return tuple(tokens[start:stop])


def _ranges(pieces: list[Piece]) -> list[Piece]:
    """``i = 1, 2, \\dots, n`` was cut at its commas: one conditional piece again."""
    result: list[Piece] = []
    place = 0
    while place < len(pieces):
        piece, dots = pieces[place], _dots_after(pieces, place)
        if dots is not None:
            tokens = (*piece.tokens, *pieces[dots].tokens, *pieces[dots + 1].tokens)
            result.append(replace(piece, tokens=tokens, conditional=True))
            place = dots + 2
        else:
            result.append(piece)
            place += 1
    return result


def _dots_after(pieces: list[Piece], place: int) -> int | None:
    """The place of the dots in ``i = 1 | 2 | \\dots | n``; None when no range begins here."""
    piece = pieces[place]
    if len(piece.tokens) > _RANGE_HEAD or "=" not in piece.texts or piece.tokens[0].kind != "letter":
        return None
    for at in range(place + 1, min(place + 4, len(pieces) - 1)):
        if pieces[at].texts == ("\\dots",):
            return at
        if [token.kind for token in pieces[at].tokens] != ["number"]:
            return None
    return None


def label_of(piece: Piece) -> str | None:
    """The equation number that a piece is; None when it is none."""
    if piece.tokens[0].kind == "tag":
        return piece.tokens[0].text.strip("()")
    text = "".join(piece.texts)
    return text[1:-1] if piece.after in ("\\quad", "text", "tag") and _LABEL.fullmatch(text) else None


def is_shape_note(piece: Piece) -> bool:
    """True for ``(m \\times h)`` after a wide space."""
    inside = piece.tokens[1:-1]
    if piece.after != "\\quad" or piece.texts[0] != "(" or piece.texts[-1] != ")" or "\\times" not in piece.texts:
        return False
    return all(token.kind in ("letter", "number") or token.text in ("\\times", "_", "{", "}", "\\cdot") for token in inside)


def has_relation(piece: Piece) -> bool:
    """True when an equals sign or its like stands outside brackets."""
    return any(piece.tokens[place].text in CHAINING for place in outside(piece.tokens))


def is_inequality(piece: Piece) -> bool:
    """True when the piece compares and does not equate."""
    return not has_relation(piece) and any(piece.tokens[place].text in INEQUALITIES for place in outside(piece.tokens))


def begins_with_operator(piece: Piece) -> bool:
    return piece.texts[0] in OPERATORS
