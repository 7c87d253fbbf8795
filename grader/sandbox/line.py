"""A line to one box: what the host says to the process that holds a part's state, and what it hears."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from grader.sandbox.activity import activity_of
from grader.sandbox.clock import READING, Activity
from grader.sandbox.inside import wire
from grader.sandbox.inside.wire import BrokenFrame, Decoder, Message

CHUNK = 2**20
DEAF = 10.0
"""Seconds without taking a byte after which a box is given up: a hostile one would keep us waiting for ever."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The part's process is gone, or its channel unusable; another can be opened."""

    how: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The whole box is gone."""

    how: str


Heard = Message | Ended | Gone | None
"""None: nothing until the deadline."""


class Line(Protocol):
    """One submission's box. `forks`: probes run in forks that can be stopped; otherwise a hang costs the process."""

    @property
    def forks(self) -> bool: ...

    def open(self, job: dict[str, object]) -> None:
        """Begin a fresh process for a part; the one before is ended."""

    def tell(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        """Say something to the part's process."""

    def interrupt(self) -> None:
        """Ctrl-C to the part's process."""

    def kill(self) -> None:
        """End the part's process and all it started; `Ended` will be heard."""

    def hear(self, until: float) -> Heard:
        """The next thing, or None when the monotonic clock passes `until`. What is there already is heard even later."""

    def activity(self) -> Activity | None:
        """What the box's processes have done so far; None where that is not known."""


class Ears:
    """Reads a descriptor until a deadline and turns bytes into messages."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._decoder = Decoder()

    def listen(self, until: float) -> list[Message] | None:
        """The messages that the next chunk completes; None when the time is over or the signal to stop came.

        Raises:
            BrokenFrame: the bytes are no frames.
            EOFError: the other side is gone.
        """
        left = max(0.0, until - time.monotonic())
        if not select.select([self.fd], [], [], left)[0]:
            return None
        try:
            data = os.read(self.fd, CHUNK)
        except BlockingIOError:
            return []
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        return self._decoder.feed(data)


def write_until(fd: int, header: dict[str, object], blobs: dict[str, bytes] | None) -> None:
    """Write a frame to a non-blocking descriptor.

    Raises:
        OSError: the other side is gone, or took nothing for `DEAF` seconds.
    """
    for piece in wire.encode(header, blobs):
        view = memoryview(piece)
        while view:
            if not select.select([], [fd], [], DEAF)[1]:
                raise TimeoutError("the box does not take what it is told")
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(fd, view[:CHUNK]) :]


class TreeLine:
    """A line through a supervisor (process 1 of the box), which forks, kills and passes on.

    Every process for a part has a serial number: what an earlier one still says is not heard. `root` is the first of the
    box's processes, whose activity counts.
    """

    forks = True

    def __init__(self, source: int, sink: int, root: int) -> None:
        self._root = root
        self._ears = Ears(source)
        self._sink = sink
        os.set_blocking(sink, False)
        self._part = Decoder()
        self._heard: deque[Message | Ended | Gone] = deque()
        self._serial = 0

    def open(self, job: dict[str, object]) -> None:
        self._serial += 1
        self._part = Decoder()
        self._heard.clear()
        self._send({**job, "order": "part", "serial": self._serial})

    def tell(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        self._send({"order": "tell", "message": header}, blobs)

    def interrupt(self) -> None:
        self._send({"order": "interrupt"})

    def kill(self) -> None:
        self._send({"order": "kill"})

    def finish(self) -> None:
        """End the box."""
        self._send({"order": "finish"})

    def _send(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        try:
            write_until(self._sink, header, blobs)
        except OSError as error:
            self._heard.append(Gone(str(error)))

    def hear(self, until: float) -> Heard:
        while not self._heard:
            try:
                messages = self._ears.listen(until)
            except EOFError:
                return Gone("the box ended")
            except BrokenFrame as error:
                return Gone(str(error))
            if messages is None:
                return None
            for message in messages:
                self._sort(message)
            if not self._heard and time.monotonic() > until + READING:  # a flood without an end is not read for ever
                return None
        return self._heard.popleft()

    def activity(self) -> Activity | None:
        return activity_of(self._root)

    def _sort(self, message: Message) -> None:
        frame, serial = message.header.get("frame"), message.header.get("serial", 0)
        if frame not in ("data", "ended"):
            self._heard.append(message)
        elif serial != self._serial:
            return
        elif frame == "ended":
            self._heard.append(Ended(str(message.header.get("how"))))
        else:
            try:
                self._heard += self._part.feed(message.blobs["data"])
            except BrokenFrame as error:
                self._heard.append(Ended(f"broke its channel: {error}"))
                self._serial += 1
                self.kill()
