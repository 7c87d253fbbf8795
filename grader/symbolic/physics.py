r"""Commands of packages for derivatives and norms (``\pdv``, ``\norm``), read as if the text defined them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from grader.symbolic import limits
from grader.symbolic.macros import Macro, argument, definitions, optional_argument
from grader.symbolic.tokens import Kind, Token
from grader.symbolic.unread import Unread

_DEFINED: Final = r"""
\newcommand{\norm}[1]{\| #1 \|}
\newcommand{\abs}[1]{| #1 |}
\newcommand{\grad}{\nabla}
\newcommand{\dd}{d}
\newcommand{\inner}[2]{\langle #1, #2 \rangle}
\newcommand{\vb}[1]{\mathbf{#1}}
\newcommand{\va}[1]{\vec{#1}}
"""
KNOWN: Final[Mapping[str, Macro]] = definitions(_DEFINED).macros
"""What a text may define otherwise."""

_SIGNS: Final = {"\\dv": "d", "\\odv": "d", "\\pdv": "\\partial"}
"""Derivative -> the sign it prints above and below the line."""
_MOST: Final = 3


def with_fractions(tokens: list[Token]) -> list[Token]:
    r"""The tokens with ``\pdv[2]{f}{x}`` and its like as fractions."""
    todo, done, rounds = tokens[::-1], list[Token](), 0
    while todo:
        token = todo.pop()
        if token.kind != "command" or token.text not in _SIGNS:
            done.append(token)
            continue
        rounds += 1
        if rounds > limits.MACRO_ROUNDS:
            raise Unread(token.span, "too-long", f"at `{token.text}`: too many derivatives")
        todo.extend(reversed(_fraction(token, todo)))
    return done


def _fraction(call: Token, todo: list[Token]) -> list[Token]:
    """One part is the operator alone; with more than two, the derivative is by each after the first."""
    order, parts = optional_argument(todo), [argument(todo)]
    while len(parts) < _MOST and todo and todo[-1].text == "{":
        parts.append(argument(todo))
    above, below = (parts[0], parts[1:]) if len(parts) > 1 else ([], parts)
    degree = order or (_words(call, str(len(below))) if len(below) > 1 else [])
    power = [*_words(call, "^", "{"), *degree, *_words(call, "}")] if degree else []
    sign = _words(call, _SIGNS[call.text])
    under = [token for part in below for token in (*sign, *part, *(power if len(below) == 1 else ()))]
    return [*_words(call, "\\frac", "{"), *sign, *power, *above, *_words(call, "}", "{"), *under, *_words(call, "}")]


def _words(call: Token, *texts: str) -> list[Token]:
    return [Token(_kind(text), text, call.start, call.end) for text in texts]


def _kind(text: str) -> Kind:
    if text.startswith("\\"):
        return "command"
    return "letter" if text.isalpha() else "number" if text.isdigit() else "symbol"
