"""The walls of the box: what each is for, whether it works here, and the command that mends it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from grader.errors import BoxError
from grader.sandbox import groups
from grader.sandbox.holding import TRIAL, OwnFolder
from grader.sandbox.zygote import command, scrubbed_environment

ATTEMPT = 60.0
"""Seconds that trying all walls may take; it is well under a second on an idle machine."""
IN_A_CONTAINER = "in a container: docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
USERS = "\n".join(
    (
        "sudo sysctl -w user.max_user_namespaces=15000",
        "on older Debian also: sudo sysctl -w kernel.unprivileged_userns_clone=1",
        "on Ubuntu 24.04 also: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        IN_A_CONTAINER,
    )
)
GROUP = (
    "systemd-run --user --scope -p Delegate=yes grader ...\n"
    "a Linux kernel with CONFIG_MEMCG, or with CONFIG_PROC_CHILDREN for a watcher"
)
LANDLOCK = (
    "a Linux kernel of version 5.13 or later with CONFIG_SECURITY_LANDLOCK, booted with lsm=landlock,...; "
    "check: grep landlock /sys/kernel/security/lsm"
)


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall: its name in the record, what it keeps apart, by what means, and how to mend it: a line each way."""

    name: str
    keeps: str
    means: str
    mend: str


@dataclass(frozen=True, slots=True)
class WallReport:
    """A wall and whether it went up and held when it was tried; `why` is empty if it did."""

    wall: Wall
    why: str = ""

    @property
    def works(self) -> bool:
        return not self.why


WALLS = (
    Wall("user", "root's rights", "user namespace", USERS),
    Wall("mount", "the host's mounts", "mount namespace", USERS),
    Wall("pid", "the host's processes", "process namespace", USERS),
    Wall("network", "the network", "network namespace", USERS),
    Wall("ipc", "shared memory", "IPC namespace", USERS),
    Wall("uts", "the host's name", "UTS namespace", USERS),
    Wall(
        "root",
        "the host's files",
        "pivot_root, read-only binds, tmpfs",
        f"a Linux kernel of version 5.12 or later\n{IN_A_CONTAINER}",
    ),
    Wall("proc", "what /proc tells of the kernel", "its own /proc, covered in parts; no /sys", IN_A_CONTAINER),
    Wall("identity", "other users' files", "an unprivileged user", 'start as an ordinary user: sudo -u "$(logname)" grader ...'),
    Wall("nesting", "namespaces within namespaces", "max_user_namespaces is 0 inside", USERS),
    Wall("capabilities", "administration", "capset, empty bounding set", USERS),
    Wall("no-new-privileges", "set-uid programs", "prctl", "a Linux kernel of version 3.5 or later: uname -r"),
    Wall("landlock", "writing elsewhere, TCP", "Landlock", LANDLOCK),
    Wall("memory", "what many processes take together", "a control group, else a watcher", GROUP),
    Wall("rlimits", "memory, processor, files", "setrlimit", "raise the hard limits: ulimit -Ha, /etc/security/limits.conf"),
    Wall(
        "seccomp",
        "the kernel's larger doors",
        "filter of system calls",
        "Linux on x86_64, aarch64 or riscv64 with CONFIG_SECCOMP_FILTER",
    ),
)
MEMORY = "memory"
"""The one wall that the host puts up, around the box."""
OUTER = "bubblewrap"
"""The wall around the warm process and all its boxes, in the record; no isolation demands it."""


def inspect(python: str = "") -> tuple[WallReport, ...]:
    """Try every wall in throw-away processes, under this interpreter ("" is ours)."""
    if sys.platform != "linux":
        return tuple(WallReport(wall, f"there is none on {sys.platform}") for wall in WALLS)
    try:
        with OwnFolder(TRIAL) as folder:
            done = subprocess.run(
                command(python, "attempt_all()", module="attempt"),
                env=scrubbed_environment("/"),
                capture_output=True,
                timeout=ATTEMPT,
                check=True,
                cwd=folder,
            )
        said: dict[str, str] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said = {wall.name: f"could not be tried: {error}" for wall in WALLS}
    said[MEMORY] = groups.try_out() or "on"
    return tuple(WallReport(wall, "" if said.get(wall.name) == "on" else said.get(wall.name, "not tried")) for wall in WALLS)


def refusal(reports: tuple[WallReport, ...], first: str = "") -> BoxError:
    """Why `strict` does not run here: every missing wall (`first` is what was met when a box was built), and how to mend it."""
    missing = [r for r in reports if not r.works]
    lines = [first] if first else []
    lines += [f"{r.wall.name} ({r.wall.keeps}): {r.why}" for r in missing]
    mends = dict.fromkeys(line for r in missing for line in r.wall.mend.splitlines())
    return BoxError("isolation strict needs walls that cannot be put up here:\n" + "\n".join(lines), mend="\n".join(mends))
