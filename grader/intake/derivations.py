"""Files with derivations: their text, cut where another environment begins to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from grader.errors import UsageError
from grader.intake.nearest import did_you_mean
from grader.intake.notebooks import NotebookFault, read_notebook
from grader.symbolic.environment import Environment
from grader.symbolic.environments import library

LARGEST = 4 * 2**20
NONE = "none"
"""In the place of an environment: what follows is not checked."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a text with the environment that holds in it; `first_line` counts from 1 in the whole text."""

    text: str
    environment: Environment
    title: str
    first_line: int


@dataclass(frozen=True, slots=True)
class Mark:
    """From the first line that holds these words on (from the beginning, where there are none) this environment holds."""

    environment: Environment | None
    name: str
    words: str


def read_text(path: Path) -> str:
    """The text of a Markdown, LaTeX or text file, or of a notebook's text cells.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} has {len(data):,} bytes; at most {LARGEST:,} are read")
    if path.suffix.lower() != ".ipynb":
        return data.decode("utf-8", "replace")
    try:
        part = read_notebook(data, path.name)
    except NotebookFault as fault:
        raise UsageError(f"{path}: {fault.text}") from fault
    return "\n\n".join(cell.source for cell in part.cells if cell.kind == "markdown")


def read_mark(text: str) -> Mark:
    """``NAME``, ``NAME@words`` or ``none@words``; a name that ends in ``.yaml`` is a file that declares the environment.

    Raises:
        UsageError: there is no such environment, or its file has faults.
    """
    name, _, words = text.partition("@")
    return Mark(None if name == NONE else _environment(name), name, words.strip())


def _environment(name: str) -> Environment:
    if name.lower().endswith((".yaml", ".yml")):
        return _declared(Path(name))
    known = library()
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f"there is no environment `{name}`{f'; {hint}' if hint else ''}; `grader derive --list` names them")
    return known[name]


def _declared(path: Path) -> Environment:
    try:
        return Environment.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"cannot read the environment {path}: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
        raise UsageError(f"{path}: {faults}") from error


def passages(text: str, marks: Sequence[Mark]) -> tuple[Passage, ...]:
    """The parts of the text, each with its environment; what stands before the first mark is left out.

    Raises:
        UsageError: the words of a mark are not in the text, or not after those of the mark before.
    """
    lines = text.splitlines(keepends=True)
    starts: list[int] = []
    for mark in marks:
        starts.append(_line_of(lines, mark, starts[-1] if starts else 0))
    found = []
    for mark, start, end in zip(marks, starts, [*starts[1:], len(lines)], strict=True):
        if mark.environment is not None and end > start:
            found.append(Passage("".join(lines[start:end]), mark.environment, mark.words.strip("*# ") or mark.name, start + 1))
    return tuple(found)


def _line_of(lines: Sequence[str], mark: Mark, start: int) -> int:
    if not mark.words:
        return start
    for number, line in enumerate(lines[start:], start):
        if mark.words.casefold() in line.casefold():
            return number
    raise UsageError(f"no line from line {start + 1} on holds the words `{mark.words}`, at which {mark.name} was to begin")
