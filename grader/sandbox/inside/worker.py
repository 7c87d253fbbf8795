"""The process that holds a part's state: runs its cells on request and answers probes, each in a fork of its own."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable

from . import wire
from .session import Session

CHUNK = 2**20
MOST = 0.75
"""Share of the processes that may be left running; the rest is for probes."""
SETTLING = 0.05
"""Seconds for the kernel to take the ended away."""
MOST_ENDED = 3
_ended: list[int] = []
"""Children that have answered and were killed, and are not collected yet."""


class Channel:
    """Whole messages in, whole messages out, over blocking descriptors."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink
        self._decoder = wire.Decoder()
        self._waiting: list[wire.Message] = []

    def send(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        wire.write(self.sink, header, blobs)

    @property
    def has_message(self) -> bool:
        """A message was read along with an earlier one: no selector would tell."""
        return bool(self._waiting)

    def receive(self) -> wire.Message | None:
        """The next message; None when the other side is gone."""
        while not self._waiting:
            data = os.read(self.source, CHUNK)
            if not data:
                return None
            self._waiting += self._decoder.feed(data)
        return self._waiting.pop(0)


def work(channel: Channel, job: dict[str, object], forks: bool, rules: bool = False) -> None:
    """Serve one part until told to finish or the other side is gone.

    `rules`: the process namespace is the box's own, so that all others in it may be ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        session = Session(job["part"], job["limits"], job["seed"], channel.send)  # type: ignore[arg-type]
    except Exception:
        channel.send({"frame": "unready", "why": traceback.format_exc()[-2000:]})
        return
    channel.send({"frame": "ready"})
    processes = int(dict(job["limits"])["processes"])  # type: ignore[call-overload]
    while (message := channel.receive()) is not None:
        request = message.header
        if rules:
            _make_room(processes)
        if request["ask"] == "cell":
            _run_cell(channel, session, int(request["index"]))  # type: ignore[call-overload]
        elif request["ask"] == "probe":
            if forks:
                _forked(channel, session, request, message.blobs, rules)
            else:
                _in_process(channel, session, request, message.blobs)
        elif request["ask"] == "finish":
            return


def _make_room(limit: int) -> None:
    """End what the cells left running where it takes most of the processes that the box may have."""
    if sum(name.isdigit() for name in os.listdir("/proc")) >= MOST * limit:
        _end_others()
        time.sleep(SETTLING)
        _collect()


def _end_others() -> None:
    """End all but process 1 and this one."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _collect() -> None:
    """The dead count as well until they are collected."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _run_cell(channel: Channel, session: Session, index: int) -> None:
    """A cell can be interrupted only while it runs; whatever escapes the session ends the cell, not the process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        session.run_cell(index)
        how = "done"
    except KeyboardInterrupt:
        how = "interrupted"
    except BaseException as error:
        how = f"{type(error).__name__}: {error}"[:1000]
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel.send({"frame": "cell_end", "index": index, "how": how})


def _answer(session: Session, request: dict[str, object], blobs: dict[str, bytes], put: Callable[[bytes], None]) -> None:
    """Hand the encoded captures to `put`, piece by piece."""
    for probe in request["probes"]:  # type: ignore[attr-defined]
        header, found = session.answer(probe, blobs)
        for piece in wire.encode({"frame": "capture", "capture": header}, found):
            put(piece)


def _in_process(channel: Channel, session: Session, request: dict[str, object], blobs: dict[str, bytes]) -> None:
    def put(piece: bytes) -> None:
        for at in range(0, len(piece), CHUNK):
            channel.send({"frame": "piece"}, {"data": piece[at : at + CHUNK]})

    how = "exit 0"
    try:
        _answer(session, request, blobs, put)
    except BaseException as error:
        how = f"{type(error).__name__}: {error}"[:1000]
    channel.send({"frame": "probe_end", "how": how})


def _forked(channel: Channel, session: Session, request: dict[str, object], blobs: dict[str, bytes], rules: bool) -> None:
    probes = request["probes"]
    assert isinstance(probes, list)
    if all(map(session.is_absent, probes)):  # no code of the student's is needed to say so
        _in_process(channel, session, request, blobs)
        return
    _collect_ended()
    source, sink = os.pipe()
    try:
        child = _fork(rules)
    except OSError as error:
        os.close(source)
        os.close(sink)
        channel.send({"frame": "probe_end", "how": f"no process could be started: {error}"})
        return
    if child == 0:
        _be_probe(channel, session, request, blobs, sink)
    os.close(sink)
    is_answered = _relay(channel, source, len(probes))
    os.close(source)
    _kill_group(child)
    left_running = any(probe["probe"] == "program" for probe in probes)
    if is_answered and not left_running:  # it can do nothing any more; the kernel takes its memory back while the host goes on
        _ended.append(child)
        channel.send({"frame": "probe_end", "how": "exit 0"})
        return
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if rules and left_running:
        _end_others()  # what a program left running, also where it has left the group: the next one must not meet it
    channel.send({"frame": "probe_end", "how": f"exit {status}" if status >= 0 else f"signal {-status}"})


def _fork(rules: bool) -> int:
    """A fork; a second attempt where the first fails, since what cells left running, or the moment, may have taken the place."""
    try:
        return os.fork()
    except OSError:
        if rules:
            _end_others()
        time.sleep(SETTLING)
        _collect()
        return os.fork()


def _collect_ended() -> None:
    """The children that answered and were killed since; waits for the oldest where there are many."""
    for number, child in enumerate(reversed(tuple(_ended))):
        with contextlib.suppress(ChildProcessError):  # a thread of the student's waited for it
            if not os.waitpid(child, os.WNOHANG if number < MOST_ENDED else 0)[0]:
                continue
        _ended.remove(child)


def _be_probe(channel: Channel, session: Session, request: dict[str, object], blobs: dict[str, bytes], sink: int) -> None:
    code = 1
    try:
        os.setsid()
        os.close(channel.source)
        if channel.sink != channel.source:
            os.close(channel.sink)
        _answer(session, request, blobs, lambda piece: wire.write_all(sink, piece))
        code = 0
    except BaseException as error:
        sys.stderr = None
        wire.write(sink, {"frame": "fault", "how": f"{type(error).__name__}: {error}"[:1000]})
    finally:
        os._exit(code)


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
