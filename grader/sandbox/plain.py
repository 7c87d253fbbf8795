"""Isolation `none`: the same inside in a plain subprocess, for a student's own work on her own machine, on any platform."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from grader.errors import BoxError
from grader.model.evidence import Evidence
from grader.model.probe import Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.sandbox import folder
from grader.sandbox.activity import activity_of
from grader.sandbox.clock import Activity
from grader.sandbox.course import Course
from grader.sandbox.drive import BoxLost
from grader.sandbox.holding import HOME, OwnFolder
from grader.sandbox.inside import wire
from grader.sandbox.line import CHUNK, Ended, Heard, TreeLine, write_until
from grader.sandbox.zygote import WARM_UP, command, scrubbed_environment

CAN_FORK = hasattr(os, "fork")
PATIENCE = 2.0
"""Seconds a process may take to end after it was told to."""


class PlainSandbox:
    """Implements `Sandbox` without walls: what a submission may do is what its user may do.

    `forks=False` answers probes in the process that ran the cells, as must be where there is no `os.fork`; after a hang it
    is started anew and the cells are run again.
    """

    def __init__(self, python: str = "", imports: Sequence[str] = (), forks: bool = CAN_FORK) -> None:
        self._python = python
        self._imports = tuple(imports)
        self._forks = forks

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """Run the submission once in a temporary folder, make the plan's probes, and return what was observed."""
        course = Course(plan, submission, limits, "none", walls={"all": "off: isolation none"})
        if not course.parts:
            return course.evidence
        with OwnFolder(HOME) as home:
            try:
                work = folder.lay(Path(home).resolve(), submission, plan)
            except (OSError, ValueError) as error:
                course.fail(f"the submission's files could not be laid: {error}")
                return course.evidence
            start = _Start(self._python, work, tuple(dict.fromkeys((*self._imports, *plan.warm))), self._forks)
            try:
                (_take_tree if self._forks else _take_lone)(course, start)
            except (BoxLost, OSError) as lost:
                course.fail(str(lost))
        return course.evidence

    def close(self) -> None:
        """Nothing is kept between runs."""


class _Start:
    """Starts the process for one submission."""

    def __init__(self, python: str, work: str, imports: tuple[str, ...], forks: bool) -> None:
        self._command = command(python, f"serve({work!r}, {list(imports)!r}, {forks})", module="plain")
        self._environment = scrubbed_environment(str(Path(work).parent), python)

    def __call__(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise BoxError(f"the interpreter cannot be started: {error}") from None


def _take_tree(course: Course, start: _Start) -> None:
    process = start()
    assert process.stdin is not None
    assert process.stdout is not None
    line = TreeLine(process.stdout.fileno(), process.stdin.fileno(), process.pid)
    try:
        heard = line.hear(time.monotonic() + WARM_UP)
        if not isinstance(heard, wire.Message):
            raise BoxLost("the process did not start")
        course.versions = _versions(heard)
        course.take(line)
        line.finish()
    finally:
        _end(process)


def _take_lone(course: Course, start: _Start) -> None:
    line = LoneLine(start)
    try:
        course.take(line)
    finally:
        line.kill()
    course.versions = line.versions


def _versions(message: wire.Message) -> dict[str, str]:
    versions = message.header.get("versions")
    return {str(k): str(v) for k, v in versions.items()} if isinstance(versions, dict) else {}


def _end(process: subprocess.Popen[bytes], patience: float = PATIENCE) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started, such as a program that never ends."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    process.kill()


class LoneLine:
    """A line to a process that runs the cells and answers the probes itself; every opening is a new process.

    A thread reads, because pipes cannot be waited for with a deadline on every platform.
    """

    forks = False

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._heard: Queue[wire.Message | Ended] = Queue(maxsize=64)
        self.versions: dict[str, str] = {}

    def open(self, job: dict[str, object]) -> None:
        self.kill()
        self._process = self._start()
        self._heard = Queue(maxsize=64)
        if self._process.stdin is not None and os.name == "posix":
            os.set_blocking(self._process.stdin.fileno(), False)
        Thread(target=_read, args=(self._process, self._heard), daemon=True).start()
        self.tell(job)

    def tell(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError):  # that it is gone, or late, will be heard
            write = write_until if os.name == "posix" else wire.write
            write(self._process.stdin.fileno(), header, blobs)

    def interrupt(self) -> None:
        if self._process is not None and os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(2)

    def kill(self) -> None:
        if self._process is not None:
            _kill_tree(self._process)
            _end(self._process)
            self._process = None

    def hear(self, until: float) -> Heard:
        try:
            heard = self._heard.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            return None
        if isinstance(heard, wire.Message) and heard.header.get("frame") == "warm":
            self.versions = _versions(heard)
        return heard

    def activity(self) -> Activity | None:
        return None if self._process is None else activity_of(self._process.pid)


def _read(process: subprocess.Popen[bytes], heard: Queue[wire.Message | Ended]) -> None:
    decoder = wire.Decoder()
    assert process.stdout is not None
    how = "closed its channel"
    try:
        while data := os.read(process.stdout.fileno(), CHUNK):
            for message in decoder.feed(data):
                heard.put(message)
    except wire.BrokenFrame as error:
        how = f"broke its channel: {error}"
    except (OSError, ValueError):
        pass
    heard.put(Ended(how))
