"""A live notebook session as a sandbox: probes are answered from its namespace as it is now; nothing is run or forked."""

from __future__ import annotations

import functools
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.errors import WireError
from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.probe import Plan, Prints, Probe, Program
from grader.model.rubric import Limits
from grader.model.submission import Part, Submission
from grader.sandbox.inside.errors import Files
from grader.sandbox.inside.plots import FigureLog
from grader.sandbox.inside.probes import answer
from grader.sandbox.inside.session import versions
from grader.sandbox.inside.state import State
from grader.sandbox.wire import question, read_capture


class Shell(Protocol):
    """What is needed of an IPython shell."""

    user_ns: dict[str, Any]
    user_ns_hidden: dict[str, Any]


@dataclass
class Watched:
    """What the session did since it was watched: its figures, and the sources of its cells by their number."""

    log: FigureLog = field(default_factory=FigureLog)
    cells: dict[int, str] = field(default_factory=dict)
    now: int = 0
    is_registered: bool = False

    def begin(self, source: str) -> None:
        """A cell begins."""
        self.now += 1
        self.cells[self.now] = source
        self.log.begin(self.now)

    def note_open(self) -> None:
        """Remember every figure that is open, as it stands."""
        helpers = sys.modules.get("matplotlib._pylab_helpers")
        if helpers is not None:
            watch_closing(self.log)
            for manager in helpers.Gcf.get_all_fig_managers():
                self.log.record(manager.canvas.figure)


_watching: list[FigureLog] = []
"""The log that is told of closed figures; one at a time."""


def watch_closing(log: FigureLog) -> None:
    """From now on a figure is recorded before it is closed, as the inline backend closes them at the end of a cell."""
    _watching[:] = [log]
    if "matplotlib._pylab_helpers" in sys.modules:
        _wrap_closing()


@functools.cache
def _wrap_closing() -> None:
    gcf: Any = sys.modules["matplotlib._pylab_helpers"].Gcf
    for name in ("destroy", "destroy_all"):
        setattr(gcf, name, classmethod(_noting(getattr(gcf, name).__func__)))


def _noting(close: Any) -> Any:
    @functools.wraps(close)
    def noting(cls: Any, *args: Any) -> None:
        for manager in cls.get_all_fig_managers():
            if _watching and (not args or args[0] in (manager, manager.num)):
                _watching[0].record(manager.canvas.figure)
        close(cls, *args)

    return noting


class LiveSandbox:
    """Implements `Sandbox` on the session of `shell`. What its cells printed is not known, and programs are not run: those
    probes stay unanswered.

    Called functions run in the session itself: what they change stays changed. Random generators are put back, and figures
    that a call drew are closed.
    """

    def __init__(self, shell: Shell, watched: Watched | None = None) -> None:
        self._shell = shell
        self._watched = watched or Watched()

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """Make the plan's probes now; `submission` is the notebook as last saved, for its headings."""
        started = time.monotonic()
        self._watched.note_open()
        captures = {}
        part = next((p for p in submission.parts if p.kind == "notebook"), None)
        with _undisturbed():
            state = self._state(part, limits)
            for probe in plan.for_box:
                if not isinstance(probe, Prints | Program):
                    captures[probe.key] = _answer(state, probe)
        run = Run(isolation="live", versions=versions(), seconds=time.monotonic() - started)
        return Evidence(submission=submission.digest, captures=captures, run=run)

    def close(self) -> None:
        """The session goes on."""

    def _state(self, part: Part | None, limits: Limits) -> State:
        name = part.path if part is not None else "notebook"
        cells = [
            {"index": number, "kind": "code", "source": source, "headings": _headings(part, source)}
            for number, source in self._watched.cells.items()
        ]
        unrun = [{"index": -1 - c.index, "kind": c.kind, "source": c.source, "headings": c.headings} for c in _cells(part)]
        return State(
            part=name,
            kind="notebook",
            cells=(*cells, *unrun),
            files=_session_files(name, self._shell),
            namespace=self._shell.user_ns,
            hidden=self._shell.user_ns_hidden,
            drawn=self._watched.log.drawn,
            capture_limit=limits.capture,
        )


def _cells(part: Part | None) -> tuple[Any, ...]:
    return part.cells if part is not None else ()


def _headings(part: Part | None, source: str) -> tuple[str, ...]:
    """The headings of the saved cell with this source; none where it was changed since, or never saved."""
    return next((cell.headings for cell in _cells(part) if cell.source.strip() == source.strip()), ())


def _session_files(part: str, shell: Shell) -> Files:
    """Compiled cells have names of their own; each is told by its execution number (from 0, as cells are counted)."""
    numbers: Mapping[str, int] = getattr(getattr(shell, "compile", None), "_filename_map", None) or {}
    return Files(part=part, root=os.getcwd(), cells={name: max(int(number) - 1, 0) for name, number in numbers.items()})


def _answer(state: State, probe: Probe) -> Capture:
    asked = question(probe)
    given = answer(state, dict(asked.header), dict(asked.blobs))
    try:
        return read_capture(given.capture, given.blobs)
    except WireError as error:
        return Capture(status=CaptureStatus.BOX_FAILED, detail=str(error))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Puts the random generators back, and closes figures that were opened meanwhile, unseen."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    before = random.getstate()
    of_numpy = numpy.random.get_state() if numpy is not None else None
    of_torch = torch.get_rng_state() if torch is not None else None
    open_before = set(_open_figures())
    watching = list(_watching)
    _watching.clear()
    try:
        yield
    finally:
        random.setstate(before)
        if numpy is not None and of_numpy is not None:
            numpy.random.set_state(of_numpy)
        if torch is not None and of_torch is not None:
            torch.set_rng_state(of_torch)
        for number in set(_open_figures()) - open_before:
            sys.modules["matplotlib._pylab_helpers"].Gcf.destroy(number)
        _watching[:] = watching


def _open_figures() -> list[int]:
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    return list(helpers.Gcf.figs) if helpers is not None else []
