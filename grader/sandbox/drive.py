"""Driving one part of a submission through a box: every request, every deadline, and what is done when one is missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.errors import WireError
from grader.model.evidence import Capture, CaptureStatus, CellRun
from grader.model.probe import Figures, Look, Prints, Probe, Program, SourceText
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part
from grader.model.values import Raised
from grader.sandbox.clock import READING, Clock, Sample
from grader.sandbox.line import Ended, Gone, Heard, Line
from grader.sandbox.wire import BrokenFrame, Caps, Decoder, Message, question, read_capture, read_cell

GRACE = 1.0
"""Seconds that code over its deadline has to react to Ctrl-C before it is killed."""
ONLY_LOOK = (Look, Prints, SourceText, Figures)
OPENING = 60.0
"""Seconds a process for a part may take to be ready, before any student code; a plain one imports torch first."""


KILLED = "signal 9"
"""How a process ended that was killed: by itself, by the kernel because the box or the machine was short of memory, by others."""


class BoxLost(Exception):
    """The box is gone, or did not begin: not the submission's doing as far as can be known.

    `box_lives`: process 1 is there, and the process that it began ended by itself before it was ready. `lacks`: it says, before
    any code of the submission has run in it, that the environment has not what the rubric asks for.
    """

    def __init__(self, why: str, box_lives: bool = False, lacks: bool = False) -> None:
        super().__init__(why)
        self.box_lives = box_lives
        self.lacks = lacks


@dataclass(slots=True)
class _Heard:
    """What came of one request: the frames before its end, or why there was no end."""

    cell: CellRun | None = None
    captures: list[Message] = field(default_factory=list)
    fault: str = ""
    ended: str = ""
    is_late: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class Drive:
    """One part's cells and probes over one line. After a death the part is begun again without the cells that killed it."""

    line: Line
    part: Part
    limits: Limits
    seed: int
    clock: Clock
    kernel: Mapping[str, str] | None = None
    """The Jupyter kernel that the part's cells are for: as the rubric wants it, and as the notebook names it."""
    language: str = "python"
    """Of the cells, as the process for the part says that it runs them."""
    cells: list[CellRun] = field(default_factory=list)
    student_seconds: float = 0.0
    _done: list[Cell] = field(default_factory=list)
    _is_open: bool = False
    _is_gone: bool = False

    @property
    def is_lost(self) -> bool:
        """The whole box is gone, and what was not yet seen cannot be."""
        return self._is_gone

    def run_cells(self, stop_on_error: bool) -> None:
        """Run the code cells in order and record each."""
        is_stopped = False
        for cell in self.part.cells:
            if cell.kind != "code" or not cell.source.strip():
                continue
            if is_stopped or self.clock.now >= self.clock.cells_until or not self._reopen():
                self._record(cell, CellRun(part=self.part.path, cell=self._number(cell), status="not_run"))
                continue
            run = self._run_cell(cell)
            self._record(cell, run)
            is_stopped = stop_on_error and run.status != "ok"

    def ask(self, probes: Sequence[Probe]) -> list[Capture]:
        """Make these probes; whatever happens, a capture for each.

        Those that only look go together into one fork; where that ends badly or late, the rest are asked one by one. So whatever
        only looks is late no sooner than in its second fork: the first may have met a lock that another thread held.
        """
        looks = [probe for probe in probes if isinstance(probe, ONLY_LOOK)]
        together = self._ask_together(looks) if looks else []
        found = {probe.key: capture for probe, capture in zip(looks, together, strict=False)}
        return [found[probe.key] if probe.key in found else self._ask_one(probe) for probe in probes]

    def _ask_one(self, probe: Probe) -> Capture:
        is_open = not self.clock.is_over and self._reopen()
        if self.clock.is_over:
            return late(f"the whole submission was over its {self.limits.wall:g} s before this was looked at")
        if not is_open:
            return Capture(status=CaptureStatus.BOX_FAILED, detail="the box was lost before this was looked at")
        heard = self._request([probe])
        if heard.ended == KILLED and self.clock.may_try_again():
            return self._ask_one(probe)
        overdue = late(f"did not end within {heard.seconds:.3g} s", heard.seconds)
        capture = overdue if heard.is_late else self._judge(heard)
        self.student_seconds += min(capture.seconds, heard.seconds)
        return capture

    def _ask_together(self, probes: Sequence[Probe]) -> list[Capture]:
        """The captures that arrived whole, from the first on."""
        if self.clock.is_over or not self._reopen():
            return []
        heard, captures = self._request(probes), []
        for message in heard.captures:
            try:
                captures.append(read_capture(message.header.get("capture"), message.blobs))
            except WireError:
                break
        return captures[: len(probes)]

    def _request(self, probes: Sequence[Probe]) -> _Heard:
        asked = [question(probe) for probe in probes]
        blobs = asked[0].blobs if len(asked) == 1 else {}
        self.line.tell({"ask": "probe", "probes": [message.header for message in asked]}, blobs)
        patience = max(self._patience(probe) for probe in probes)
        heard = self._listen(min(self.clock.now + patience, self.clock.until), "probe_end")
        if heard.is_late:
            self._stop_probe()
        return heard

    def _patience(self, probe: Probe) -> float:
        """Seconds for an answer; a program has its own."""
        return probe.seconds if isinstance(probe, Program) else self.limits.probe

    # cells

    def _run_cell(self, cell: Cell) -> CellRun:
        self.line.tell({"ask": "cell", "index": cell.index})
        heard = self._listen(min(self.clock.now + self.limits.cell, self.clock.cells_until), "cell_end")
        if heard.ended == KILLED and self.clock.may_try_again() and self._reopen():
            return self._run_cell(cell)
        number, seconds = self._number(cell), heard.seconds
        if heard.is_late:
            heard = self._interrupt()
            run = heard.cell or CellRun(part=self.part.path, cell=number, status="timed_out")
            return run.model_copy(update={"cell": number, "status": "timed_out", "seconds": seconds, "error": None})
        if heard.ended or heard.cell is None:
            died = Raised(kind="Died", message=heard.ended or heard.fault or "the cell left no record")
            run = heard.cell or CellRun(part=self.part.path, cell=number, status="died")
            return run.model_copy(update={"cell": number, "status": "died", "seconds": seconds, "error": died})
        return heard.cell.model_copy(update={"cell": number})

    def _interrupt(self) -> _Heard:
        self.line.interrupt()
        heard = self._listen(self.clock.now + GRACE, "cell_end")
        if heard.is_late:
            self._kill()
        return heard

    def _number(self, cell: Cell) -> int | None:
        return None if self.part.kind == "module" else cell.index

    def _record(self, cell: Cell, run: CellRun) -> None:
        self.cells.append(run)
        self.student_seconds += run.seconds
        if run.status in ("ok", "raised"):
            self._done.append(cell)

    # the process

    def _reopen(self) -> bool:
        """A process in the state that the recorded cells left; False when that cannot be had."""
        while not self._is_open:
            if self._is_gone or self.clock.is_over:
                return False
            self._open()
            self._replay()
        return True

    def _open(self) -> None:
        job = {"part": self.part.model_dump(mode="json"), "limits": self.limits.model_dump(mode="json"), "seed": self.seed}
        if self.kernel is not None:
            job["kernel"] = dict(self.kernel)
        began = self.clock.machine()
        self.line.open(job)
        while True:
            heard = self.line.hear(began + OPENING)
            if heard is None or isinstance(heard, Ended | Gone):
                self._is_gone = True
                how = "no process for the part began" if heard is None else heard.how
                raise BoxLost(how, isinstance(heard, Ended) and how.startswith("exit"))
            if heard.header.get("frame") == "unready":
                self._is_gone = True
                why, lacks = str(heard.header.get("why")), heard.header.get("lacks") is True
                raise BoxLost(why if lacks else f"no session for the part began: {why}", box_lives=True, lacks=lacks)
            if heard.header.get("frame") == "ready":
                self._is_open = True
                self.language = str(heard.header.get("language", "python"))[:100]
                self.clock.forgive(self.clock.machine() - began)
                return

    def _replay(self) -> None:
        for cell in tuple(self._done):
            if self.clock.is_over:
                self._kill()
                return
            self.line.tell({"ask": "cell", "index": cell.index})
            heard = self._listen(min(self.clock.now + self.limits.cell, self.clock.until), "cell_end")
            if heard.ended == KILLED and self.clock.may_try_again():
                return
            if heard.is_late or heard.ended:
                self._done.remove(cell)
                if heard.is_late:
                    self._kill()
                return

    def _kill(self) -> None:
        self.line.kill()
        self._is_open = False

    # probes

    def _stop_probe(self) -> None:
        if self.line.forks:
            self.line.tell({"ask": "stop"})
            if not self._listen(self.clock.now + GRACE, "probe_end").is_late:
                return
        self._kill()

    def _judge(self, heard: _Heard) -> Capture:
        if heard.captures:
            answer = heard.captures[0]
            try:
                capture = read_capture(answer.header.get("capture"), answer.blobs)
                return capture.model_copy(update={"seconds": capture.seconds or heard.seconds})
            except WireError as unreadable:
                heard.fault = str(unreadable)
        if heard.fault and not heard.ended:
            error = Raised(kind="Unreadable", message=heard.fault)
        else:
            error = Raised(kind="Died", message=f"the process ended while this was looked at ({heard.ended})")
        return Capture(status=CaptureStatus.RAISED, error=error, detail=error.message, seconds=heard.seconds)

    # listening

    def _listen(self, until: float, end: str) -> _Heard:
        """Everything up to the frame that ends the request, or the deadline, or the process's end."""
        found, began = _Heard(), self.clock.now
        capture = Decoder(Caps(blobs=int(self.limits.capture)))
        while True:
            heard = self._hear(until)
            found.seconds = self.clock.now - began
            if heard is None or self.clock.now > until + READING:  # a flood of frames does not stop the clock
                found.is_late = True
                return found
            if isinstance(heard, Ended | Gone):
                self._is_open, self._is_gone = False, isinstance(heard, Gone)
                found.ended = heard.how
                return found
            if heard.header.get("frame") == end:
                self._finish(found, str(heard.header.get("how", "")))
                return found
            self._take(heard, found, capture)

    def _hear(self, until: float) -> Heard:
        """The next thing; None when the deadline is over. Time in which the machine kept the box from working is not counted."""
        before: Sample | None = None
        while True:
            wake = self.clock.next_wake(until)
            heard = self.line.hear(wake)
            self.clock.note_woken(wake)
            if heard is not None:
                return heard
            before = self.clock.forgive_starving(before, self.line.activity())
            if self.clock.now >= until:
                return None

    def _take(self, message: Message, found: _Heard, capture: Decoder) -> None:
        try:
            if message.header.get("frame") == "cell":
                found.cell = read_cell(message.header, self.part.path, None)
            elif message.header.get("frame") == "piece" and not found.fault:
                for inner in capture.feed(message.blobs.get("data", b"")):
                    if inner.header.get("frame") == "capture":
                        found.captures.append(inner)
                    else:
                        found.fault = str(inner.header.get("how"))
        except (WireError, BrokenFrame) as error:
            found.fault = str(error)

    @staticmethod
    def _finish(found: _Heard, how: str) -> None:
        if found.cell is None and not found.captures and not found.fault:
            if how.startswith(("exit", "signal")):
                found.ended = how
            else:
                found.fault = how


def late(detail: str, seconds: float = 0.0) -> Capture:
    """The capture of a missed deadline."""
    return Capture(status=CaptureStatus.TIMED_OUT, detail=detail, seconds=seconds)
