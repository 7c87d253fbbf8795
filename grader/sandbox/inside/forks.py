"""Probes in processes of their own: begun, passed on to the host while they answer, ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol

from . import wire
from .channel import CHUNK, Channel

Json = dict[str, Any]
Blobs = dict[str, bytes]
Asked = Callable[[Json, Blobs], tuple[Json, Blobs]]
"""Answers one probe with a capture and its blobs."""
MOST = 0.75
"""Share of the processes that may be left running; the rest is for probes."""
SETTLING = 0.05
"""Seconds for the kernel to take the ended away."""
MOST_ENDED = 3
_ended: list[int] = []
"""Children that have answered and were killed, and are not collected yet."""


class Forker(Protocol):
    """Begins the processes that answer probes."""

    def begin(self, request: Json, blobs: Blobs, sink: int) -> int:
        """A process that answers into the sink; its number.

        Raises:
            OSError: none can be begun.
        """
        ...

    def end(self, child: int, is_answered: bool, left_running: bool) -> str:
        """Collect it after it was killed; how it ended."""
        ...


class OwnForks:
    """Forks of this process. `rules`: all other processes in its namespace are the submission's, and may be ended."""

    def __init__(self, channel: Channel, answer: Asked, rules: bool) -> None:
        self._channel = channel
        self._answer = answer
        self._rules = rules

    def begin(self, request: Json, blobs: Blobs, sink: int) -> int:
        _collect_ended()
        child = self._fork()
        if child == 0:
            be_probe(self._answer, request, blobs, sink, {self._channel.source, self._channel.sink})
        return child

    def end(self, child: int, is_answered: bool, left_running: bool) -> str:
        if (
            is_answered and not left_running
        ):  # it can do nothing any more; the kernel takes its memory back while the host goes on
            _ended.append(child)
            return "exit 0"
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if self._rules and left_running:
            end_others()  # what a program left running, also where it has left the group: the next one must not meet it
        return ending(status)

    def _fork(self) -> int:
        """A fork; a second attempt where the first fails: what cells left running, or the moment, may have taken the place."""
        try:
            return os.fork()
        except OSError:
            if self._rules:
                end_others()
            time.sleep(SETTLING)
            collect()
            return os.fork()


def ending(code: int) -> str:
    """How a process ended, in the words that the host knows."""
    return f"exit {code}" if code >= 0 else f"signal {-code}"


class Parent(Protocol):
    """What holds a part's state, in one process or two."""

    @property
    def keeps(self) -> Collection[int]:
        """Processes that the part cannot do without."""
        ...

    def collect(self) -> None:
        """The dead count as well until they are collected."""
        ...


def make_room(limit: int, parent: Parent) -> None:
    """End what the cells left running where it takes most of the processes, and threads, that the box may have."""
    if sum(map(_threads, filter(str.isdigit, os.listdir("/proc")))) >= MOST * limit:
        clear(parent)


def _threads(process: str) -> int:
    try:
        return len(os.listdir(f"/proc/{process}/task"))
    except OSError:  # it has ended since
        return 0


def clear(parent: Parent) -> None:
    """End what the cells left running."""
    end_others(parent.keeps)
    time.sleep(SETTLING)
    parent.collect()


def end_others(keep: Collection[int] = ()) -> None:
    """End all but process 1, this one and those to keep."""
    with contextlib.suppress(ProcessLookupError):
        if not keep:
            os.kill(-1, signal.SIGKILL)
            return
        os.kill(-1, signal.SIGSTOP)  # all at once: none that is looked at later begins another before
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in (1, os.getpid(), *keep):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(name), signal.SIGKILL)
    for process in keep:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def collect() -> None:
    """Collect all children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _collect_ended() -> None:
    """The children that answered and were killed since; waits for the oldest where there are many."""
    for number, child in enumerate(reversed(tuple(_ended))):
        with contextlib.suppress(ChildProcessError):  # a thread of the student's waited for it
            if not os.waitpid(child, os.WNOHANG if number < MOST_ENDED else 0)[0]:
                continue
        _ended.remove(child)


def answer_all(answer: Asked, request: Json, blobs: Blobs, put: Callable[[bytes], None]) -> None:
    """Hand the encoded captures to `put`, piece by piece."""
    for probe in request["probes"]:
        header, found = answer(probe, blobs)
        for piece in wire.encode({"frame": "capture", "capture": header}, found):
            put(piece)


def in_process(channel: Channel, answer: Asked, request: Json, blobs: Blobs) -> None:
    """Answer without any fork."""

    def put(piece: bytes) -> None:
        for at in range(0, len(piece), CHUNK):
            channel.send({"frame": "piece"}, {"data": piece[at : at + CHUNK]})

    how = "exit 0"
    try:
        answer_all(answer, request, blobs, put)
    except BaseException as error:
        how = f"{type(error).__name__}: {error}"[:1000]
    channel.send({"frame": "probe_end", "how": how})


def be_probe(answer: Asked, request: Json, blobs: Blobs, sink: int, others: Collection[int]) -> None:
    """What a fresh fork does, to its end; `others` are descriptors that are not for code of the student's."""
    code = 1
    try:
        os.setsid()
        for fd in others:
            os.close(fd)
        answer_all(answer, request, blobs, lambda piece: wire.write_all(sink, piece))
        code = 0
    except BaseException as error:
        sys.stderr = None
        wire.write(sink, {"frame": "fault", "how": f"{type(error).__name__}: {error}"[:1000]})
    finally:
        os._exit(code)


def forked(channel: Channel, forker: Forker, request: Json, blobs: Blobs) -> None:
    """Have another process answer, and tell the host what it says and how it ended."""
    probes = request["probes"]
    source, sink = os.pipe()
    try:
        child = forker.begin(request, blobs, sink)
    except OSError as error:
        os.close(source)
        channel.send({"frame": "probe_end", "how": f"no process could be started: {error}"})
        return
    finally:
        os.close(sink)
    is_answered = _relay(channel, source, len(probes))
    os.close(source)
    _kill_group(child)
    how = forker.end(child, is_answered, any(probe["probe"] == "program" for probe in probes))
    channel.send({"frame": "probe_end", "how": how})


def _relay(channel: Channel, source: int, frames: int) -> bool:
    """Pass the child's bytes on until it is done or the host says stop; whether all it had to say came.

    The frames' end counts, not only the pipe's: what the child left running may hold the pipe open.
    """
    ending = _Ending(frames)
    while not ending.is_complete:
        ready = select.select([source, channel.source], [], [])[0]
        if channel.has_message or channel.source in ready:
            channel.receive()  # while a probe runs the host says nothing but stop; a closed channel means the same
            return False
        data = os.read(source, CHUNK)
        if not data:
            return False
        channel.send({"frame": "piece"}, {"data": data})
        ending.feed(data)
    return True


class _Ending:
    """Counts bytes to know where the last frame ends, without keeping them."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._head = b""
        self._left = 0

    @property
    def is_complete(self) -> bool:
        return self._frames == 0

    def feed(self, data: bytes) -> None:
        while data and self._frames:
            if self._left == 0:
                missing = wire.LENGTHS.size - len(self._head)
                self._head, data = self._head + data[:missing], data[missing:]
                if len(self._head) < wire.LENGTHS.size:
                    return
                self._left = sum(wire.LENGTHS.unpack(self._head))
            taken = min(self._left, len(data))
            self._left -= taken
            data = data[taken:]
            if self._left == 0:
                self._head = b""
                self._frames -= 1


def _kill_group(child: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
