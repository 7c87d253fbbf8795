"""Boxes begun ahead: while one submission is observed, the next one's process stands ready, in its group, behind its first walls.

All that is said to the warm process is said from one thread, in order; it also clears away what is over, so that nobody waits.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from grader.sandbox.groups import Bounds, Group, join_group
from grader.sandbox.zygote import Begun, Zygote


@dataclass(frozen=True, slots=True)
class Box:
    """A process that waits for its job; it has been told nothing of any submission. `wire` is our end."""

    wire: socket.socket
    begun: Begun
    group: Group
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Over:
    """What became of a box that is gone: its peak memory in bytes, and how many of its processes were ended for memory."""

    memory: int
    ended: int


class Boxes:
    """The boxes of one warm process, which is closed with them. `join` puts a box into a group."""

    def __init__(self, zygote: Zygote, join: Callable[[Bounds, int], Group] = join_group) -> None:
        self.zygote = zygote
        self.join = join
        self._hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="boxes")
        self._next: Future[Box] | None = None

    def take(self, bounds: Bounds) -> Box:
        """The box that stands ready, or a new one.

        Raises:
            OSError: none begins.
        """
        ready, self._next = self._next, None
        if ready is not None:
            with contextlib.suppress(OSError):
                box = ready.result()
                if not _is_gone(box):
                    return self._within(box, bounds)
                self.end(box)
        return self._hand.submit(self._begin, bounds).result()

    def prepare(self, bounds: Bounds) -> None:
        """Begin the next box, which is likely to be as large as this one."""
        if self._next is None:
            self._next = self._hand.submit(self._begin, bounds)

    def end(self, box: Box) -> Future[Over]:
        """See to it that nothing is left of the box."""
        return self._hand.submit(self._end, box)

    def close(self) -> None:
        """End what stands ready, and the warm process."""
        if self._next is not None:
            with contextlib.suppress(OSError):
                self.end(self._next.result())
            self._next = None
        self._hand.shutdown()
        self.zygote.close()

    def _begin(self, bounds: Bounds) -> Box:
        ours, theirs = socket.socketpair()
        try:
            begun = self.zygote.begin(theirs)
            return Box(ours, begun, self.join(bounds, begun.pid), bounds)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()

    def _within(self, box: Box, bounds: Bounds) -> Box:
        """The box in a group of this size; it still consists of one process."""
        if box.bounds == bounds:
            return box
        group = self.join(bounds, box.begun.pid)
        box.group.close()
        return replace(box, group=group, bounds=bounds)

    def _end(self, box: Box) -> Over:
        box.wire.close()
        memory = 0
        with contextlib.suppress(OSError):  # with the warm process its boxes have ended
            memory = self.zygote.end(box.begun).memory
        return Over(memory, box.group.close())


def _is_gone(box: Box) -> bool:
    """Whether it ended while it stood ready, and without a word: one that could not put up a wall has said so."""
    return bool(select.select([box.wire], [], [], 0)[0]) and not box.wire.recv(1, socket.MSG_PEEK)
