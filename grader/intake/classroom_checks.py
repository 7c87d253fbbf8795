"""Tests of GitHub Classroom and Classroom 50 as checks of a rubric, and what a person has to see to.

A test that only looks for a file becomes a `saved_file`, one that runs a program and looks at its output or its exit code a
`program`. A test that has the verdict made beside the student's code (pytest, a script) becomes `manual`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.intake.classroom import ClassroomTest

LONGEST = 400
"""Characters of a command, an input or an output that a criterion quotes."""
LARGEST_FILE = 2**20
MINUTE = 60.0
UNCHOSEN = 10
"""Minutes that GitHub Classroom's form gives every test: nobody's choice."""
_NEEDS_A_SHELL = re.compile(r"[|&;<>$`*?\n#~{}]|^\w+=")
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")
_PROGRAM = re.compile(r"(?<![\w./-])[A-Za-z_][\w-]*\.(?:py|ipynb)(?![\w.])")
_BUNDLE = "CLASSROOM50_BUNDLE_DIR"
_TESTS = re.compile(
    r"\b(?:pytest|py\.test|unittest|doctest|nosetests|tox|ctest|jest|mocha|junit|check50|gtest)\b|"
    r"\b(?:npm|yarn|mvn|gradle|gradlew|cargo|go|make|dotnet)\s+(?:run\s+)?(?:test|check)\b|"
    r"(?<!\w)test_?\w*\.py\b|\w_test\.py\b|\bautograd"
)
"""What decides by itself, in the process that runs the student's code or beside it."""
_SCRIPT = re.compile(r"\.sh\b")
"""Decides by its exit code, where no output is asked for."""
_INSTALLS = re.compile(r"\b(?:pip3?|apt|apt-get|conda|npm|yarn|brew|curl|wget|git)\b")
"""Commands that need the network."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of a test, or do about it."""

    test: str
    says: str


@dataclass(frozen=True)
class Migrated:
    """A rubric's document, the tests that a person judges in it until they are written anew, and what else to see to."""

    document: dict[str, Any]
    not_expressed: tuple[Note, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of one test: a question without id, title and points, why it is none that decides, and a note."""

    question: dict[str, Any]
    why_not: str = ""
    note: str = ""


def rubric_of(tests: tuple[ClassroomTest, ...], assignment: str, title: str, folder: Path) -> Migrated:
    """A rubric with a question for each test; `folder` holds the files of inputs and outputs that tests name."""
    made = [_made(test, folder) for test in tests]
    questions = [
        {"id": str(number), "title": test.name, "points": str(test.points), **one.question}
        for number, (test, one) in enumerate(zip(tests, made, strict=True), 1)
    ]
    total = sum((test.points for test in tests), Fraction(0))
    seconds = sum(_seconds(test) for test, one in zip(tests, made, strict=True) if not one.why_not)
    document = {"assignment": assignment, "title": title, "points": str(total), **_limits(seconds), "questions": questions}
    pairs = list(zip(tests, made, strict=True))
    return Migrated(
        document,
        tuple(Note(test.name, one.why_not) for test, one in pairs if one.why_not),
        tuple(Note(test.name, one.note) for test, one in pairs if one.note),
    )


def _limits(seconds: float) -> dict[str, Any]:
    """Time for all programs together, where the usual limit is too short."""
    return {"limits": {"wall": f"{seconds + MINUTE:g} s"}} if seconds > MINUTE else {}


def _seconds(test: ClassroomTest) -> float:
    if test.type:
        return test.timeout or MINUTE
    return MINUTE if test.timeout in (0, UNCHOSEN) else test.timeout * MINUTE


def _made(test: ClassroomTest, folder: Path) -> _Made:
    if file := _looked_for(test):
        look = {"id": "file", "kind": "saved_file", "of": "file", "load": "bytes", "points": str(test.points)}
        return _Made({"answer": {"files": {"file": [file]}}, "checks": [look]})
    try:
        return _program(_with_files(test, folder))
    except _NotExpressed as reason:
        return replace(_manual(test), why_not=str(reason))


class _NotExpressed(Exception):
    """Why a test cannot be a check that decides."""


def _with_files(test: ClassroomTest, folder: Path) -> ClassroomTest:
    """The test with the contents of its input and output files in place of their names."""
    return test.model_copy(
        update={
            "input": _content(test.input_file, folder) if test.input_file else test.input,
            "expected": _content(test.expected_file, folder) if test.expected_file else test.wanted,
        }
    )


def _content(name: str, folder: Path) -> str:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.stat().st_size > LARGEST_FILE:
        raise _NotExpressed(f"its file `{name}` is not there, beside the tests")
    return path.read_text(encoding="utf-8", errors="replace")


def _program(test: ClassroomTest) -> _Made:
    decides = _TESTS.search(test.run) or (not test.wanted and _SCRIPT.search(test.run))
    if test.type == "python" or decides:
        raise _NotExpressed("it decides in the box, where the student's code could decide for it")
    if _BUNDLE in test.run + test.setup:
        raise _NotExpressed("it runs a script of the teacher's, which no submission has")
    if not test.run.strip():
        raise _NotExpressed("it runs nothing")
    installs = bool(_INSTALLS.search(test.setup))
    setup = "" if installs else test.setup.strip()
    question = _command(test.run.strip(), setup)
    check = {"id": "program", "kind": "program", **question.pop("check"), "points": str(test.points)}
    check["title"] = "What it prints" if test.wanted or test.type == "io" else "How it ends"
    check |= {"input": test.input} if test.input else {}
    check |= dict(_expected(test))
    check["time"] = f"{_seconds(test):g} s"
    dropped = f"`{_cut(test.setup)}` was left out: the box has no network. Install it where submissions run (`environment`)."
    return _Made({**question, "checks": [check]}, note=dropped if installs else "")


def _expected(test: ClassroomTest) -> Iterator[tuple[str, Any]]:
    """The output, how it is compared, and the exit code, as each of the two systems takes them."""
    if test.type == "io":
        yield "exit_code", None
    elif test.exit_code:
        yield "exit_code", test.exit_code
    if test.wanted or test.type == "io":
        manner = test.comparison if test.comparison in ("exact", "regex") else "included"
        wanted = f"(?m){test.wanted}" if manner == "regex" and test.type else test.wanted
        if manner == "regex":
            _must_be_pattern(wanted)
        yield "compare", manner
        yield "output", wanted
        if test.failure_details in ("", "full"):
            yield "shown", True  # as in a file that lies in the students' repositories


def _must_be_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise _NotExpressed(f"its pattern is none of Python's: {error}") from error


def _command(run: str, setup: str) -> dict[str, Any]:
    """The command as a check has it; a Python program is looked for by its name."""
    try:
        words = shlex.split(run)
    except ValueError:
        words = []
    if setup or not words or _NEEDS_A_SHELL.search(run):
        return {"check": {"run": ["sh", "-c", f"{setup} && {run}" if setup else run]}}
    if not _PYTHON.fullmatch(words[0]):
        return {"check": {"run": words}}
    at = next((number for number, word in enumerate(words) if word.endswith(".py")), 0)
    if not at or any(word in ("-c", "-m") for word in words[1:at]):
        return {"check": {"run": ["python", *words[1:]]}}
    command = ["python", *words[1:at], "{file}", *words[at + 1 :]]
    return {"answer": {"files": {"program": [words[at].removeprefix("./")]}}, "check": {"of": "program", "run": command}}


def _manual(test: ClassroomTest) -> _Made:
    check: dict[str, Any] = {"id": "test", "kind": "manual", "points": str(test.points), "title": test.name}
    check |= {"visibility": "after_due", "criteria": [{"says": _criterion(test)}]}
    if program := _PROGRAM.search(test.run):
        return _Made({"answer": {"files": {"program": [program[0]]}}, "checks": [{**check, "of": "program"}]})
    return _Made({"answer": {"files": {"work": ["*"]}}, "checks": [{**check, "of": "work"}]})


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
