"""Whether a heading is the one that is looked for: `Problem 3.2`, `3.2`, `Q3.2` and `Question 3-2` are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = re.compile(r"\d+(?:[.\-]\d+)*(?:\s*\(?[a-z]\)?(?![a-z]))?|[^\W\d_]+")
_LETTER = re.compile(r"[*_\s]*(?:part\s+)?\(?\s*([a-z])\s*(?:[).:]|[*_\s]*$)")
"""A heading that only adds a letter: `(b)`, `b) LMS`, `Part b:`."""
_GENERIC = frozenset(("problem", "prob", "p", "question", "q", "exercise", "ex", "task", "part", "section", "answer", "solution"))


def is_under(path: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether any heading of a cell's path is one of those wanted."""
    goals = [goal for goal in map(_key, wanted) if goal]
    return any(key[: len(goal)] == goal for key in _keys(path) for goal in goals)


def _keys(path: Iterable[str]) -> list[tuple[str, ...]]:
    """The keys of all headings; one that only says a letter is joined to the number above: `Lab 1` > `(b)` is `Lab 1 (b)`."""
    keys: list[tuple[str, ...]] = []
    above: tuple[str, ...] = ()
    for heading in path:
        key = _key(heading)
        letter = _LETTER.match(heading.lower())
        if letter and above:
            keys.append((*above[:-1], f"{above[-1]}.{letter[1]}"))
        elif any(word[0].isdigit() for word in key):
            last = max(at for at, word in enumerate(key) if word[0].isdigit())
            above = key[: last + 1]
        keys.append(key)
    return keys


def _key(heading: str) -> tuple[str, ...]:
    """The words of a heading that tell it from others; numbers as `3.2` and `1.b`."""
    words = _WORDS.findall(heading.lower())
    return tuple(_number(word) if word[0].isdigit() else word for word in words if word not in _GENERIC)


def _number(word: str) -> str:
    return ".".join(re.findall(r"\d+|[a-z]", word))
