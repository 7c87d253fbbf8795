"""Bringing scores, gradebook and pages up to date after decisions: `pipeline.regrade` of whose checks were decided about.

Decisions are durable before this begins. It is done in a process of its own, because a regrade forks and this one has threads.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from grader.web.processes import in_another_process

log = logging.getLogger(__name__)
QUIET = 2.0
"""Seconds after a decision in which another one may come and be done together with it."""
SHARE = 2.0
"""How many times the last update took is waited for at least: a large class takes the machine for a third of its time at most."""


@dataclass(frozen=True)
class Task:
    """One run folder to be brought up to date; `among` is None for all its submissions."""

    folder: Path
    rubric: Path
    among: frozenset[str] | None
    course: Path | None = None
    """The course's folder that the run is in."""


@dataclass(frozen=True)
class Progress:
    """How the scores stand to the decisions."""

    behind: int
    """Submissions whose decisions are not in the scores yet."""
    trouble: str = ""
    """Why the last attempt failed; "" where it did not."""


Work: TypeAlias = Callable[[Task], None]


def bring_up_to_date(task: Task) -> None:
    """Judge and write what a task asks for.

    Raises:
        GraderError: the rubric or the run folder cannot be read.
    """
    from filelock import FileLock

    from grader import pipeline
    from grader.intake.rubrics import load_rubric
    from grader.store.course_folder import run_folders, write_course
    from grader.store.run_folder import RunFolder

    with FileLock((task.course or task.folder) / ".regrade.lock"):
        pipeline.regrade(task.folder, load_rubric(task.rubric), among=task.among)
        if task.course is not None:
            write_course(task.course, {folder.name: RunFolder(folder).read_class() for folder in run_folders(task.course) or ()})


def update_in_another_process(task: Task) -> None:
    """`bring_up_to_date` where no Ctrl-C in the terminal reaches it."""
    in_another_process(bring_up_to_date, task)


@dataclass
class Updates:
    """Notes whose scores are behind, and brings them up to date when it is quiet, or when it is asked to."""

    work: Work
    quiet: float = QUIET
    _behind: defaultdict[Task, set[str]] = field(default_factory=lambda: defaultdict(set))
    _doing: int = 0
    _took: float = 0.0
    _trouble: str = ""
    _timer: threading.Timer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def note(self, task: Task, submissions: Iterable[str]) -> None:
        """The scores of these submissions are behind; `task` says where, its `among` None where all must be judged."""
        with self._lock:
            self._behind[task] |= set(submissions)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(max(self.quiet, SHARE * self._took), self.catch_up)
            self._timer.daemon = True
            self._timer.start()

    def catch_up(self) -> Progress:
        """Bring everything up to date now, and wait for it."""
        with self._one_at_a_time:
            with self._lock:
                todo, self._behind = self._behind, defaultdict(set)
                self._doing = sum(map(len, todo.values()))
            began = time.monotonic()
            for task, submissions in todo.items():
                self._do(task, submissions)
            with self._lock:
                self._doing, self._took = 0, time.monotonic() - began
        return self.progress

    def hurry(self, patience: float) -> bool:
        """Begin now, and wait so many seconds at most; whether it is done."""
        worker = threading.Thread(target=self.catch_up, daemon=True)
        worker.start()
        worker.join(patience)
        return not worker.is_alive()

    def _do(self, task: Task, submissions: set[str]) -> None:
        one = task if task.among is None else Task(task.folder, task.rubric, frozenset(submissions), task.course)
        try:
            self.work(one)
        except Exception as error:  # whatever it is, the reviewer is told, and it is tried again
            log.exception("the scores of %s could not be brought up to date", one.folder)
            with self._lock:
                self._trouble = str(error) or type(error).__name__
                self._behind[task] |= submissions
        else:
            with self._lock:
                self._trouble = ""

    @property
    def progress(self) -> Progress:
        with self._lock:
            return Progress(sum(map(len, self._behind.values())) + self._doing, self._trouble)
