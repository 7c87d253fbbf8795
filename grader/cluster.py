"""The same story over many submissions: threads with warm sandboxes for what runs, forks of this process for what judges."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from grader.sandbox.base import Sandbox

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Done(Generic[ItemT, ResultT]):
    """One piece of work and what came of it."""

    item: ItemT
    result: ResultT


class Workers:
    """A pool of sandboxes, one for each thing done at a time. Use as a context manager: leaving it ends every warm process."""

    def __init__(self, make_sandbox: Callable[[], Sandbox], jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._make = make_sandbox
        self._all: list[Sandbox] = []
        self._idle: list[Sandbox] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for sandbox in self._all:
            sandbox.close()

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """A sandbox for one piece of work: one that is warm and idle, else a new one."""
        with self._lock:
            found = self._idle.pop() if self._idle else None
        if found is None:
            found = self._make()
            with self._lock:
                self._all.append(found)
        try:
            yield found
        finally:
            with self._lock:
                self._idle.append(found)

    def map(self, work: Callable[[Sandbox, ItemT], ResultT], items: Iterable[ItemT]) -> Iterator[Done[ItemT, ResultT]]:
        """Do the work for every item, each in a sandbox; results come as they are ready.

        The first error stops the rest and is raised here.
        """
        waiting = list(items)
        with ThreadPoolExecutor(max_workers=self.jobs, thread_name_prefix="box") as pool:
            running: dict[Future[ResultT], ItemT] = {}
            try:
                while waiting or running:
                    while waiting and len(running) < self.jobs:
                        one = waiting.pop(0)
                        running[pool.submit(self._do, work, one)] = one
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield Done(running.pop(future), future.result())
            except BaseException:
                waiting.clear()
                for sandbox in self._all:
                    sandbox.close()
                raise

    def _do(self, work: Callable[[Sandbox, ItemT], ResultT], item: ItemT) -> ResultT:
        with self.sandbox() as sandbox:
            return work(sandbox, item)


FEW = 4
"""Items for which forking is not worth its while."""
_work: Callable[[Any], Any]
"""In a fork: what it does with each item. It came with the fork's memory and was never sent."""


def in_processes(work: Callable[[ItemT], ResultT], items: Sequence[ItemT], jobs: int) -> Iterator[ResultT]:
    """`work` of every item, in their order, done in `jobs` forks of this process, which share all that it has read.

    Items and results are sent between the processes (our own, so by pickle). With one job, with few items and where there is
    no fork it is done here.
    """
    if jobs < 2 or len(items) < FEW or not hasattr(os, "fork"):
        yield from map(work, items)
        return
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(min(jobs, len(items)), mp_context=fork, initializer=_begin_fork, initargs=(work,))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the forks run our own Python only and take no lock of a thread
            futures = [pool.submit(_in_fork, item) for item in items]
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin_fork(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - a fork has no other place for it
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us ends us
    if sys.platform == "linux":
        from grader.sandbox.inside import kernel

        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _in_fork(item: Any) -> Any:
    return _work(item)


def default_jobs() -> int:
    """One worker a processor this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
