"""Comparing what a program printed with what it should: whole texts, parts of them, patterns, or words and numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, TypeAlias

from grader.checks.compare import Closeness

Manner: TypeAlias = Literal["exact", "included", "regex", "tokens"]

_TOKEN = re.compile(r"[^\W\d]\w*|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\S")
"""A name, a number, or a single other character."""
_INTEGER = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two outputs differ: its line (from 1; 0 where no line is), and what stands there, "" for nothing."""

    line: int
    seen: str
    expected: str


def difference(seen: str, expected: str, manner: Manner, closeness: Closeness) -> Difference | None:
    """How a program's output differs from what is expected; None where it does not."""
    if manner == "tokens":
        return _by_tokens(seen, expected, closeness)
    if manner == "regex":
        return None if re.search(expected, plain(seen)) else Difference(0, plain(seen), expected)
    if manner == "included":
        return None if plain(expected) in plain(seen) else Difference(0, plain(seen), plain(expected))
    return _by_lines(plain(seen), plain(expected))


def plain(text: str) -> str:
    """The text with the line ends of all systems made the same, and without white space before and after it."""
    return text.replace("\r\n", "\n").strip()


def _by_lines(seen: str, expected: str) -> Difference | None:
    if seen == expected:
        return None
    pairs = zip_longest(seen.split("\n"), expected.split("\n"), fillvalue="")
    return next(Difference(number, one, other) for number, (one, other) in enumerate(pairs, 1) if one != other)


@dataclass(frozen=True, slots=True)
class _Token:
    line: int
    text: str


def _tokens(text: str) -> Iterator[_Token]:
    for number, line in enumerate(plain(text).split("\n"), 1):
        for match in _TOKEN.finditer(line):
            yield _Token(number, match[0])


def _by_tokens(seen: str, expected: str, closeness: Closeness) -> Difference | None:
    last = 0
    for one, other in zip_longest(_tokens(seen), _tokens(expected)):
        last = one.line if one is not None else last
        if one is None or other is None or not _agree(one.text, other.text, closeness):
            return Difference(last, one.text if one else "", other.text if other else "")
    return None


def _agree(seen: str, expected: str, closeness: Closeness) -> bool:
    """Equal, or two numbers within the tolerance; one that is expected as an integer has to be it."""
    if seen == expected:
        return True
    if not _NUMBER.fullmatch(seen) or not _NUMBER.fullmatch(expected):
        return False
    one, other = float(seen), float(expected)
    if _INTEGER.fullmatch(expected):
        return one == other
    return math.isfinite(one) and abs(one - other) <= closeness.atol + closeness.rtol * abs(other)
