"""Where submissions lie: a folder, a file or a zip a student, or files picked out of a platform's download."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from grader.model.student import Student
from grader.model.submission import Fault

LONGEST_ID = 200
"""Bytes, of the 255 that a name may have on the usual file systems."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a submission: its name there, and where it lies: a file, or the entry `inner` of a zip."""

    name: str
    path: Path
    inner: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one student's work lies: a folder, a single file, or a zip; or `members` of a download at `path`."""

    id: str
    path: Path
    handed_in: str = ""
    """ISO 8601 time of hand-in where whoever brought it knows it."""
    marked_late: bool = False
    """A platform says that it was late, and not by how much."""
    faults: tuple[Fault, ...] = ()
    """What kept it from being brought whole."""
    members: tuple[Member, ...] = ()
    students: tuple[Student, ...] = ()


def safe_id(text: str) -> str:
    """The text as an id that may be the name of a file: letters of any script and digits stay, everything odd becomes ``_``."""
    plain = re.sub(r"[^\w.@+-]+", "_", unicodedata.normalize("NFC", text)).strip("._")
    return plain[:100].encode()[:LONGEST_ID].decode(errors="ignore") or "submission"
