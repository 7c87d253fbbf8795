"""Process 1 of a box: forks one worker per part, passes messages on, reaps, and runs no student code itself."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time

from . import folders, kernel, wire, worker
from .channel import Channel

if sys.platform != "win32":
    import resource
CHUNK = 2**18
LINGER = 0.3
"""Seconds a worker may take to exit after it closed its channel."""
CLEARING = 10.0
"""Seconds that those who were killed may take to be gone on a busy machine."""


class Supervisor:
    """`rules` says that this is process 1 of its own process namespace, where it may kill all others."""

    def __init__(self, host: Channel, rules: bool, work: str) -> None:
        self._host = host
        self._rules = rules
        self._work = work
        self._folders = folders.keep(work)
        self._pid = 0
        self._serial = 0
        self._channel: socket.socket | None = None
        self._unsent = bytearray()
        self._wake, wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # else student code could end its box, and nothing would count as wrong
        self._wake_in = wake

    def serve(self) -> None:
        """Until the host says finish or is gone."""
        while True:
            channel = [self._channel.fileno()] if self._channel else []
            readable, writable, _ = select.select([self._host.source, self._wake, *channel], channel if self._unsent else [], [])
            if self._wake in readable:
                os.read(self._wake, 4096)
                self._reap()
            if self._channel and self._channel.fileno() in readable:
                self._pass_up()
            if self._channel and self._channel.fileno() in writable:
                self._pass_down()
            if self._host.source in readable and not self._obey_all():
                self._finish()
                return

    def _finish(self) -> None:
        """End all that is left, and tell the host of it, which need not wait for the end of the box then."""
        self._end_worker()
        self._clear()
        with contextlib.suppress(OSError):
            self._host.send({"frame": "used", "memory": peak_memory()})

    def _obey_all(self) -> bool:
        goes_on = self._obey(self._host.receive())
        while goes_on and self._host.has_message:
            goes_on = self._obey(self._host.receive())
        return goes_on

    def _obey(self, message: wire.Message | None) -> bool:
        if message is None:
            return False
        order = message.header["order"]
        if order == "part":
            self._end_worker()
            self._start(message.header)
        elif order == "tell" and self._channel:
            for piece in wire.encode(message.header["message"], message.blobs):  # type: ignore[arg-type]
                self._unsent += piece
            self._pass_down()
        elif order == "interrupt" and self._pid:
            os.kill(self._pid, signal.SIGINT)
        elif order == "kill":
            self._end_worker()
        return order != "finish"

    def _start(self, job: dict[str, object]) -> None:
        self._clear()
        for folder in self._folders:
            folder.put_back()
        self._serial = int(job["serial"])  # type: ignore[call-overload]
        ours, theirs = socket.socketpair()
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            self._host.send({"frame": "ended", "serial": self._serial, "how": f"exit: no process can be started: {error}"})
            return
        if pid == 0:
            ours.close()
            self._become_worker(theirs, job)
        theirs.close()
        ours.setblocking(False)
        self._pid, self._channel = pid, ours

    def _clear(self) -> None:
        """Nothing is left of an earlier worker, not even its places among the processes that the box may have."""
        until = time.monotonic() + CLEARING
        with contextlib.suppress(ChildProcessError):
            while self._rules and time.monotonic() < until:
                if not os.waitpid(-1, os.WNOHANG)[0]:
                    self._kill_rest(0)
                    time.sleep(0.002)

    def _become_worker(self, channel: socket.socket, job: dict[str, object]) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            kept = {folder.fd for folder in self._folders}
            for fd in {self._host.source, self._host.sink, self._wake, self._wake_in, *kept}:
                os.close(fd)
            if self._rules:
                kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # the supervisor is not; ordinary programs are
            if sys.platform == "linux":
                kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            os.chdir(self._work)
            sys.path.insert(0, self._work)
            fd = channel.detach()
            worker.work(Channel(fd, fd), job, forks_probes=True, rules=self._rules)
            code = 0
        finally:
            os._exit(code)

    def _pass_up(self) -> None:
        assert self._channel is not None
        try:
            data = self._channel.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._host.send({"frame": "data", "serial": self._serial}, {"data": data})
            return
        self._channel.close()
        self._channel = None
        self._unsent.clear()
        select.select([self._wake], [], [], LINGER)
        self._reap()
        self._end_worker("closed its channel")

    def _pass_down(self) -> None:
        assert self._channel is not None
        try:
            while self._unsent:
                del self._unsent[: self._channel.send(self._unsent[:CHUNK])]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()

    def _reap(self) -> None:
        """Collect the dead; when the worker is among them, tell the host after the last of its bytes."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid:
                self._report(os.waitstatus_to_exitcode(status))

    def _report(self, code: int, how: str = "") -> None:
        pid, self._pid = self._pid, 0
        self._kill_rest(pid)
        while self._channel is not None and select.select([self._channel], [], [], 0)[0]:
            data = b""
            with contextlib.suppress(OSError):
                data = self._channel.recv(CHUNK)
            if not data:
                break
            self._host.send({"frame": "data", "serial": self._serial}, {"data": data})
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        self._unsent.clear()
        how = how or (f"exit {code}" if code >= 0 else f"signal {-code}")
        self._host.send({"frame": "ended", "serial": self._serial, "how": how})

    def _end_worker(self, how: str = "killed") -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._report(-signal.SIGKILL, how)

    def _kill_rest(self, pid: int) -> None:
        """Nothing that the worker started outlives it."""
        try:
            if self._rules:
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def peak_memory() -> int:
    """Bytes that the largest process used which has ended and was collected."""
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # kilobytes on Linux
