"""Tests of GitHub Classroom (`autograding.json`) and of Classroom 50 (`tests.json`) as the beginning of a rubric.

GitHub Classroom: ``{"tests": [{name, setup, run, input, output, comparison, timeout, points}]}``, its time-out in minutes.
Classroom 50: a list of ``{name, type: io | run | python, run, setup, input, input-file, expected, expected-file, comparison,
exit-code, timeout, points}``, or the same under ``tests``.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, field_validator

from grader.errors import UsageError
from grader.model.base import Exact, Frozen

LARGEST = 2_000_000
"""Characters of such a file."""
_PROGRAM = re.compile(r"(?<![\w./-])[A-Za-z_][\w-]*\.(?:py|ipynb)(?![\w.])")
"""The student's file that a command runs."""
LONGEST = 400
"""Characters of a command, an input or an output that a criterion quotes."""


class ClassroomTest(Frozen):
    """One test of either format."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    name: str = Field(min_length=1)
    run: str = ""
    setup: str = ""
    input: str = ""
    input_file: str = Field(default="", alias="input-file")
    output: str = ""
    expected: str = ""
    expected_file: str = Field(default="", alias="expected-file")
    comparison: str = ""
    exit_code: int = Field(default=0, alias="exit-code")
    points: Exact = Field(default=Fraction(0), ge=0)

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_nothing(cls, value: Any) -> Any:
        """GitHub Classroom writes ``null`` for what was left empty."""
        return "" if value is None else value

    @field_validator("points", mode="before")
    @classmethod
    def _no_points(cls, value: Any) -> Any:
        return value or 0

    @property
    def wanted(self) -> str:
        """What the output is compared with."""
        return self.expected or self.output


@dataclass(frozen=True)
class Migrated:
    """A rubric's document, and the tests that a person has to judge in it until they are written anew."""

    document: dict[str, Any]
    not_expressed: tuple[str, ...]


def read_classroom(text: str, file: str) -> tuple[ClassroomTest, ...]:
    """The tests in a file of either format.

    Raises:
        UsageError: it is none of them; the message names the test and the field.
    """
    try:
        content = json.loads(text[: LARGEST + 1])
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} is no JSON: {error}") from error
    listed = content.get("tests") if isinstance(content, Mapping) else content
    if not isinstance(listed, list) or not listed:
        raise UsageError(f"{file} holds no tests: neither a list of them, nor one under `tests`")
    return tuple(_test(raw, number, file) for number, raw in enumerate(listed, 1))


def _test(raw: Any, number: int, file: str) -> ClassroomTest:
    try:
        return ClassroomTest.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(key) for key in first["loc"])
        raise UsageError(f"{file}: test {number}: {where or 'test'}: {first['msg']}") from error


def rubric_of(tests: tuple[ClassroomTest, ...], assignment: str, title: str) -> Migrated:
    """A rubric with a question for each test. Whether a file is there can be expressed; other commands wait for a person."""
    questions = [_question(test, str(number)) for number, test in enumerate(tests, 1)]
    total = sum((test.points for test in tests), Fraction(0))
    document = {"assignment": assignment, "title": title, "points": str(total), "questions": questions}
    manual = [test.name for test, question in zip(tests, questions, strict=True) if question["checks"][0]["kind"] == "manual"]
    return Migrated(document, tuple(manual))


def _question(test: ClassroomTest, number: str) -> dict[str, Any]:
    points = str(test.points)
    base: dict[str, Any] = {"id": number, "title": test.name, "points": points}
    if file := _looked_for(test):
        look = {"id": "file", "kind": "saved_file", "of": "file", "load": "bytes", "points": points}
        return {**base, "answer": {"files": {"file": [file]}}, "checks": [look]}
    check: dict[str, Any] = {"id": "test", "kind": "manual", "points": points, "title": test.name, "visibility": "after_due"}
    check |= {"criteria": [{"says": _criterion(test)}]}
    if program := _PROGRAM.search(test.run):
        return {**base, "answer": {"files": {"program": [program[0]]}}, "checks": [{**check, "of": "program"}]}
    return {**base, "answer": {"heading": [test.name]}, "checks": [check]}


def _looked_for(test: ClassroomTest) -> str:
    """The file that a test only looks for (``test -f FILE``, ``[ -f FILE ]``, ``ls FILE``); "" for any other test."""
    if test.wanted or test.expected_file or test.setup or test.exit_code:
        return ""
    try:
        words = shlex.split(test.run)
    except ValueError:
        return ""
    if words and words[0] == "[" and words[-1] == "]":
        words = ["test", *words[1:-1]]
    is_look = (len(words) == 3 and words[:2] in (["test", "-f"], ["test", "-e"], ["test", "-s"])) or (
        len(words) == 2 and words[0] == "ls"
    )
    return words[-1] if is_look and re.fullmatch(r"[\w./ -]+", words[-1]) and not words[-1].startswith(("-", "/")) else ""


def _criterion(test: ClassroomTest) -> str:
    """The test in words, for whoever judges it or writes the check that does."""
    parts = [f"`{_cut(test.run)}`" if test.run else "the test"]
    if test.setup:
        parts.append(f"after `{_cut(test.setup)}`")
    if test.input or test.input_file:
        parts.append(f"with the input `{_cut(test.input or test.input_file)}`")
    if test.wanted or test.expected_file:
        how = {"exact": "prints exactly", "regex": "prints what matches"}.get(test.comparison, "prints")
        parts.append(f"{how} `{_cut(test.wanted or test.expected_file)}`")
    else:
        parts.append(f"ends with exit code {test.exit_code}")
    return " ".join(parts) + "."


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
