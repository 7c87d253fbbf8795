"""Putting up the walls around one submission, from within, before any of its code has run."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable

from . import files, kernel, room, seccomp

NOBODY = 65534
STUDENT = 1000
NAMESPACES = {
    "mount": kernel.CLONE_NEWNS,
    "pid": kernel.CLONE_NEWPID,
    "network": kernel.CLONE_NEWNET,
    "ipc": kernel.CLONE_NEWIPC,
    "uts": kernel.CLONE_NEWUTS,
}
WALLS = (
    "user",
    *NAMESPACES,
    "root",
    "proc",
    "identity",
    "nesting",
    "capabilities",
    "no-new-privileges",
    "landlock",
    "rlimits",
    "seccomp",
)
MOST_NAMESPACES = "/proc/sys/user/max_user_namespaces"
CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN = 6, 7, 21


class WallFailed(Exception):
    """A wall that was demanded could not be put up."""

    def __init__(self, wall: str, why: str) -> None:
        super().__init__(f"{wall}: {why}")
        self.wall = wall
        self.why = why


class Walls:
    """The walls of one box: tries each, remembers how it went, and stops where `strict` allows no gap."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.states: dict[str, str] = {}

    def put_up(self, name: str, how: Callable[[], object]) -> bool:
        try:
            how()
        except (OSError, ValueError, KeyError, AttributeError) as error:
            self.states[name] = str(error) or type(error).__name__
            if self.strict:
                raise WallFailed(name, self.states[name]) from None
            return False
        self.states[name] = "on"
        return True

    def has(self, name: str) -> bool:
        return self.states.get(name) == "on"


def is_privileged() -> bool:
    """Started as root with the rights to mount and to become another user."""
    return _is_root_with(CAP_SYS_ADMIN) and can_be_nobody()


def can_be_nobody() -> bool:
    """Root may become another user, who is known in this namespace."""
    known = all(any(first <= NOBODY < first + count for first, _, count in _map(kind)) for kind in ("uid_map", "gid_map"))
    with open("/proc/self/setgroups", encoding="utf-8") as file:
        return known and _is_root_with(CAP_SETGID, CAP_SETUID) and file.read().strip() == "allow"


def _map(kind: str) -> list[tuple[int, int, int]]:
    """First number here, first number in the namespace around, how many: a line each."""
    with open(f"/proc/self/{kind}", encoding="utf-8") as file:
        return [(int(first), int(outside), int(count)) for first, outside, count in map(str.split, file)]


def _is_root_with(*rights: int) -> bool:
    if os.geteuid() != 0:
        return False
    with open("/proc/self/status", encoding="utf-8") as status:
        held = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff"))
    return all(held >> right & 1 for right in rights)


def separate(walls: Walls, setting: dict[str, object]) -> None:
    """Namespaces and the private root, in the process that will fork process 1. As root, the user namespace comes later.

    This comes before the job: it is the same for all submissions.
    """
    if not is_privileged():
        walls.put_up("identity", leave_root)
        walls.put_up("user", own_user_namespace)
    for name, flag in NAMESPACES.items():
        walls.put_up(name, lambda flag=flag: kernel.unshare(flag))  # type: ignore[misc]
    if walls.has("uts"):
        walls.put_up("uts", lambda: _set_host_name("box"))
    if walls.has("mount"):
        visible, hidden = list(setting["visible"]), list(setting["hidden"])  # type: ignore[call-overload]
        walls.put_up("root", lambda: room.build(str(setting["room"]), room.AT_FIRST, visible, hidden))
    else:
        walls.states["root"] = "needs the mount namespace"


def lay_files(walls: Walls, job: dict[str, object], fds: list[int]) -> None:
    """What the host has handed over, into the private root; without one the host has laid it."""
    if walls.has("root"):
        room.give(str(job["room"]), int(job["disk"]))  # type: ignore[call-overload]
        work, owner = str(job["room"]) + room.WORK, NOBODY if is_privileged() else None
        files.lay_handed(work, fds, list(job["files"]), list(job["data"]), owner)  # type: ignore[call-overload]


def _set_host_name(name: str) -> None:
    import socket

    socket.sethostname(name)


def own_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()  # read before: afterwards both are unmapped
    kernel.unshare(kernel.CLONE_NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{STUDENT} {user} 1"), ("gid_map", f"{STUDENT} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def shut_in(walls: Walls, job: dict[str, object]) -> None:
    """The rest, in process 1: its root, its user, no privileges, Landlock, limits. Nothing can be undone afterwards."""
    if walls.has("root"):
        walls.put_up("proc", lambda: room.show_processes(str(job["room"]), walls.has("pid")))
        walls.put_up("root", lambda: room.enter(str(job["room"])))
    if walls.states.get("identity", "on") == "on":
        walls.put_up("identity", lambda: become_unprivileged(walls))
    walls.put_up("nesting", refuse_namespaces)
    walls.put_up("capabilities", kernel.drop_capabilities)
    walls.put_up("no-new-privileges", lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
    # Without a private root, what is written stays in the submission's own folder all the same.
    writable = room.WRITABLE if walls.has("root") else (os.path.dirname(str(job["work"])), "/dev")
    walls.put_up("landlock", lambda: kernel.landlock(list(room.READABLE), list(writable)))
    walls.put_up("rlimits", lambda: set_limits(dict(job["limits"])))  # type: ignore[call-overload]
    walls.put_up("seccomp", lambda: seccomp.install(zeromq=job.get("runner") == "jupyter"))


def leave_root() -> None:
    """A container's root that may not mount is an ordinary user from here on: in a namespace of its own it would still be root.

    Raises:
        OSError: it is root outside as well, and there is no other user.
    """
    if os.geteuid() != 0:
        return
    if can_be_nobody():
        _become_nobody()
    elif any(first == outside == 0 for first, outside, _ in _map("uid_map")):
        raise OSError(errno.EPERM, "root here is root outside as well, and there is no other user to become")


def become_unprivileged(walls: Walls) -> None:
    """RLIMIT_NPROC does not bind root, and files of root stay out of reach only for another user."""
    if is_privileged():
        _become_nobody()
        walls.put_up("user", own_user_namespace)


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root, and the id map could not be written


def refuse_namespaces() -> None:
    """No user namespace can be made within this one, whatever rights a program in it may gain."""
    with open(MOST_NAMESPACES, "w", encoding="utf-8") as file:
        file.write("0")


def set_limits(limits: dict[str, float]) -> None:
    """Limits of each process: processor time, writable memory, file size, processes, open files.

    A limit of one byte is the kernel's own sign for: no core, and none for the host's program that cores are piped to, which 0
    does not spare (`do_coredump`). The filter of system calls sees to it that it stays.
    """
    memory = int(limits["memory"]) + _data_size()
    for kind, value in (
        (resource.RLIMIT_CPU, int(limits["wall"]) + 5),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, int(limits["disk"])),
        (resource.RLIMIT_NPROC, int(limits["processes"])),
        (resource.RLIMIT_NOFILE, int(limits["files"])),
        (resource.RLIMIT_CORE, 1),
    ):
        hard = resource.getrlimit(kind)[1]
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (limit, limit))


def _data_size() -> int:
    """Bytes of writable memory that the warm process has before any student code."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmData")), 0)
