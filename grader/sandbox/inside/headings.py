"""Whether a heading is the one that is looked for: `Problem 3.2`, `3.2`, `Q3.2` and `Question 3-2` are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = re.compile(r"\d+(?:[.\-]\d+)*(?:\s*\(?[a-z]\)?(?![a-z]))?|[^\W\d_]+")
_GENERIC = frozenset(("problem", "prob", "p", "question", "q", "exercise", "ex", "task", "part", "section", "answer", "solution"))


def is_under(path: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether any heading of a cell's path is one of those wanted."""
    goals = [goal for goal in map(_key, wanted) if goal]
    return any(_key(heading)[: len(goal)] == goal for heading in path for goal in goals)


def _key(heading: str) -> tuple[str, ...]:
    """The words of a heading that tell it from others; numbers as `3.2` and `1.b`."""
    words = _WORDS.findall(heading.lower())
    return tuple(_number(word) if word[0].isdigit() else word for word in words if word not in _GENERIC)


def _number(word: str) -> str:
    return ".".join(re.findall(r"\d+|[a-z]", word))
