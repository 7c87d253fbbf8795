"""The same work over many submissions in threads with warm sandboxes: for what runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

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
                is_kept = found in self._all
                if is_kept:
                    self._idle.append(found)
            if not is_kept:
                found.close()  # it may have become warm since it was ended

    def end(self, sandbox: Sandbox) -> None:
        """Close this sandbox, even at work; it is not used again."""
        with self._lock:
            self._all = [one for one in self._all if one is not sandbox]
        sandbox.close()

    def end_idle(self) -> None:
        """Close those with nothing to do; later work gets new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for sandbox in idle:
            self.end(sandbox)

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
