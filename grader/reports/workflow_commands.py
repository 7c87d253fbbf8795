"""GitHub's workflow commands: annotations escaped and within the limits, and the pair that switches commands off.

docs.github.com, "Workflow commands for GitHub Actions". A step shows ten annotations of a kind; the rest is dropped unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.reports.text import clean

Level: TypeAlias = Literal["error", "warning", "notice"]
PER_LEVEL = 10
"""Annotations of one kind in one step."""
LONGEST = 4000
"""Characters of one message: longer ones are cut by those who show them."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message at a line of a file; without a file it is about the whole."""

    level: Level
    message: str
    title: str = ""
    file: str = ""
    line: int = 0


def escape_data(text: str) -> str:
    """A message as a command carries it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A property of a command: in addition what ends it."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def command(annotation: Annotation) -> str:
    """The annotation as one line."""
    where = {"file": annotation.file, "line": str(annotation.line or "") if annotation.file else "", "title": annotation.title}
    properties = ",".join(f"{key}={escape_property(clean(value))}" for key, value in where.items() if value)
    message = escape_data(clean(annotation.message)[:LONGEST])
    return f"::{annotation.level}{' ' if properties else ''}{properties}::{message}"


def within_limits(annotations: Iterable[Annotation], reserved: int = 0) -> tuple[Annotation, ...]:
    """At most ten of a kind; where some are left out, the last one says how many. `reserved` notices are kept free."""
    kept: list[Annotation] = []
    by_level: dict[Level, list[Annotation]] = {"error": [], "warning": [], "notice": []}
    for annotation in annotations:
        by_level[annotation.level].append(annotation)
    for level, found in by_level.items():
        room = PER_LEVEL - (reserved if level == "notice" else 0)
        if len(found) <= room:
            kept += found
            continue
        left = len(found) - room + 1
        kept += [*found[: room - 1], Annotation(level, f"{left} more are in the job summary.", "More findings")]
    return tuple(kept)


def stop(token: str) -> str:
    """From here on, lines that look like commands are text."""
    return f"::stop-commands::{token}"


def resume(token: str) -> str:
    """Commands count again."""
    return f"::{token}::"
