"""The memory and the processes of a whole box: a control group where one can be made, else a watcher.

Limits of the kernel on each process (`rlimits`) do not add up: many small processes can take all there is. A control group counts
the whole tree, with what it writes to its work folder. Where none can be made, the host looks at the tree many times a second.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.sandbox.holding import Held, make_held, take_away
from grader.sandbox.tree import Watcher

GROUPS = Path("/sys/fs/cgroup")
OVERHEAD = 64 * 2**20
"""Bytes beyond the limit for what is not the submission's: page tables, process 1, the pictures of its libraries' state."""
SPARE = 8
"""Processes of the box's own."""
PATIENCE = 2.0
PREFIX = "grader-"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a whole box may use: bytes of memory with its files, processes."""

    memory: int
    processes: int


class Group(Protocol):
    """A box's processes, counted together."""

    means: str

    def add(self, pid: int) -> None:
        """Begin with this process; all that it starts belongs to it."""

    def ended(self) -> int:
        """How many processes were ended so far because the whole was over its memory."""

    def close(self) -> int:
        """Nothing is left in it; how many were ended in all."""


def make_group(bounds: Bounds, groups: Path = GROUPS) -> Group:
    """The best there is here."""
    for kind in (Second, First):
        with contextlib.suppress(OSError, KeyError, ValueError):
            return kind(bounds, groups)
    return Watcher(bounds.memory)


def own_groups(text: str | None = None) -> dict[str, str]:
    """Controller to the path of this process's group; "" is version 2. `text` is that of ``/proc/self/cgroup``."""
    text = Path("/proc/self/cgroup").read_text(encoding="utf-8") if text is None else text
    found: dict[str, str] = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), path)
    return found


def _new(parent: Path) -> Held:
    def make() -> Path:
        folder = parent / f"{PREFIX}{secrets.token_hex(6)}"  # process numbers begin anew in every container
        folder.mkdir()
        return folder

    return make_held(make)


def _remove(group: Held) -> None:
    """The kernel lets go of a group a moment after its last process."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            group.path.rmdir()
        except FileNotFoundError:
            break
        except OSError:
            time.sleep(0.005)
        else:
            break
    group.let_go()


def clear(groups: Path = GROUPS) -> int:
    """Remove the groups of runs that were killed; how many. Those with processes stay: the kernel refuses."""
    return take_away(dict.fromkeys(_left(groups)), Path.rmdir)


def _left(groups: Path) -> Iterator[Path]:
    """Ours where we would make them now, or would have from another session's group beside our own."""
    with contextlib.suppress(OSError):
        for controller, own in own_groups().items():
            if controller in ("", *First.controllers):
                here = groups / controller / own.lstrip("/")
                yield from here.glob(f"{PREFIX}*")
                if own != "/":
                    yield from here.parent.glob(f"{PREFIX}*")
                    yield from here.parent.glob(f"*/{PREFIX}*")


def _field(path: Path, name: str) -> int:
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


class First:
    """Control groups of version 1: a group for memory, one for processes where that controller is there."""

    means = "control groups, version 1"
    controllers = ("memory", "pids")

    def __init__(self, bounds: Bounds, groups: Path = GROUPS, own: Mapping[str, str] | None = None) -> None:
        own = own_groups() if own is None else own
        self._groups: list[Held] = []
        try:
            self._memory = self._make(groups / "memory" / own["memory"].lstrip("/"))
            (self._memory / "memory.limit_in_bytes").write_text(str(bounds.memory))
            with contextlib.suppress(OSError):  # only where the kernel counts swap
                (self._memory / "memory.memsw.limit_in_bytes").write_text(str(bounds.memory))
            if "pids" in own:
                (self._make(groups / "pids" / own["pids"].lstrip("/")) / "pids.max").write_text(str(bounds.processes))
        except (OSError, KeyError):
            self.close()
            raise

    def _make(self, parent: Path) -> Path:
        if not parent.is_dir():
            raise FileNotFoundError(parent)
        self._groups.append(_new(parent))
        return self._groups[-1].path

    def add(self, pid: int) -> None:
        for group in self._groups:
            (group.path / "cgroup.procs").write_text(str(pid))

    def ended(self) -> int:
        count = 0
        for group in self._groups:
            with contextlib.suppress(OSError):
                count += _field(group.path / "memory.oom_control", "oom_kill")
        return count

    def close(self) -> int:
        count = self.ended()
        for group in self._groups:
            _remove(group)
        self._groups.clear()
        return count


class Second:
    """A control group of version 2, below our own where that was delegated to us with both controllers."""

    means = "control groups, version 2"

    def __init__(self, bounds: Bounds, groups: Path = GROUPS, own: Mapping[str, str] | None = None) -> None:
        own = own_groups() if own is None else own
        parent = self._parent(groups, own[""])
        self._group = _new(parent)
        self._folder = self._group.path
        try:
            (self._folder / "memory.max").write_text(str(bounds.memory))
            (self._folder / "pids.max").write_text(str(bounds.processes))
            with contextlib.suppress(OSError):  # only where the kernel counts swap
                (self._folder / "memory.swap.max").write_text("0")
        except OSError:
            _remove(self._group)
            raise

    @staticmethod
    def _parent(groups: Path, own: str) -> Path:
        """Our own group, or the one above it: processes and groups do not stand in one, so another must hold ours already."""
        here = groups / own.lstrip("/")
        for folder in (here, here.parent):
            held = (folder / "cgroup.subtree_control").read_text(encoding="utf-8").split()
            if {"memory", "pids"} <= set(held) and os.access(folder, os.W_OK):
                return folder
        raise PermissionError("no group was delegated with the controllers memory and pids")

    def add(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid))

    def ended(self) -> int:
        with contextlib.suppress(OSError):
            return _field(self._folder / "memory.events", "oom_kill")
        return 0

    def close(self) -> int:
        count = self.ended()
        _remove(self._group)
        return count


def join_group(bounds: Bounds, pid: int) -> Group:
    """A group around a box that has just begun and does nothing yet."""
    group = make_group(bounds)
    try:
        group.add(pid)
    except OSError:
        group.close()
        group = Watcher(bounds.memory)
        group.add(pid)
    return group


TRIAL = Bounds(memory=96 * 2**20, processes=16)
GREEDY = """
import os, time
input()
if child := os.fork():
    print(os.waitpid(child, 0)[1])
else:
    x = bytearray(2**28)
    time.sleep(5)
"""


def try_out(bounds: Bounds = TRIAL) -> str:
    """Whether a child of a process in a group is ended when it takes too much; what was met otherwise."""
    process = subprocess.Popen([sys.executable, "-S", "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    group = join_group(bounds, process.pid)
    try:
        said, _ = process.communicate("\n", timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        said = "it went on"
    finally:
        group.close()
    return "" if said.strip() == "9" or process.returncode == -9 else f"{group.means} did not end a process over its memory"
