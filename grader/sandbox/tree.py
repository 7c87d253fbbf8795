"""A tree of processes as the host sees it: what they use together, and ending the largest."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

PROCESSES = Path("/proc")
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
