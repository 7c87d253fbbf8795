"""A tree of processes as the host sees it: what they use together, ending the largest, and a watcher that does so in time."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path

PROCESSES = Path("/proc")
BEAT = 0.05
"""Seconds between two looks of the watcher."""
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True, slots=True)
class Tree:
    """All that descends from a process. In a process namespace orphans go to its process 1, so that none gets lost."""

    root: int
    processes: Path = PROCESSES

    def members(self) -> list[int]:
        """The root and its descendants, parents first."""
        found, waiting = [], [self.root]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            with contextlib.suppress(OSError, ValueError):
                for task in (self.processes / str(pid) / "task").iterdir():
                    waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        return found

    def is_over(self, memory: int) -> bool:
        """Whether the tree uses more than this. The cheap sum counts shared pages often; only beyond it they are shared out."""
        members = self.members()
        if sum(map(self._resident, members)) <= memory:
            return False
        return sum(map(self._share, members)) > memory

    def end_largest(self) -> int:
        """Kill the process that uses most, but not the box's two own, which keep order; how many were killed."""
        members = [pid for pid in self.members() if pid != self.root]
        members = members[1:] if len(members) > 1 else members
        if not members:
            return 0
        try:
            os.kill(max(members, key=self._share), signal.SIGKILL)
        except ProcessLookupError:
            return 0
        return 1

    def _resident(self, pid: int) -> int:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.processes / str(pid) / "statm").read_text(encoding="ascii").split()[1]) * PAGE
        return 0

    def _share(self, pid: int) -> int:
        """Its proportional set size, where the kernel tells it; else what it does not share with files."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in (self.processes / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
        with contextlib.suppress(OSError, ValueError, IndexError):
            resident, shared = map(int, (self.processes / str(pid) / "statm").read_text(encoding="ascii").split()[1:3])
            return (resident - shared) * PAGE
        return 0


class Watcher:
    """Looks at the tree, and ends its largest process while the whole is over its memory, as the kernel would."""

    means = "a watcher of the tree's memory"

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended = 0

    def add(self, pid: int) -> None:
        self._thread = threading.Thread(target=self._watch, args=(pid,), daemon=True, name="memory")
        self._thread.start()

    def _watch(self, pid: int) -> None:
        tree = Tree(pid)
        while not self._over.wait(BEAT):
            if tree.is_over(self._memory):
                self._ended += tree.end_largest()

    def ended(self) -> int:
        return self._ended

    def close(self) -> int:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        return self._ended
