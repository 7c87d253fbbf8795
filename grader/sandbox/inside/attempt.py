"""Trying each wall in a throw-away process, and then whether it holds; the kernel's word alone is not enough."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable

from . import confine, kernel, room, seccomp


class Leak(Exception):
    """The wall went up without complaint and does not hold."""


def attempt_all() -> None:
    """Try every wall in the empty current folder, and print what came of it as JSON: the name to "on" or why not."""
    os.mkdir(ROOM)
    os.mkdir(OPEN)
    os.chmod(".", 0o711)  # noqa: S103 (root becomes another user where it may not mount)
    json.dump({name: _in_child(ATTEMPTS[name]) for name in confine.WALLS}, sys.stdout)


def attempt_within(folder: str) -> None:
    """Print how building a whole root goes at this place, in a view of the host that somebody else made."""
    os.chdir(folder)
    os.mkdir(ROOM)
    sys.stdout.write(_in_child(_root))


def _in_child(attempt: Callable[[], None]) -> str:
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        text = "on"
        try:
            attempt()
        except Exception as error:
            text = str(error) or type(error).__name__
        finally:
            os.write(sink, text.encode())
            os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as stream:
        said = stream.read().decode(errors="replace")
    os.waitpid(child, 0)
    return said or "the attempt ended without a word"


def _in_user_namespace() -> None:
    if not confine.is_privileged():
        with contextlib.suppress(OSError):  # said of the wall `identity`
            confine.leave_root()
        confine.own_user_namespace()


def _user() -> None:
    if confine.is_privileged():
        confine.become_unprivileged(confine.Walls(strict=True))
    else:
        _in_user_namespace()
    if os.getuid() != confine.STUDENT:
        raise Leak("the user was not mapped")


def _namespace(name: str) -> Callable[[], None]:
    def attempt() -> None:
        before = os.readlink(f"/proc/self/ns/{FILES[name]}")
        _in_user_namespace()
        kernel.unshare(confine.NAMESPACES[name])
        if os.readlink(f"/proc/self/ns/{FILES[name]}") == before:
            raise Leak("the namespace is still the host's")

    return attempt


FILES = {"mount": "mnt", "network": "net", "ipc": "ipc", "uts": "uts"}
ROOM, OPEN = "room", "open"


def _pid() -> None:
    _in_user_namespace()
    kernel.unshare(kernel.CLONE_NEWPID)
    _must_be_on(_in_child(_be_first))


def _be_first() -> None:
    if os.getpid() != 1:
        raise Leak("processes of the host can be reached")


def _must_be_on(said: str) -> None:
    if said != "on":
        raise Leak(said)


def _root() -> None:
    """Everything up to process 1 in its own root, from which the host's files must be out of sight."""
    _in_user_namespace()
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID)
    _must_be_on(_in_child(_enter_and_look))


def _enter_and_look() -> None:
    folder = os.getcwd()
    room.build(os.path.join(folder, ROOM), 2**20, [], [])
    room.show_processes(os.path.join(folder, ROOM), new_processes=True)
    room.enter(os.path.join(folder, ROOM))
    if os.path.exists(folder):
        raise Leak("files of the host are in sight")
    if [name for name in os.listdir("/proc") if name.isdigit()] != ["1"]:
        raise Leak("processes of the host are in sight")
    if os.access("/", os.W_OK) or os.access("/usr", os.W_OK):
        raise Leak("the root can be written to")


def _proc() -> None:
    """Its own processes only, and nothing in what is covered."""
    _in_user_namespace()
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID)
    _must_be_on(_in_child(_look_at_processes))


def _look_at_processes() -> None:
    root = os.path.join(os.getcwd(), ROOM)
    room.build(root, 2**20, [], [])
    room.show_processes(root, new_processes=True)
    for name in room.COVERED:
        path = f"{root}/proc/{name}"
        if os.path.isdir(path) and os.listdir(path):
            raise Leak(f"/proc/{name} can be read")
        if os.path.isfile(path):
            raise Leak(f"/proc/{name} is still there")


def _nesting() -> None:
    _user()
    confine.refuse_namespaces()
    try:
        kernel.unshare(kernel.CLONE_NEWUSER)
    except OSError:
        return
    raise Leak("a user namespace could be made within the box")


def _seccomp() -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()
    for name in ("userfaultfd", "io_uring_setup", "keyctl", "ptrace", "unshare"):
        if not seccomp.refuses(name):
            raise Leak(f"{name} can be called")


def _identity() -> None:
    confine.leave_root()
    if not confine.is_privileged() and os.geteuid() == 0:
        confine.own_user_namespace()
    confine.become_unprivileged(confine.Walls(strict=True))
    if os.getuid() == 0:
        raise Leak("submissions would run as root")


def _capabilities() -> None:
    _in_user_namespace()
    kernel.drop_capabilities()
    try:
        kernel.unshare(kernel.CLONE_NEWUTS)
    except PermissionError:
        return
    raise Leak("capabilities are left")


def _no_new_privileges() -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    with open("/proc/self/status", encoding="utf-8") as status:
        if not any(line.split() == ["NoNewPrivs:", "1"] for line in status):
            raise Leak("privileges can still be gained")


def _landlock() -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.landlock(["/"], [OPEN])
    try:
        with open("mark", "w", encoding="utf-8"):
            raise Leak("files outside can be written to")
    except PermissionError:
        return


def _rlimits() -> None:
    few = 16
    confine.set_limits({"wall": 60, "memory": 2**30, "disk": 2**20, "processes": 64, "files": few})
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] != few:
        raise Leak("the limits were not taken")
    opened: list[int] = []
    try:
        while len(opened) < 2 * few:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        for fd in opened:
            os.close(fd)
        return
    raise Leak("open files are not limited")


ATTEMPTS: dict[str, Callable[[], None]] = {
    "user": _user,
    "pid": _pid,
    **{name: _namespace(name) for name in FILES},
    "root": _root,
    "proc": _proc,
    "identity": _identity,
    "nesting": _nesting,
    "capabilities": _capabilities,
    "no-new-privileges": _no_new_privileges,
    "landlock": _landlock,
    "rlimits": _rlimits,
    "seccomp": _seccomp,
}
