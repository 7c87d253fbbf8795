"""Boxes begun ahead: the next one stands ready, fits what it is taken for, and nothing of any is left in the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.model.evidence import CaptureStatus
from grader.model.probe import Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.sandbox.boxes import Box
from grader.sandbox.groups import First, Second
from grader.sandbox.local import LocalSandbox
from grader.sandbox.tree import Tree

pytestmark = [pytest.mark.box, pytest.mark.usefixtures("_walls")]
X = Look(names=("x",))
LIMITS = Limits()


def submission(folder: Path, source: str = "x = 1") -> Submission:
    part = Part(path="a.ipynb", kind="notebook", cells=(Cell(index=0, kind="code", source=source),))
    return Submission(id="s", root=str(folder), digest="d", parts=(part,))


def run(box: LocalSandbox, folder: Path, source: str = "x = 1", limits: Limits = LIMITS) -> CaptureStatus:
    return box.run(Plan(probes=(X,)), submission(folder, source), limits).captures[X.key].status


def ready(box: LocalSandbox) -> Box:
    assert box._boxes is not None
    assert box._boxes._next is not None
    return box._boxes._next.result()


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def test_the_next_box_stands_ready_as_one_process_and_is_taken(box: LocalSandbox, tmp_path: Path) -> None:
    assert run(box, tmp_path) is CaptureStatus.CAPTURED
    first = ready(box)
    assert Tree(first.begun.pid).members() == [first.begun.pid]
    assert run(box, tmp_path) is CaptureStatus.CAPTURED
    assert ready(box).begun.pid != first.begun.pid
    assert soon(lambda: not Path(f"/proc/{first.begun.pid}").exists())


def test_a_box_that_has_other_bounds_is_put_into_another_group(box: LocalSandbox, tmp_path: Path) -> None:
    run(box, tmp_path)
    before = ready(box)
    taker = "x = bytearray(400 * 2**20); x = 1"
    assert run(box, tmp_path, taker, Limits(memory=2**28)) is not CaptureStatus.CAPTURED
    assert ready(box).bounds.memory < before.bounds.memory
    assert run(box, tmp_path, taker) is CaptureStatus.CAPTURED


def test_the_work_folder_is_as_large_as_the_limits_say_though_the_box_came_before_them(box: LocalSandbox, tmp_path: Path) -> None:
    run(box, tmp_path)
    writer = "open('f', 'wb').write(bytes(3 * 2**20)); x = 1"
    assert run(box, tmp_path, writer, Limits(disk=2**21)) is CaptureStatus.MISSING
    assert run(box, tmp_path, writer, Limits(disk=2**23)) is CaptureStatus.CAPTURED


def test_a_box_that_ended_while_it_stood_ready_is_no_submissions_doing(box: LocalSandbox, tmp_path: Path) -> None:
    run(box, tmp_path)
    last = ready(box)
    os.kill(last.begun.pid, signal.SIGKILL)
    assert soon(lambda: Path(f"/proc/{last.begun.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    assert run(box, tmp_path) is CaptureStatus.CAPTURED


def test_nothing_is_left_of_the_boxes_of_a_sandbox_that_is_closed(tmp_path: Path) -> None:
    sandbox = LocalSandbox("strict")
    run(sandbox, tmp_path)
    last = ready(sandbox)
    folders = [group.path for group in getattr(last.group, "_groups", [])] if isinstance(last.group, First | Second) else []
    sandbox.close()
    assert not Path(f"/proc/{last.begun.pid}").exists()
    assert not any(folder.exists() for folder in folders)
