"""Definitions of commands, ``\\newcommand`` and ``\\def``, taken from a text and expanded in its formulas, within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from grader.symbolic import limits
from grader.symbolic.tokens import Token, tokenize
from grader.symbolic.tree import Span
from grader.symbolic.unread import Unread


@dataclass(frozen=True, slots=True)
class Macro:
    """One defined command: how many arguments it takes, a default for the first, and its text."""

    arguments: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """The macros of a text, and where their definitions stand, so that they are not read as formulas."""

    macros: Mapping[str, Macro]
    spans: tuple[Span, ...] = ()


_DEFINITION: Final = re.compile(
    r"""\\(?P<how>newcommand|renewcommand|providecommand|def|gdef|DeclareMathOperator)\*?\s*
    (?:\{\s*(?P<braced>\\[A-Za-z]+)\s*\}|(?P<bare>\\[A-Za-z]+))\s*
    (?:\[(?P<count>[0-9])\]\s*)?(?:\[(?P<default>[^\][{}]{0,40})\]\s*)?
    (?P<marks>(?:\#[0-9])*)\s*\{""",
    re.VERBOSE,
)
_LONGEST: Final = 500
"""Characters of one definition."""
_OPERATOR: Final = "DeclareMathOperator"


def definitions(text: str) -> Definitions:
    """The commands that a text defines, at most `limits.MACROS`; a later definition of the same command wins."""
    macros: dict[str, Macro] = {}
    spans: list[Span] = []
    at, tried = 0, 0
    while tried < limits.MACROS and (match := _DEFINITION.search(text, at)):
        at, tried = match.end(), tried + 1
        stop = _closing(text, at)
        if stop is None:
            continue
        macros[match["braced"] or match["bare"]] = _macro(match, text, at, stop)
        at = stop + 1
        spans.append((match.start(), at))
    return Definitions(macros, tuple(spans))


def _closing(text: str, at: int) -> int | None:
    depth, place = 1, at
    while place < min(len(text), at + _LONGEST):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place
        place += 2 if text[place] == "\\" else 1
    return None


def _macro(match: re.Match[str], text: str, at: int, stop: int) -> Macro:
    if match["how"] == _OPERATOR:
        word = text[at:stop].strip()
        return Macro(0, (Token("text", word, at, stop),))
    default = None if match["default"] is None else tuple(tokenize(match["default"]))
    return Macro(int(match["count"] or len(match["marks"]) // 2), tuple(tokenize(text, at, stop)), default)


def expand(tokens: list[Token], macros: Mapping[str, Macro]) -> list[Token]:
    """Replace every defined command by its text; what comes out carries the span of the call."""
    if not macros:
        return tokens
    todo, done, rounds = tokens[::-1], list[Token](), 0
    while todo:
        token = todo.pop()
        macro = macros.get(token.text) if token.kind == "command" else None
        if macro is None:
            done.append(token)
            continue
        rounds += 1
        todo.extend(reversed(_called(token, macro, todo)))
        if rounds > limits.MACRO_ROUNDS or len(todo) + len(done) > limits.TOKENS:
            raise Unread(token.span, "too-long", f"at `{token.text}`: the macro expands without end")
    return done


def _called(call: Token, macro: Macro, todo: list[Token]) -> list[Token]:
    given: list[list[Token]] = []
    if macro.default is not None:
        given.append(optional_argument(todo) or list(macro.default))
    while len(given) < macro.arguments:
        given.append(argument(todo))
    result: list[Token] = []
    body = iter(macro.body)
    for token in body:
        if token.text != "#":
            result.append(replace(token, start=call.start, end=call.end))
            continue
        number = next(body, None)
        place = int(number.text) if number is not None and number.text.isdigit() else 0
        result.extend(given[place - 1] if 0 < place <= len(given) else [])
    return result


def argument(todo: list[Token]) -> list[Token]:
    """The next argument from the reversed list of what is still to come."""
    if not todo:
        return []
    first = todo.pop()
    if first.text != "{":
        return [first]
    return _until(todo, "{", "}")


def optional_argument(todo: list[Token]) -> list[Token]:
    """The same in square brackets; empty where there is none."""
    if not todo or todo[-1].text != "[":
        return []
    todo.pop()
    return _until(todo, "[", "]")


def _until(todo: list[Token], opening: str, closing: str) -> list[Token]:
    depth, taken = 1, list[Token]()
    while todo:
        token = todo.pop()
        depth += (token.text == opening) - (token.text == closing)
        if not depth:
            break
        taken.append(token)
    return taken
