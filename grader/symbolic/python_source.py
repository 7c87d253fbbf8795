"""Python's own parser on a student's text, after what would make it slow or deep was refused; nothing is compiled or run."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

from grader.symbolic import limits
from grader.symbolic.unread import Unread

_ALLOWED: Final = re.compile(r"[\w\s.,()\[\]+\-*/@<>=!&|:'\"#%~]*\Z")
_DIGITS: Final = re.compile(rf"\d{{{limits.DIGITS + 1},}}|[eE][+-]?\d{{3,}}")
_OPERATORS: Final = re.compile(r"[-+~*/@%]|\bnot\b|\blambda\b|\bif\b|\.")


def parsed(text: str) -> ast.Module:
    """The syntax tree of a text that is short and shallow enough for Python's parser; raises `Unread` otherwise."""
    start = (0, min(40, len(text)))
    if len(text) > limits.CHARACTERS:
        raise Unread(start, "too-long", f"longer than {limits.CHARACTERS} characters")
    _check_characters(text)
    _check_depth(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip("\n") if "\n" in text.strip() else text.strip())
    except (SyntaxError, ValueError) as error:
        raise _syntax(text, error) from None
    except (MemoryError, RecursionError):
        raise Unread(start, "too-deep", "this expression is nested too deeply") from None


def _check_characters(text: str) -> None:
    if not _ALLOWED.match(text):
        bad = next(place for place, mark in enumerate(text) if not _ALLOWED.match(mark))
        raise Unread((bad, bad + 1), "unexpected", f"at `{text[bad]}`: not expected in Python style")
    long = _DIGITS.search(text)
    if long:
        raise Unread(long.span(), "number-too-long", f"a number of more than {limits.DIGITS} digits")


def _check_depth(text: str) -> None:
    """Refuse what would make Python's own parser recurse deeply: nested brackets and rows of operators."""
    depth = 0
    for place, mark in enumerate(text):
        depth += (mark in "([") - (mark in ")]")
        if depth > limits.DEPTH:
            raise Unread((place, place + 1), "too-deep", f"more than {limits.DEPTH} levels of nesting")
    if len(_OPERATORS.findall(text)) > 10 * limits.HEIGHT or re.search(r"(?:[-+~]\s*){20}|(?:\bnot\s+){20}", text):
        raise Unread((0, min(40, len(text))), "too-long", "too many operators in one expression")


def _syntax(text: str, error: Exception) -> Unread:
    line = getattr(error, "lineno", None) or 1
    column = (getattr(error, "offset", None) or 1) - 1
    begin = sum(len(row) + 1 for row in text.split("\n")[: line - 1])
    place = min(begin + max(column, 0), max(len(text) - 1, 0))
    return Unread((place, place + 1), "syntax", "this is not an expression in Python style")
