"""Numbers in the place of students: in every address of the page, and with `--anonymous` in all that it shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, TypeVar

from grader.model.base import Frozen
from grader.model.student import Student

ModelT = TypeVar("ModelT", bound=Frozen)
DIGITS = 5
SHORTEST = 3
"""Shorter words are not struck out of texts: they are parts of too many others."""
STRUCK = "▮▮▮"
OURS = frozenset(("code", "status", "credit", "kind", "mistake", "type"))
"""Keys of what is no student's word."""
NAMED = ("name", "email", "username", "number", "canvas", "moodle", "download")


def numbers(ids: Iterable[str]) -> dict[str, str]:
    """A number for each id, which tells nothing of it. It stays when others hand in, but where two would have the same."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for one in sorted(set(ids), key=lambda one: (_drawn(one), one)):
        number = _drawn(one)
        while number in taken:
            number = _drawn(f"{number} {one}")
        taken.add(number)
        given[one] = number
    return given


def _drawn(text: str) -> str:
    drawn = int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")
    return str(10 ** (DIGITS - 1) + drawn % (9 * 10 ** (DIGITS - 1)))


@dataclass(frozen=True)
class Blinder:
    """Strikes out who somebody is, wherever it stands in a text."""

    words: frozenset[str] = frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        longest_first = sorted(self.words, key=lambda word: (-len(word), word))
        if not longest_first:
            return None
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])", re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text without these words."""
        return self._pattern.sub(STRUCK, text) if self._pattern is not None else text

    def model(self, model: ModelT) -> ModelT:
        """A model of texts and numbers, with the words struck out of every text in it but names of ours."""
        return model if self._pattern is None else type(model).model_validate(_mapped(model.model_dump(), self.text))


def blinder(submission: str, students: Iterable[Student], files: Iterable[str]) -> Blinder:
    """All by which one submission tells whose it is: its id, who handed it in, and what its files are called."""
    people = [getattr(student, field) for student in students for field in NAMED]
    parts = [piece for person in [submission, *people] for piece in (person, *re.split(r"[\s_,;+@]+", person))]
    names = [name for file in files for name in (file, PurePosixPath(file).name)]
    return Blinder(frozenset(word for word in (*parts, *names) if len(word) >= SHORTEST and not _is_small_number(word)))


def _is_small_number(word: str) -> bool:
    """Struck out, it would take numbers out of answers."""
    return word.isdigit() and len(word) < DIGITS


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: inner if key in OURS else _mapped(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(inner, change) for inner in value]
    return value
