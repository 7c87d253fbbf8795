"""`grader.toml`: which assignment lies in a folder, so that `grader check` needs no arguments. The format is in docs/check.md."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from grader.errors import UsageError
from grader.intake.nearest import did_you_mean
from grader.model.base import Frozen

KIT_FILE = "grader.toml"


class Kit(Frozen):
    """What `grader.toml` says. Paths are relative to its folder, with ``/``."""

    version: Literal[1] = 1
    assignment: str = Field(min_length=1)
    rubric: str = Field(min_length=1)
    file: str = "."
    """The notebook or module that is checked; a folder is taken as a whole."""
    sealed: str = ""
    """The file of sealed answers; "" is none."""
    data: str = ""
    """The folder of the data files; "" is where the rubric says."""


@dataclass(frozen=True, slots=True)
class FoundKit:
    """A kit and the folder it lies in."""

    kit: Kit
    folder: Path

    @property
    def rubric(self) -> Path:
        return self.folder / self.kit.rubric

    @property
    def file(self) -> Path:
        return self.folder / self.kit.file

    @property
    def sealed(self) -> Path | None:
        return self.folder / self.kit.sealed if self.kit.sealed else None

    @property
    def data(self) -> Path | None:
        return self.folder / self.kit.data if self.kit.data else None


def find_kit(start: Path) -> FoundKit | None:
    """The kit of this folder, or of the nearest folder above it; None if there is none.

    Raises:
        UsageError: it is found and is faulty.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / KIT_FILE).is_file():
            return FoundKit(read_kit(folder / KIT_FILE), folder)
    return None


def read_kit(path: Path) -> Kit:
    """The kit in a file.

    Raises:
        UsageError: it cannot be read, or is faulty; the message names every fault.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error
    try:
        return Kit.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(dict(item)) for item in error.errors(include_url=False)]
        raise UsageError("\n".join(f"{path}: {fault}" for fault in faults)) from error


def _fault(item: dict[str, Any]) -> str:
    name = ".".join(str(key) for key in item["loc"])
    if item["type"] == "extra_forbidden":
        hint = did_you_mean(name, Kit.model_fields)
        return f"unknown key `{name}`" + (f" ({hint})" if hint else "")
    if item["type"] == "missing":
        return f"`{name}` is missing"
    return f"`{name}`: {item['msg']} (found {item['input']!r})"


def write_kit(kit: Kit) -> str:
    """The kit as the text of `grader.toml`; what is at its default is left out."""
    lines = ["# Made by `grader release`, read by `grader check`."]
    for name, value in kit.model_dump().items():
        if value != Kit.model_fields[name].default or name == "version":
            lines.append(f"{name} = {value}" if isinstance(value, int) else f"{name} = {_toml_text(value)}")
    return "\n".join(lines) + "\n"


def _toml_text(text: str) -> str:
    """A TOML basic string: quotes, backslashes and control characters are written out."""
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else f"\\{c}" if c in '"\\' else c for c in text)
    return f'"{escaped}"'
