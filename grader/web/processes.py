"""Work in a process of its own: what forks must not do it in a server with threads."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from grader.errors import EvidenceError, GraderError

ResultT = TypeVar("ResultT")


def in_another_process(work: Callable[..., ResultT], *args: object) -> ResultT:
    """What `work` gives, done in a process that is started for it and that no Ctrl-C in the terminal reaches.

    Raises:
        EvidenceError: in the place of any error of ours that was expected.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=_ignore_interrupts) as pool:
        return pool.submit(_plainly, work, *args).result()


def _plainly(work: Callable[..., ResultT], *args: object) -> ResultT:
    """The work, its expected failures as an error that can be sent to another process as it is."""
    try:
        return work(*args)
    except GraderError as error:
        raise EvidenceError(str(error), error.mend) from None


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
