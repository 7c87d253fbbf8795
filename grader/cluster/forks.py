"""The same work over many submissions in forks of this process: for what judges and writes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

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
