"""The box on this machine: a warm process, and walls around a fork of it for every submission (Linux)."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from grader.model.evidence import Evidence
from grader.model.probe import Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.sandbox import bubblewrap, folder
from grader.sandbox.boxes import Box, Boxes
from grader.sandbox.course import Course
from grader.sandbox.drive import BoxLost
from grader.sandbox.groups import OVERHEAD, SPARE, Bounds
from grader.sandbox.handed import Handed, open_files
from grader.sandbox.holding import HOME, ROOM, OwnFolder
from grader.sandbox.inside import wire
from grader.sandbox.inside.orders import FILES
from grader.sandbox.line import Ended, Gone, TreeLine
from grader.sandbox.walls import MEMORY, OUTER, inspect, refusal
from grader.sandbox.zygote import Zygote

BUILDING = 30.0
"""Seconds in which the walls must stand on a busy machine; it is well under 0.1 s on an idle one."""


ENDING = 2.0
"""Seconds in which process 1 must have ended all others."""
EVEN = 2**24
"""Bounds are whole multiples of so many bytes, so that a box which was begun ahead fits the next submission."""


class LocalSandbox:
    """Implements `Sandbox`. `strict` refuses to run without every wall; `best` takes those that work and says which.

    `python` is the course's own interpreter ("" is ours), `imports` what to have warm beside numpy, torch and matplotlib;
    `visible` further host folders that submissions may read, `hidden` folders to cover where they lie within a visible one.
    Around the warm process of `strict` stands bubblewrap where that works here, unless `outer` is False.
    """

    def __init__(
        self,
        isolation: Literal["strict", "best"] = "strict",
        python: str = "",
        imports: Sequence[str] = (),
        visible: Sequence[str] = (),
        hidden: Sequence[str] = (),
        outer: bool = True,
    ) -> None:
        self._isolation = isolation
        self._python = python
        self._imports = tuple(imports)
        self._visible = list(visible)
        self._hidden = list(hidden)
        self._boxes: Boxes | None = None
        self._room = OwnFolder(ROOM)
        self._is_wrapped = outer and isolation == "strict" and not bubblewrap.try_out(python)

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """Run the submission once in a fresh box, make the plan's probes, and return what was observed."""
        boxes = self._warm(plan.warm)
        course = Course(plan, submission, limits, self._isolation, versions=dict(boxes.zygote.versions))
        if not course.parts:
            return course.evidence
        ended = 0
        try:
            with open_files(course.submission, course.plan) as handed:
                box = boxes.take(_bounds(course))
                try:
                    self._take(course, boxes, box, handed)
                finally:
                    ended = _let_go(course, boxes, box)
        except (BoxLost, OSError) as lost:
            course.fail(str(lost))
        except ValueError as bad:
            course.fail(f"the submission's files could not be laid: {bad}")
        course.note_memory(ended)
        return course.evidence

    def _take(self, course: Course, boxes: Boxes, box: Box, handed: Handed) -> None:
        with self._home() as home:
            with contextlib.suppress(OSError):  # a box that is gone has said why
                socket.send_fds(box.wire, [FILES], handed.fds)
                wire.write(box.wire.fileno(), self._job(course, home, handed))
            line = TreeLine(box.wire.fileno(), box.wire.fileno(), box.begun.pid)
            course.walls = {**self._await_walls(line), MEMORY: "on", OUTER: "on" if self._is_wrapped else "off"}
            boxes.prepare(box.bounds)
            course.take(line)
            line.finish()
            course.peak_memory = _await_end(line)

    def _home(self) -> AbstractContextManager[str]:
        """A folder on the host for what runs without a private root; `strict` never does."""
        if self._isolation == "strict":
            return contextlib.nullcontext("")
        return OwnFolder(HOME)

    def _job(self, course: Course, home: str, handed: Handed) -> dict[str, object]:
        from grader.sandbox.inside import confine  # only on Linux

        limits = course.limits
        laid = folder.size(course.submission, course.plan)
        owner = confine.NOBODY if home and confine.can_be_nobody() else None
        work = folder.lay(Path(home), course.submission, course.plan, owner) if home else ""
        return {
            "work": work,
            "files": handed.files,
            "data": handed.data,
            "disk": int(limits.disk) + laid,
            "limits": limits.model_dump(mode="json"),
            "runner": course.plan.runner,
        }

    def _setting(self) -> dict[str, object]:
        """What is the same for every submission."""
        return {
            "strict": self._isolation == "strict",
            "room": bubblewrap.ROOM if self._is_wrapped else self._room.path,
            "visible": self._visible,
            "hidden": self._hidden,
        }

    def _await_walls(self, line: TreeLine) -> dict[str, str]:
        heard = line.hear(time.monotonic() + BUILDING)
        if heard is None or not isinstance(heard, wire.Message):
            raise BoxLost(heard.how if isinstance(heard, Gone) else "the walls did not stand in time")
        if heard.header.get("frame") == "wall_failed":
            raise refusal(inspect(self._python), first=f"{heard.header['wall']}: {heard.header['why']}")
        if heard.header.get("frame") == "box_failed":
            raise BoxLost(str(heard.header["why"]))
        walls = heard.header["walls"]
        assert isinstance(walls, dict)
        return {str(k): str(v) for k, v in walls.items()}

    def _warm(self, imports: Sequence[str]) -> Boxes:
        wanted = tuple(dict.fromkeys((*self._imports, *imports)))
        if self._boxes is not None and (not self._boxes.zygote.is_alive or wanted != self._imports):
            self._boxes.close()
            self._boxes = None
        if self._boxes is None:
            self._imports = wanted
            self._boxes = Boxes(Zygote(self._python, wanted, self._wrap, self._setting()))
        return self._boxes

    def _wrap(self, start: Sequence[str]) -> Sequence[str]:
        return bubblewrap.wrapped(start, self._python, self._visible) if self._is_wrapped else start

    def close(self) -> None:
        """End the warm process; the sandbox is not used afterwards."""
        if self._boxes is not None:
            self._boxes.close()
            self._boxes = None
        self._room.close()


def _await_end(line: TreeLine) -> int:
    """Peak memory, in bytes, that process 1 tells when no other process is left; 0 if it tells none."""
    until = time.monotonic() + ENDING
    while isinstance(heard := line.hear(until), wire.Message | Ended):
        if isinstance(heard, wire.Message) and heard.header.get("frame") == "used":
            memory = heard.header["memory"]
            assert isinstance(memory, int)
            return memory
    return 0


def _let_go(course: Course, boxes: Boxes, box: Box) -> int:
    """How many processes were ended for memory. Where process 1 said that none is left, evidence does not wait for the kernel."""
    ended = box.group.ended()
    over = boxes.end(box)
    if not course.peak_memory:
        course.peak_memory, ended = over.result().memory, over.result().ended
    return ended


def _bounds(course: Course) -> Bounds:
    """The box as a whole: its files are kept in memory too."""
    limits = course.limits
    files = int(limits.disk) + folder.size(course.submission, course.plan)
    memory = int(limits.memory) + files + OVERHEAD
    return Bounds(memory + -memory % EVEN, limits.processes + SPARE)
