"""A machine that stands still costs the student nothing, in real boxes: their processes are stopped for longer than the limit."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.model.probe import Call, Case, Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Calls, Scalar
from grader.sandbox.base import Sandbox
from grader.sandbox.local import LocalSandbox
from grader.sandbox.plain import PlainSandbox
from grader.sandbox.tree import Tree

pytestmark = [pytest.mark.box, pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")]
LIMIT = 0.8
LIMITS = Limits(wall=20, cell=LIMIT, probe=LIMIT)
NAME = "stand-still"
WORK = f"""
import ctypes, time
def work(x=1):
    ctypes.CDLL(None).prctl(15, b"{NAME}", 0, 0, 0)  # tells the test that the work has begun
    for _ in range(10):
        time.sleep(0.01)
    ctypes.CDLL(None).prctl(15, b"python", 0, 0, 0)
    return x
"""
WORKING = Call(names=("work",), cases=(Case(),))


def is_at_work(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == NAME
    except OSError:
        return False


@contextmanager
def standing_still(seconds: float) -> Iterator[list[float]]:
    """Whenever the student's work has begun, everything below this process is stopped for a while; how long each time."""
    times: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            members = Tree(os.getpid()).members()[1:]
            if any(map(is_at_work, members)):
                began = time.monotonic()
                send(members, signal.SIGSTOP)
                time.sleep(seconds)
                send(members, signal.SIGCONT)
                times.append(time.monotonic() - began)
                while any(map(is_at_work, members)) and not over.wait(0.01):
                    pass

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def send(members: list[int], number: int) -> None:
    for pid in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@pytest.fixture(params=["none", "local"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    if request.param == "local":
        request.getfixturevalue("_walls")
    made: Sandbox = PlainSandbox() if request.param == "none" else LocalSandbox("strict")
    yield made
    made.close()


def test_a_box_that_is_stopped_for_longer_than_its_limits_loses_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    cells = tuple(Cell(index=i, kind="code", source=source) for i, source in enumerate((WORK, "x = work(3)")))
    submission = Submission(id="s", root=str(tmp_path), digest="0", parts=(Part(path="a.ipynb", kind="notebook", cells=cells),))
    with standing_still(1.5 * LIMIT) as times:
        evidence = sandbox.run(Plan(probes=(WORKING, Look(names=("x",)))), submission, LIMITS)
    assert len(times) == 2, "it was to be stopped once in the cell and once in the probe"
    assert min(times) > LIMIT
    assert [cell.status for cell in evidence.run.cells] == ["ok", "ok"]
    called = evidence.captures[WORKING.key].value
    assert isinstance(called, Calls), evidence
    assert called.outcomes[0].value == Scalar(value=1, python="int")
    assert evidence.captures[Look(names=("x",)).key].value == Scalar(value=3, python="int")
