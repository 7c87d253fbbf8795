"""The search for what a kit must not hold: lines and words of the reference, expected values, and what hidden checks say."""

from __future__ import annotations

import ast
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

from grader.checks import AnyCheck, Question, Rubric
from grader.model.evidence import Capture
from grader.model.rubric import Visibility
from grader.release.public import is_public

LEAST_CODE = 16
"""Characters of a line of code below which it is anybody's."""
LEAST_WORDS = 12
"""Characters of a text below which it may stand anywhere by chance."""
LEAST_DIGITS = 4
"""Significant digits that make a number recognisable."""
CLOSE = 0.6 * 10 ** (1 - LEAST_DIGITS)
"""Relative: half a unit of the last of these digits, and a little."""
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_COMMON = re.compile(r"^(?:import |from |return$|@|def __|class .*:$|\"\"\"$)")
_SECRET_FIELDS = ("expect", "value", "correct", "patterns", "criteria", "says", "edge", "output", "input")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something in a file of the kit that tells an answer; `source` says where it is from."""

    file: str
    source: str
    excerpt: str


@dataclass(frozen=True)
class Secrets:
    """Texts (whitespace folded) and numbers that must not be in a kit, each with where it is from."""

    texts: Mapping[str, str]
    numbers: Mapping[float, str]


def find_leaks(files: Mapping[str, str], secrets: Secrets) -> tuple[Leak, ...]:
    """Every secret that stands in one of these texts."""
    return tuple(leak for name, text in files.items() for leak in _in_file(name, text, secrets))


def _in_file(name: str, text: str, secrets: Secrets) -> Iterator[Leak]:
    folded = _folded(text.replace('\\"', '"').replace("\\n", " "))
    for secret, source in secrets.texts.items():
        if secret in folded:
            yield Leak(name, source, secret[:80])
    known = _Numbers(secrets.numbers)
    for written in sorted({match[0] for match in _NUMBER.finditer(text)}):
        near = known.near(written)
        if near is not None:
            yield Leak(name, secrets.numbers[near], written)


class _Numbers:
    """Numbers found again by whatever is as close as four significant digits can tell."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self._sorted = sorted(numbers)

    def near(self, written: str) -> float | None:
        number = _telling(written)
        if number is None:
            return None
        off = abs(number) * CLOSE
        at = bisect_left(self._sorted, number - off)
        return self._sorted[at] if at < len(self._sorted) and self._sorted[at] <= number + off else None


def gather(rubric: Rubric, sources: Mapping[str, str], captures: Mapping[str, Capture], public: Iterable[str] = ()) -> Secrets:
    """All secrets of an assignment: of the reference's files, its values, and the rubric; but for what the tasks tell.

    Lines of the reference that are `public` as well, as the instructor's notebook shows them, are no secrets either.
    """
    told = _folded(" ".join(told_to_students(rubric)))
    shown = _folded(" ".join(public)) + " " + told
    texts = {
        secret: f"the reference's {name}"
        for name, source in sources.items()
        for secret in _of_source(name, source)
        if secret not in shown
    }
    texts |= {secret: source for secret, source in _of_rubric(rubric) if secret not in told}
    numbers = {n: f"the reference's {f}" for f, s in sources.items() for n in _untold(_written_in(s), shown)}
    numbers |= dict.fromkeys(_untold(_of_captures(captures), told), "a value of the reference")
    return Secrets(texts, numbers)


def _untold(numbers: Iterable[float], told: str) -> Iterator[float]:
    known = _Numbers(_written_in(told))
    return (number for number in numbers if known.near(repr(number)) is None)


def _written_in(text: str) -> Iterator[float]:
    """The telling numbers of a text."""
    return (number for match in _NUMBER.finditer(text) if (number := _telling(match[0])) is not None)


def told_to_students(rubric: Rubric) -> Iterator[str]:
    """What the rubric itself gives students: titles, tasks, files, places of answers, and the words of visible checks."""
    yield rubric.title
    yield from rubric.data
    for question in rubric.questions:
        yield from (question.title, question.text, *question.answer.headings)
        yield from (name for names in question.answer.places.values() for name in names)
        for check in question.checks:
            if check.visibility is Visibility.VISIBLE:
                yield from (check.title, check.hint, str(getattr(check, "says", "")))


def _of_source(name: str, source: str) -> Iterator[str]:
    """Lines and texts of one file of the reference."""
    for line in source.splitlines():
        folded = _folded(line).lstrip("# ").removeprefix("return ")
        least = LEAST_CODE if name.endswith(".py") else LEAST_WORDS
        if len(folded) >= least and not _COMMON.match(folded):
            yield folded
    if name.endswith(".py"):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(_folded(node.value)) >= LEAST_WORDS:
                yield _folded(node.value)


def _of_rubric(rubric: Rubric) -> Iterator[tuple[str, str]]:
    for question in rubric.questions:
        for check in question.checks:
            name = f"the check {question.id}/{check.id}"
            for text in _of_check(question, check):
                if len(_folded(text)) >= LEAST_WORDS:
                    yield _folded(text), name


def _of_check(question: Question, check: AnyCheck) -> Iterator[str]:
    for other in (*check.also, *check.mistakes):
        yield from (other.says, other.expect, *_texts(other.value))
    if check.follow_through is not None:
        yield check.follow_through.using
    if is_public(question, check) and check.kind != "manual":
        yield from (text for name in _told_by(check) for text in _texts(getattr(check, name, None)))
        return
    yield from (check.title, check.hint)
    for name in _SECRET_FIELDS:
        yield from _texts(getattr(check, name, None))


def _told_by(check: AnyCheck) -> tuple[str, ...]:
    """The fields of a public check that its kit must not hold."""
    return ("expect", "value") if getattr(check, "shown", False) else ("expect", "value", "output")


def _texts(thing: Any) -> Iterator[str]:
    """Every text inside plain values and models."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, BaseModel):
        for _, value in thing:
            yield from _texts(value)
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _texts(value)
    elif isinstance(thing, list | tuple | set | frozenset):
        for value in thing:
            yield from _texts(value)


def _of_captures(captures: Mapping[str, Capture]) -> Iterator[float]:
    for capture in captures.values():
        yield from (found for number in _numbers(capture.value) if (found := _telling(repr(float(number)))) is not None)


def _numbers(thing: Any) -> Iterator[float]:
    """Every number inside a captured value, arrays' entries included; booleans are none."""
    if isinstance(thing, bool | str) or thing is None:
        return
    if isinstance(thing, int | float):
        yield float(thing) if abs(thing) < 1e300 else math.inf
    elif isinstance(thing, np.ndarray):
        if thing.dtype.kind in "iuf":
            yield from (float(entry) for entry in thing.reshape(-1)[:20_000])
    elif isinstance(thing, BaseModel):
        for _, value in thing:
            yield from _numbers(value)
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _numbers(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _numbers(value)


def _telling(text: str) -> float | None:
    """The number, where it has so many digits that it is recognised; None otherwise."""
    number = float(text)
    if not math.isfinite(number):
        return None
    mantissa = f"{number:.{LEAST_DIGITS - 1}e}".split("e")[0].lstrip("-").replace(".", "").rstrip("0")
    return number if len(mantissa) >= LEAST_DIGITS else None


def _folded(text: str) -> str:
    return " ".join(text.split())
