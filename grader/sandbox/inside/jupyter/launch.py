"""A kernel's process: begun as a fork of this one or by its command, asked, interrupted, and its end noticed."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from .. import kernel as linux
from .. import wire
from ..channel import Channel
from ..forks import ending
from ..libraries import Lacking
from .specs import Spec

Json = dict[str, Any]
LOOK = 0.05
"""Seconds between looks at whether the kernel is still there."""
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
MARK = b"m"
"""Goes before every message to a kernel; a descriptor may come along with it."""
LAST_WORDS = 2000
ANSWERS = wire.Caps(header=2**20, blobs=0)


class Lost(Exception):
    """The kernel is gone, or says what is no answer."""


class Kernel:
    """One kernel's process. `side` is a line of our own to what is planted in it, beside Jupyter's channels.

    Jupyter's channels are unix sockets in the box's temporary folder: there is no network, nor need there be.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.connection = _connection()
        self.status: int | None = None
        self.side, self._theirs = socket.socketpair()
        self._channel = Channel(self.side.fileno(), self.side.fileno(), ANSWERS)
        self.pid = 0

    def fork(self, begin: Callable[[Json, socket.socket], None], not_theirs: Channel) -> None:
        """Begin it as a fork of this process, which `begin` turns into a kernel."""
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for fd in {not_theirs.source, not_theirs.sink}:
                    os.close(fd)
                self.side.close()
                _be_ordinary()
                begin(self.connection, self._theirs)
            except BaseException:
                self._theirs.sendall(traceback.format_exc()[-LAST_WORDS:].encode(errors="replace"))
            finally:
                os._exit(0)
        self._theirs.close()

    def start(self) -> None:
        """Begin it by its command.

        Raises:
            Lacking: there is no such program.
        """
        path = f"{self.connection['ip']}.json"
        words = self.spec.words(path)
        if shutil.which(words[0]) is None:
            raise Lacking(f"the kernel for {self.spec.language} is begun by `{words[0]}`, which is not installed")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.connection, file)
        process = subprocess.Popen(
            words,
            env={**os.environ, **self.spec.environment, "JPY_PARENT_PID": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[self._theirs.fileno()],
            preexec_fn=_be_ordinary,  # noqa: PLW1509 (this process has no threads yet)
        )
        self.pid = process.pid
        process.returncode = 0  # we wait for it ourselves

    @property
    def theirs(self) -> int:
        """The number of its end of our line, which it inherits with its command."""
        return self._theirs.fileno()

    def let_go(self) -> None:
        """Its end of our line is its own from here on."""
        self._theirs.close()

    @property
    def is_alive(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is None

    @property
    def is_sound(self) -> bool:
        """It is there, and silent on our line while it is not asked."""
        return self.is_alive and not select.select([self.side], [], [], 0)[0]

    def interrupt(self) -> None:
        """Ctrl-C."""
        if self.is_alive:
            os.kill(self.pid, signal.SIGINT)

    def ask(self, request: Json, blobs: dict[str, bytes] | None = None, fd: int | None = None) -> Json:
        """What the planted code answers.

        Raises:
            Lost: it does not, and never will.
        """
        try:
            if fd is None:
                self.side.sendall(MARK)
            else:
                socket.send_fds(self.side, [MARK], [fd])
            self._channel.send(request, blobs)
            while not self._channel.has_message and not select.select([self.side], [], [], LOOK)[0]:
                if not self.is_alive:
                    raise Lost("the kernel ended")
            answer = self._channel.receive()
        except (OSError, wire.BrokenFrame) as error:
            raise Lost(str(error)) from None
        if answer is None:
            raise Lost("the kernel closed its channel")
        return answer.header

    def end(self) -> None:
        """End it, and wait for that."""
        if self.is_alive:
            os.kill(self.pid, signal.SIGKILL)
            _, self.status = os.waitpid(self.pid, 0)

    @property
    def how(self) -> str:
        """How it ended."""
        return "" if self.status is None else ending(os.waitstatus_to_exitcode(self.status))

    @property
    def last_words(self) -> str:
        """What a fork that did not become a kernel said of it."""
        if not select.select([self.side], [], [], 0)[0]:
            return ""
        return self.side.recv(LAST_WORDS).decode(errors="replace")

    def die_alike(self) -> None:
        """End this process as the kernel has ended."""
        code = os.waitstatus_to_exitcode(self.status or 0)
        if code < 0:
            with contextlib.suppress(OSError, ValueError):
                signal.signal(-code, signal.SIG_DFL)
            os.kill(os.getpid(), -code)
        os._exit(max(code, 0))


def _connection() -> Json:
    folder = tempfile.mkdtemp(prefix="kernel")
    fixed = {"transport": "ipc", "ip": os.path.join(folder, "k"), "signature_scheme": "hmac-sha256"}
    return {**fixed, "key": secrets.token_hex(32), **{name: number for number, name in enumerate(PORTS, 1)}}


def _be_ordinary() -> None:
    """The rights of an ordinary program, which ends with the process that began it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
