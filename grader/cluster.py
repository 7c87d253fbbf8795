"""The same story over many submissions: worker threads, each with its own warm sandbox."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from grader.model.evidence import Evidence
from grader.model.submission import Submission
from grader.sandbox.base import Sandbox


@dataclass(frozen=True, slots=True)
class Observed:
    """The evidence of one submission."""

    submission: Submission
    evidence: Evidence


class Workers:
    """A pool of sandboxes, one a thread. Use as a context manager: leaving it ends every warm process."""

    def __init__(self, make_sandbox: Callable[[], Sandbox], jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._make = make_sandbox
        self._local = threading.local()
        self._all: list[Sandbox] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for sandbox in self._all:
            sandbox.close()

    def sandbox(self) -> Sandbox:
        """This thread's sandbox, made on first use."""
        if not hasattr(self._local, "sandbox"):
            made = self._make()
            with self._lock:
                self._all.append(made)
            self._local.sandbox = made
        found: Sandbox = self._local.sandbox
        return found

    def map(self, observe: Callable[[Sandbox, Submission], Evidence], submissions: Iterable[Submission]) -> Iterator[Observed]:
        """Observe every submission; results come as they are ready. The first error stops the rest and is raised here."""
        waiting = list(submissions)
        with ThreadPoolExecutor(max_workers=self.jobs, thread_name_prefix="box") as pool:
            running: dict[Future[Evidence], Submission] = {}
            try:
                while waiting or running:
                    while waiting and len(running) < self.jobs:
                        one = waiting.pop(0)
                        running[pool.submit(self._observe, observe, one)] = one
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield Observed(running.pop(future), future.result())
            except BaseException:
                waiting.clear()
                for sandbox in self._all:
                    sandbox.close()
                raise

    def _observe(self, observe: Callable[[Sandbox, Submission], Evidence], submission: Submission) -> Evidence:
        return observe(self.sandbox(), submission)


def default_jobs() -> int:
    """One worker a processor this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
