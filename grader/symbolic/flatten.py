"""Undo the layout of a display before it is cut: alignment environments, boxes around whole sides, outer braces."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from grader.symbolic.cursor import partners
from grader.symbolic.grammar import LOOSE_OPERATORS, TIGHT_OPERATORS
from grader.symbolic.tokens import Token
from grader.symbolic.vocabulary import ALIGNED, MATRICES

CHAINING: Final = {
    "=": "=", ":=": ":=", "\\equiv": ":=", "\\gets": ":=", "\\approx": "~", "\\propto": "prop",
}  # fmt: skip
_STACKED: Final = frozenset({"\\overset", "\\underset", "\\stackrel"})
OPERATORS: Final = frozenset({"+", "-", "/", *LOOSE_OPERATORS, *TIGHT_OPERATORS})
_EDGE: Final = frozenset({*CHAINING, "&", "\\\\", ",", ";", ".", "\\in", "\\implies", "\\quad", "\\forall"})


def flatten(tokens: list[Token]) -> list[Token]:
    """The tokens of a display without what only lays it out; ``&`` that parts two equations becomes a wide space."""
    flat = _defined_as(tokens)
    for step in (_unwrapped, _unaligned, _unboxed):
        flat = step(flat)
    return _columns(flat)


def _defined_as(tokens: list[Token]) -> list[Token]:
    """``: =`` with a space between, and ``\\overset{(1)}{=}``, are one sign."""
    result: list[Token] = []
    partner, place = partners(tokens), 0
    while place < len(tokens):
        token, sign = tokens[place], _explained(tokens, partner, place)
        if sign is not None:
            result.append(tokens[sign])
            place = sign + 1
        elif token.text == "=" and result and result[-1].text == ":":
            result[-1] = replace(result[-1], text=":=", end=token.end)
        else:
            result.append(token)
        place += 1
    return result


def _explained(tokens: list[Token], partner: list[int], place: int) -> int | None:
    """The place of the sign in ``\\overset{(1)}{=}``; None for what is no such sign, or is only wished."""
    above = place + 1
    if tokens[place].text not in _STACKED or above >= len(tokens) or tokens[above].text != "{" or partner[above] < 0:
        return None
    below = partner[above] + 1
    wished = any(token.text in ("!", "?") for token in tokens[above:below])
    alone = below + 2 < len(tokens) and tokens[below].text == "{" and partner[below] == below + 2
    return below + 1 if alone and not wished and tokens[below + 1].text in CHAINING else None


def _unwrapped(tokens: list[Token]) -> list[Token]:
    """Take away braces around the whole display."""
    while len(tokens) > 1 and tokens[0].text == "{" and tokens[0].kind == "symbol" and partners(tokens)[0] == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _unaligned(tokens: list[Token]) -> list[Token]:
    """Take away alignment environments that are not inside brackets, and an array that is the whole display."""
    partner = partners(tokens)
    dropped: set[int] = set()
    place = 0
    while place < len(tokens):
        token, closing = tokens[place], partner[place]
        if token.kind == "begin" and closing >= 0 and _lays_out(tokens, place, closing):
            dropped |= {place, closing}
            if place and tokens[place - 1].text == "\\{" and partner[place - 1] < 0:
                dropped.add(place - 1)
            place += 1
        else:
            place = max(place, closing) + 1
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _lays_out(tokens: list[Token], place: int, closing: int) -> bool:
    braced = place > 0 and tokens[place - 1].text == "\\{"
    if tokens[place].text in ALIGNED:
        return not braced or place == 1
    first = place == 0 or (braced and place == 1)
    has_relation = any(token.text in CHAINING for token in tokens[place:closing])
    return first and tokens[place].text in MATRICES and has_relation and _top_relation(tokens, place, closing)


def _top_relation(tokens: list[Token], place: int, closing: int) -> bool:
    inner = tokens[place + 1 : closing]
    partner, at = partners(inner), 0
    while at < len(inner):
        if inner[at].text in CHAINING:
            return True
        at = max(at, partner[at]) + 1
    return False


def _unboxed(tokens: list[Token]) -> list[Token]:
    """Take away boxes around a whole side or more; a box around part of a side stays and is read as a bracket."""
    tokens = list(tokens)
    partner = partners(tokens)
    dropped: set[int] = set()
    place = 0
    while place < len(tokens):
        if tokens[place].text == "\\boxed" and place + 1 < len(tokens) and partner[place + 1] > 0:
            closing = partner[place + 1]
            if _at_edge(tokens, place - 1) and _at_edge(tokens, closing + 1):
                dropped |= {place, place + 1, closing}
                _widen(tokens, place, closing)
                place += 2
                continue
        place = max(place, partner[place]) + 1
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _widen(tokens: list[Token], place: int, closing: int) -> None:
    """Let the source of what was boxed include the box, so that what is quoted of it has its braces."""
    if closing > place + 2:
        tokens[place + 2] = replace(tokens[place + 2], start=tokens[place].start)
        tokens[closing - 1] = replace(tokens[closing - 1], end=tokens[closing].end)


def _at_edge(tokens: list[Token], place: int) -> bool:
    if not 0 <= place < len(tokens):
        return True
    return tokens[place].text in _EDGE or tokens[place].kind in ("gap", "tag", "text")


def _columns(tokens: list[Token]) -> list[Token]:
    """Drop alignment marks; one between two equations of a row becomes a wide space."""
    partner = partners(tokens)
    result: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.text == "&" and token.kind == "symbol":
            if _parts_equations(tokens, place):
                result.append(replace(token, kind="gap", text="\\quad"))
            elif not result or result[-1].text == "\\\\":
                result.append(replace(token, kind="gap", text="&"))
            place += 1
            continue
        stop = max(place, partner[place]) + 1
        result.extend(tokens[place:stop])
        place = stop
    return result


def _parts_equations(tokens: list[Token], place: int) -> bool:
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if before is None or after is None or before.text in ("\\\\", "&", *CHAINING, *OPERATORS):
        return False
    return after.text not in CHAINING and after.text not in OPERATORS and after.text not in ("&", "\\\\")
