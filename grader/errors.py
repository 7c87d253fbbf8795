"""The exception tree.

GraderError                  expected: shown as a message, never with a traceback
├── UsageError               the command line or its inputs            exit 2
│   └── RubricError          a faulty rubric, with all its faults      exit 2
├── EvidenceError            a run folder that cannot be read          exit 2
├── WriteError               a result cannot be written             exit 2
├── ClusterError             a cluster that cannot be used             exit 2
└── BoxError                 the box cannot be built as demanded       exit 4
    └── WireError            what came out of the box is no frame      (a fault of the submission's process)
"""

from __future__ import annotations

from dataclasses import dataclass


class GraderError(Exception):
    """A failure we expect and can explain; `mend` is the command or change that mends it."""

    exit_code = 2

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


class UsageError(GraderError):
    """The command line, or a file it names, is not usable."""


@dataclass(frozen=True, slots=True)
class RubricFault:
    """One fault of a rubric: where (file, line and column from 1, path of keys), what, and the nearest valid thing."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.path}: {self.message}{hint}"


class RubricError(UsageError):
    """A rubric with faults: all of them."""

    def __init__(self, faults: tuple[RubricFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class EvidenceError(GraderError):
    """A run folder, or stored evidence in it, cannot be read."""


class WriteError(GraderError):
    """A result cannot be written: no room, no right, no such place."""

    @classmethod
    def at(cls, path: object, why: str) -> WriteError:
        return cls(f"cannot write {path}: {why}", "room and the right to write there; then give the same command again")


class ClusterError(GraderError):
    """A cluster cannot be reached, or not be used as it is."""


class BoxError(GraderError):
    """The box cannot be built as demanded."""

    exit_code = 4


class WireError(BoxError):
    """What came over the wire is not a frame."""
