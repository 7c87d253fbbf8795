"""Tests of GitHub Classroom (`autograding.json`) and of Classroom 50 (`tests.json`), read.

GitHub Classroom: ``{"tests": [{name, setup, run, input, output, comparison, timeout, points}]}``, its time-out in minutes.
Classroom 50: a list of ``{name, type: io | run | python, run, setup, input, input-file, expected, expected-file, comparison,
exit-code, timeout, failure-details, points}``, or the same under ``tests``; its time-out in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, field_validator

from grader.errors import UsageError
from grader.model.base import Exact, Frozen

LARGEST = 2_000_000
"""Characters of such a file."""


class ClassroomTest(Frozen):
    """One test of either format."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    name: str = Field(min_length=1)
    type: str = ""
    """Only Classroom 50 has it."""
    run: str = ""
    setup: str = ""
    input: str = ""
    input_file: str = Field(default="", alias="input-file")
    output: str = ""
    expected: str = ""
    expected_file: str = Field(default="", alias="expected-file")
    comparison: str = ""
    exit_code: int = Field(default=0, alias="exit-code")
    timeout: float = Field(default=0, ge=0)
    failure_details: str = Field(default="", alias="failure-details")
    points: Exact = Field(default=Fraction(0), ge=0)

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_nothing(cls, value: Any) -> Any:
        """GitHub Classroom writes ``null`` for what was left empty."""
        return "" if value is None else value

    @field_validator("points", "exit_code", "timeout", mode="before")
    @classmethod
    def _no_number(cls, value: Any) -> Any:
        return value or 0

    @property
    def wanted(self) -> str:
        """What the output is compared with."""
        return self.expected or self.output


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
