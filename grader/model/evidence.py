"""Evidence: what was observed in one submission, and the record of its run."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from grader.model.base import Frozen
from grader.model.probe import Probe
from grader.model.values import Raised, Value


class CaptureStatus(StrEnum):
    """How one probe ended. Only the host writes TIMED_OUT and BOX_FAILED."""

    CAPTURED = "captured"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    MISSING = "missing"
    BOX_FAILED = "box_failed"


class Place(Frozen):
    """Where something was found: the file, the cell (from 0) or the heading, and the name."""

    part: str = ""
    cell: int | None = None
    heading: str = ""
    name: str = ""


class Capture(Frozen):
    """What one probe brought back.

    `value` is set exactly when CAPTURED; `error` when RAISED. For MISSING, `looked_for` says what was looked for and
    `nearest` what came closest.
    """

    status: CaptureStatus
    value: Value | None = None
    error: Raised | None = None
    place: Place = Place()
    looked_for: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    mentioned: str = ""
    """For a section that is MISSING: the words of the text that may answer it all the same."""
    detail: str = ""
    """The host's word on a time-out, a failed box, or objects that cannot be looked at."""
    seconds: float = 0.0

    @classmethod
    def of(cls, value: Value) -> Capture:
        """A capture of this value, as tests and literals need it."""
        return cls(status=CaptureStatus.CAPTURED, value=value)


class CellRun(Frozen):
    """What happened to one cell or module. Streams are capped; `cut` counts the characters left out."""

    part: str
    cell: int | None
    status: Literal["ok", "raised", "timed_out", "died", "not_run"]
    seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    cut: int = 0
    error: Raised | None = None
    outputs: str = "[]"
    """JSON list of nbformat outputs, as the box sent them; data for the executed notebook, never rendered unescaped."""


class Run(Frozen):
    """The record of a run: versions, walls, times, cells, and how it ended."""

    isolation: str = ""
    walls: dict[str, str] = Field(default_factory=dict)
    """Wall to ``on`` or why it is off."""
    versions: dict[str, str] = Field(default_factory=dict)
    started: str = ""
    seconds: float = 0.0
    """Wall time of the whole, and in `student_seconds` that of the student's own code (cells and called functions)."""
    student_seconds: float = 0.0
    cells: tuple[CellRun, ...] = ()
    ended: Literal["finished", "timed_out", "died", "box_failed", "nothing_to_run"] = "finished"
    detail: str = ""
    peak_memory: int = 0
    """Bytes, where it is known."""


class Evidence(Frozen):
    """All captures of one submission by probe key, and the run's record."""

    submission: str
    """The submission's digest."""
    captures: dict[str, Capture] = Field(default_factory=dict)
    run: Run = Run()

    def capture(self, probe: Probe) -> Capture | None:
        """What this probe brought back; None if it was never asked."""
        return self.captures.get(probe.key)
