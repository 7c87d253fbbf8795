"""The course of one run, the same in every sandbox: parts in order, their cells, their probes, and the record."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from grader.model.evidence import Capture, CaptureStatus, CellRun, Evidence, Run
from grader.model.probe import Plan, Probe, Program
from grader.model.rubric import Limits
from grader.model.submission import Part, Submission
from grader.model.values import Raised
from grader.sandbox.clock import Clock
from grader.sandbox.drive import BoxLost, Drive, late
from grader.sandbox.line import Line
from grader.sandbox.merge import is_settled, merged, wants_all_parts

Ending: TypeAlias = Literal["finished", "timed_out", "died", "box_failed", "nothing_to_run"]


STAGE = Part(path="", kind="module")
"""Where programs are run, after all other parts: a process in which no code of the submission has run."""


NO_OBJECTS = "only what it shows and writes can be looked at, not its objects"


@dataclass(slots=True)
class Course:
    """What has been observed so far; whenever the run ends, this is its evidence."""

    plan: Plan
    submission: Submission
    limits: Limits
    isolation: str
    walls: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    ended: Ending = "finished"
    detail: str = ""
    peak_memory: int = 0
    _answers: dict[str, list[Capture]] = field(default_factory=dict)
    _cells: list[CellRun] = field(default_factory=list)
    _student_seconds: float = 0.0
    _started: float = field(default_factory=time.monotonic)
    _at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def parts(self) -> tuple[Part, ...]:
        runnable = tuple(p for p in self.submission.parts if self._is_runnable(p))
        if not self.plan.runs_programs or not self.submission.files:
            return runnable
        return (STAGE,) if self.plan.runs_only_programs else (*runnable, STAGE)

    def _is_runnable(self, part: Part) -> bool:
        has_code = any(cell.kind == "code" and cell.source.strip() for cell in part.cells)
        return has_code and part.kind != "document" and (part.language == "python" or self._kernel(part) is not None)

    def _kernel(self, part: Part) -> dict[str, str] | None:
        """The Jupyter kernel for a notebook that was handed in; None for all that our own shell runs."""
        if self.plan.runner != "jupyter" or part.kind != "notebook" or part.made_of:
            return None
        return {"wanted": self.plan.kernel, "named": part.kernel}

    def take(self, line: Line) -> None:
        """Run every part over this line; keeps what was seen when the box is lost half way."""
        clock = Clock.start(self.limits)
        for part in self.parts:
            drive = Drive(line, part, self.limits, self.plan.seed, clock, self._kernel(part))
            try:
                drive.run_cells(self.plan.stop_on_error)
                self._ask(drive)
                if drive.is_lost:
                    self.fail("the box ended before everything was looked at")
            except BoxLost as lost:
                self._lose(lost, drive)
            self._cells += drive.cells
            self._student_seconds += drive.student_seconds
            if self.ended in ("box_failed", "died"):
                return
        if clock.is_over:
            self.ended, self.detail = "timed_out", f"the whole submission was over its {self.limits.wall:g} s"

    def _lose(self, lost: BoxLost, drive: Drive) -> None:
        """Where the box lives and no process begins in it any more, that is the doing of the code that has run in it."""
        has_run = any(cell.status != "not_run" for cell in (*self._cells, *drive.cells))
        if lost.box_lives and has_run and not lost.lacks:
            self.ended, self.detail = "died", f"after what the submission did, no process begins any more: {lost}"
        else:
            self.fail(str(lost))

    def _ask(self, drive: Drive) -> None:
        """Ask this part what it is to be asked, and what no earlier part has settled."""
        probes = [p for p in self.plan.for_box if self._is_open(p, drive.part)]
        detail = "" if drive.language == "python" else f"{drive.part.path} is in {drive.language}: {NO_OBJECTS}"
        for probe, capture in zip(probes, drive.ask(probes), strict=True):
            is_missing = capture.status is CaptureStatus.MISSING
            said = capture.model_copy(update={"detail": detail}) if detail and is_missing else capture
            self._answers.setdefault(probe.key, []).append(said)

    def _is_open(self, probe: Probe, part: Part) -> bool:
        if (part is STAGE) is not isinstance(probe, Program) and not self.plan.runs_only_programs:
            return False
        if part.made_of and not part.shows and wants_all_parts(probe):
            return False  # the rubric's programs are not the student's own code
        only = getattr(probe, "part", "")
        settled = is_settled(self._answers.get(probe.key, ()))
        return only in ("", part.path) and (wants_all_parts(probe) or not settled)

    def fail(self, why: str) -> None:
        """The box is lost; what has not been looked at stays open for a human."""
        self.ended, self.detail = "box_failed", why

    def note_memory(self, ended: int) -> None:
        """The host's word that this many processes were ended for memory. Then a box that is gone is the submission's doing."""
        if not ended:
            return
        self.detail = f"{self.detail}; " if self.detail else ""
        self.detail += f"the submission's processes together were over its memory, and {ended} of them were ended"
        if self.ended == "box_failed":
            self.ended = "died"

    @property
    def evidence(self) -> Evidence:
        """What was observed, with a capture for every probe of the plan that needs a run."""
        run = Run(
            isolation=self.isolation,
            walls=self.walls,
            versions=self.versions,
            started=self._at,
            seconds=time.monotonic() - self._started,
            student_seconds=self._student_seconds,
            cells=tuple(self._cells),
            ended=self.ended if self.parts else "nothing_to_run",
            detail=self.detail,
            peak_memory=self.peak_memory,
        )
        captures = {p.key: self._capture(p) for p in self.plan.for_box}
        return Evidence(submission=self.submission.digest, captures=captures, run=run)

    def _capture(self, probe: Probe) -> Capture:
        captures = self._answers.get(probe.key, [])
        if self.ended == "died" and not is_settled([c for c in captures if c.status is not CaptureStatus.BOX_FAILED]):
            return Capture(status=CaptureStatus.RAISED, error=Raised(kind="Died", message=self.detail), detail=self.detail)
        if self.ended == "box_failed" and not is_settled(captures):
            return Capture(status=CaptureStatus.BOX_FAILED, detail=self.detail)
        if self.ended == "timed_out" and not captures:
            return late(self.detail)
        return merged(probe, captures)
