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
from grader.sandbox.course import Course
from grader.sandbox.drive import BoxLost
from grader.sandbox.groups import OVERHEAD, SPARE, Bounds, join_group
from grader.sandbox.handed import Handed, open_files
from grader.sandbox.holding import HOME, ROOM, OwnFolder
from grader.sandbox.inside import wire
from grader.sandbox.line import Gone, TreeLine
from grader.sandbox.walls import MEMORY, OUTER, inspect, refusal
from grader.sandbox.zygote import Zygote

BUILDING = 30.0
"""Seconds in which the walls must stand on a busy machine; it is well under 0.1 s on an idle one."""


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
        self._zygote: Zygote | None = None
        self._room = OwnFolder(ROOM)
        self._is_wrapped = outer and isolation == "strict" and not bubblewrap.try_out(python)

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """Run the submission once in a fresh box, make the plan's probes, and return what was observed."""
        zygote = self._warm(plan.imports)
        course = Course(plan, submission, limits, self._isolation, versions=dict(zygote.versions))
        if not course.parts:
            return course.evidence
        ours, theirs = socket.socketpair()
        ended = 0
        try:
            with open_files(course.submission, course.plan) as handed:
                begun = zygote.begin(theirs, handed.fds)
            theirs.close()
            group = join_group(_bounds(course), begun.pid)  # before the box is told anything
            try:
                self._take(course, ours, begun.pid, handed)
            finally:
                ours.close()
                with contextlib.suppress(OSError):  # what was observed counts, even if the warm process is gone
                    course.peak_memory = zygote.end(begun).memory
                ended = group.close()
        except (BoxLost, OSError) as lost:
            course.fail(str(lost))
        except ValueError as bad:
            course.fail(f"the submission's files could not be laid: {bad}")
        finally:
            theirs.close()
            ours.close()
        course.note_memory(ended)
        return course.evidence

    def _take(self, course: Course, ours: socket.socket, pid: int, handed: Handed) -> None:
        with self._home() as home:
            wire.write(ours.fileno(), self._job(course, home, handed))
            line = TreeLine(ours.fileno(), ours.fileno(), pid)
            course.walls = {**self._await_walls(line), MEMORY: "on", OUTER: "on" if self._is_wrapped else "off"}
            course.take(line)
            line.finish()

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
            "strict": self._isolation == "strict",
            "room": bubblewrap.ROOM if self._is_wrapped else self._room.path,
            "work": work,
            "files": handed.files,
            "data": handed.data,
            "disk": int(limits.disk) + laid,
            "visible": self._visible,
            "hidden": self._hidden,
            "limits": limits.model_dump(mode="json"),
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

    def _warm(self, imports: Sequence[str]) -> Zygote:
        wanted = tuple(dict.fromkeys((*self._imports, *imports)))
        if self._zygote is not None and (not self._zygote.is_alive or wanted != self._imports):
            self._zygote.close()
            self._zygote = None
        if self._zygote is None:
            self._imports = wanted
            self._zygote = Zygote(self._python, wanted, self._wrap)
        return self._zygote

    def _wrap(self, start: Sequence[str]) -> Sequence[str]:
        return bubblewrap.wrapped(start, self._python, self._visible) if self._is_wrapped else start

    def close(self) -> None:
        """End the warm process; the sandbox is not used afterwards."""
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
        self._room.close()


def _bounds(course: Course) -> Bounds:
    """The box as a whole: its files are kept in memory too."""
    limits = course.limits
    files = int(limits.disk) + folder.size(course.submission, course.plan)
    return Bounds(int(limits.memory) + files + OVERHEAD, limits.processes + SPARE)
