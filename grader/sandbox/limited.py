"""Work of ours on what a student wrote, in a forked child with limits: memory, processor time, and a deadline kept outside.

The child is a fork of this process, so that it starts warm; its result comes back as text over a pipe and is never unpickled.
Where a process cannot be forked the work is done here, within the budgets of the work itself.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from grader.checks import Check
from grader.checks.base import stopped
from grader.model.evidence import Capture
from grader.model.verdict import Verdict

if sys.platform == "linux":
    from grader.sandbox.inside import kernel, seccomp

LONGEST_RESULT = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Caps:
    """What the child may use; memory is beyond what this process has."""

    memory: int = 512 * 2**20
    cpu_seconds: int = 15
    seconds: float = 25.0


DEFAULT_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Limited:
    """How the work ended, with its result or the message of its exception as text."""

    ended: Literal["done", "raised", "too_much"]
    text: str = ""


def run_limited(work: Callable[[], str], caps: Caps = DEFAULT_CAPS, shut: bool = False) -> Limited:
    """The text that `work` returns, or how it was stopped.

    With `shut` the child can on Linux neither open a file nor reach a process or the network: for libraries in C that parse what
    a student wrote. They must be loaded before.
    """
    if not hasattr(os, "fork"):
        return _here(work)
    receive, send = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child runs our own Python only and takes no lock of a thread
        child = os.fork()
    if child == 0:
        _in_child(work, caps, receive, send, shut)
    os.close(send)
    try:
        received = _received(receive, caps.seconds)
    finally:
        os.close(receive)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if received is None or not received:
        return Limited("too_much")
    kind = {b"d": "done", b"r": "raised"}.get(received[:1], "too_much")
    return Limited(kind, received[1:].decode("utf-8", "replace"))  # type: ignore[arg-type]  # one of the three


def _here(work: Callable[[], str]) -> Limited:
    try:
        return Limited("done", work())
    except (MemoryError, RecursionError):
        return Limited("too_much")


def _in_child(work: Callable[[], str], caps: Caps, receive: int, send: int, shut: bool) -> NoReturn:
    """Do the work and end without any of this process's clean-up."""
    status = 1
    try:
        os.close(receive)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if sys.platform == "linux":
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # else what this process holds would outlive it
        _limit(caps)
        if shut:
            _shut_in(keep=send)
        try:
            answer = b"d" + work().encode("utf-8", "replace")
        except (MemoryError, RecursionError):
            answer = b"t"
        except Exception as error:
            answer = b"r" + f"{type(error).__name__}: {error}"[:2000].encode("utf-8", "replace")
        _write(send, answer + b"\n")
        status = 0
    finally:
        os._exit(status)


def _limit(caps: Caps) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_seconds, caps.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + caps.memory, used + caps.memory))


def _shut_in(keep: int) -> None:
    """Every wall that this kernel lets a process put around itself; a missing one leaves the others standing."""
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
    if sys.platform != "linux":
        return
    for wall in (
        lambda: kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC),
        kernel.drop_capabilities,
        lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1),
        lambda: kernel.landlock([], []),
        seccomp.install,
    ):
        with contextlib.suppress(OSError):
            wall()


def _write(send: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(send, view) :]


def _received(receive: int, seconds: float) -> bytes | None:
    """All that the child wrote; None when it did not end its answer in time, or wrote too much."""
    parts: list[bytes] = []
    size, deadline = 0, time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([receive], [], [], left)
        if not ready:
            return None
        part = os.read(receive, 65536)
        if not part:
            whole = b"".join(parts)
            return whole[:-1] if whole.endswith(b"\n") else None
        parts.append(part)
        size += len(part)
        if size > LONGEST_RESULT:
            return None
    return None


def judge_limited(check: Check, seen: Sequence[Capture], expected: Sequence[Capture], caps: Caps = DEFAULT_CAPS) -> Verdict:
    """The check's verdict; of a kind that works on hostile text, from a child with limits.

    Raises:
        RuntimeError: our own code failed in the child.
    """
    if not check.reads_hostile_text:
        return check.judge(seen, expected)
    done = run_limited(lambda: check.judge(seen, expected).model_dump_json(), caps)
    if done.ended == "raised":
        raise RuntimeError(done.text)
    return stopped() if done.ended == "too_much" else Verdict.model_validate_json(done.text)
