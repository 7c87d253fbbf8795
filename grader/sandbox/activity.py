"""What the processes of a box have done so far, as the kernel counts it (Linux)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from grader.sandbox.clock import Activity
from grader.sandbox.tree import PROCESSES, Tree

HELD_UP = "RDTt"
"""States of a process that could go on but for the machine: runnable, waiting for a disk, stopped (proc(5))."""
STATE, TIMES = 0, slice(11, 15)
"""Fields of ``stat`` after the name: the state; ticks of its own and of its collected children, user and system."""


def activity_of(root: int, processes: Path = PROCESSES) -> Activity | None:
    """Of all that descends from this process; None where there is nothing to read."""
    fields = [found for pid in Tree(root, processes).members() if (found := _fields(processes / str(pid) / "stat"))]
    if not fields:
        return None
    ticks = sum(int(tick) for found in fields for tick in found[TIMES])
    return Activity(ticks / os.sysconf("SC_CLK_TCK"), any(found[STATE] in HELD_UP for found in fields))


def _fields(path: Path) -> list[str]:
    """What follows the name, which may hold anything."""
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return []
