"""Standard output and error of one cell or probe, from Python and from below it (subprocesses, C libraries)."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import select
import sys
import threading
from types import TracebackType
from typing import Any, ClassVar

from .outputs import Outputs

BLOCK = 65536
MOST_BLOCKS = 64
NAMES = {1: "stdout", 2: "stderr"}


class Streams:
    """While entered, `sys.stdout` and `sys.stderr` write to `outputs`, and so do file descriptors 1 and 2.

    Writes below Python go through a pipe that a thread empties; each Python write empties it first, so the order is kept.
    A forked child of the student writes to the pipe. Nothing waits for a child that holds the pipe open.
    """

    def __init__(self, outputs: Outputs) -> None:
        self.outputs = outputs
        self.owner = os.getpid()
        self.lock = threading.RLock()
        self.pipes: dict[int, _Pipe] = {}
        self.wake: tuple[int, int] | None = None
        self.thread: threading.Thread | None = None
        self.outer: Streams | None = None

    def __enter__(self) -> Streams:
        self.before = (sys.stdout, sys.stderr)
        _flush(*self.before)
        if os.name == "posix":  # elsewhere pipes cannot be waited for, and only Python's own writes are kept
            self._divert()
        self.outer, _Writer.streams = _Writer.streams, self
        sys.stdout, sys.stderr = WRITERS
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        sys.stdout, sys.stderr = self.before
        _Writer.streams = self.outer
        if self.wake and self.thread:
            os.write(self.wake[1], b"x")
            self.thread.join()
            for descriptor in self.wake:
                os.close(descriptor)
        for pipe in self.pipes.values():
            pipe.restore()
        self.drain()
        for pipe in self.pipes.values():
            pipe.close()
        self.pipes = {}  # a thread that still prints must not read from numbers given to others

    def write(self, descriptor: int, text: str) -> None:
        """What Python code printed."""
        if os.getpid() != self.owner:
            os.write(descriptor, text.encode("utf-8", "replace"))
            return
        with self.lock:
            self.drain()
            self.outputs.write(NAMES[descriptor], text)

    def drain(self) -> None:
        """Take what has come through the pipes."""
        with self.lock:
            for descriptor, pipe in self.pipes.items():
                for _ in range(MOST_BLOCKS):  # a program that writes for ever must not hold us here
                    if not (text := pipe.take()):
                        break
                    self.outputs.write(NAMES[descriptor], text)

    def _divert(self) -> None:
        with contextlib.suppress(OSError):  # a process without descriptors 1 and 2 has nothing to divert
            for descriptor in NAMES:
                self.pipes[descriptor] = _Pipe(descriptor)
        self.wake = os.pipe()
        self.thread = threading.Thread(target=self._empty, name="streams", daemon=True)
        self.thread.start()

    def _empty(self) -> None:
        assert self.wake is not None
        poll = select.poll()
        for descriptor in (self.wake[0], *(pipe.reader for pipe in self.pipes.values())):
            poll.register(descriptor, select.POLLIN)
        while self.wake[0] not in (events := dict(poll.poll())):
            self.drain()
            for ready, event in events.items():
                if not event & select.POLLIN:  # nobody writes any more, and we would be told of it without end
                    poll.unregister(ready)


class Muted:
    """While entered, what is written to standard output and error goes nowhere, from Python and from below it."""

    def __enter__(self) -> Muted:
        self.before = (sys.stdout, sys.stderr)
        _flush(*self.before)
        self.saved: dict[int, int] = {}
        with contextlib.suppress(OSError):  # as above
            null = os.open(os.devnull, os.O_WRONLY)
            for descriptor in NAMES:
                self.saved[descriptor] = os.dup(descriptor)
                os.dup2(null, descriptor)
            os.close(null)
        self.outer, _Writer.streams = _Writer.streams, None
        sys.stdout, sys.stderr = WRITERS
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        sys.stdout, sys.stderr = self.before
        _Writer.streams = self.outer
        for descriptor, saved in self.saved.items():
            os.dup2(saved, descriptor)
            os.close(saved)


class _Pipe:
    """A pipe in the place of one descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.saved = os.dup(descriptor)
        self.reader, writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.dup2(writer, descriptor)
        os.close(writer)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def take(self) -> str:
        try:
            data = os.read(self.reader, BLOCK)
        except OSError:
            return ""
        return self.decoder.decode(data)

    def restore(self) -> None:
        os.dup2(self.saved, self.descriptor)
        os.close(self.saved)

    def close(self) -> None:
        os.close(self.reader)


class _Writer(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of student code: one object for all cells, as handlers of `logging` keep it."""

    streams: ClassVar[Streams | None] = None

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.name = f"<{NAMES[descriptor]}>"
        self.buffer = _Buffer(self)

    encoding = "utf-8"
    errors = "replace"

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if _Writer.streams is not None:  # between cells, what a thread prints has no place
            _Writer.streams.write(self._descriptor, text)
        return len(text)

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Closing does nothing: the streams belong to the cell."""

    def reconfigure(self, **options: object) -> None:
        """Accepted and without effect."""


class _Buffer:
    """The bytes side of a writer."""

    def __init__(self, writer: _Writer) -> None:
        self.writer = writer

    def write(self, data: bytes) -> int:
        self.writer.write(bytes(data).decode("utf-8", "replace"))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


WRITERS = (_Writer(1), _Writer(2))


def _flush(*streams: Any) -> None:
    for stream in streams:
        with contextlib.suppress(Exception):
            stream.flush()
