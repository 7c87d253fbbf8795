"""The host's handle on a warm process: it begins boxes by forking, and tells what they used when they end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import BoxError
from grader.sandbox.inside import orders, wire
from grader.sandbox.line import Ears

WARM_UP = 180.0
"""Seconds the libraries may take to import on a busy machine."""
BEGINNING = 30.0
"""Seconds a fork may take on a busy machine."""
CREDENTIALS = struct.Struct("3i")
"""Process, user and group of a sender, as the kernel tells them (unix(7))."""
INSIDE = Path(__file__).parent / "inside"
BOOT = """
import importlib.util, sys
sys.path[:] = [p for p in sys.path if p]
spec = importlib.util.spec_from_file_location("grader_box", {init!r}, submodule_search_locations=[{folder!r}])
sys.modules["grader_box"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from grader_box import {module}
{module}.{call}
"""
"""Only the inside folder is loaded, by its place and not by a path that students' imports would search."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a box used: peak memory in bytes, processor seconds."""

    memory: int
    seconds: float


def command(python: str, call: str, module: str) -> list[str]:
    """The command that starts one module of our inside under this interpreter."""
    boot = BOOT.format(init=str(INSIDE / "__init__.py"), folder=str(INSIDE), module=module, call=call)
    return [python or sys.executable, "-s", "-c", boot]


def scrubbed_environment(home: str, python: str = "") -> dict[str, str]:
    """Everything a submission sees of the environment: fixed, and nothing of the host's secrets."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM")}
    fixed = {
        "PATH": os.pathsep.join([str(Path(python or sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "MPLCONFIGDIR": str(_font_cache()),
    }
    kept = {k: os.environ[k] for k in ("SYSTEMROOT", "LD_LIBRARY_PATH") if k in os.environ}
    return {**fixed, **threads, **kept}


def _font_cache() -> Path:
    """A folder kept between runs, because matplotlib takes seconds to list the fonts."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "grader" / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return folder


@dataclass(frozen=True, slots=True)
class Begun:
    """A box that has begun: its process id here, and as the warm process sees it, whose processes may be numbered apart."""

    pid: int
    inner: int


class Zygote:
    """One warm process. It is started once and closed by its owner; `wrap` puts its command into another.

    `setting` is what its boxes have in common: ``strict``, ``room``, ``visible``, ``hidden``.
    """

    def __init__(
        self,
        python: str,
        imports: Sequence[str],
        wrap: Callable[[Sequence[str]], Sequence[str]],
        setting: Mapping[str, object],
    ) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._control = ours
        try:
            call = f"serve_zygote({theirs.fileno()}, {list(imports)!r}, {dict(setting)!r})"
            self._process = subprocess.Popen(
                wrap(command(python, call, module="serve")),
                env=scrubbed_environment("/home/student", python),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise BoxError(f"the interpreter cannot be started: {error}") from None
        finally:
            theirs.close()
        self.versions = self._await_warmth()

    def _await_warmth(self) -> dict[str, str]:
        ears = Ears(self._control.fileno())
        until = time.monotonic() + WARM_UP
        try:
            while time.monotonic() < until:
                for message in ears.listen(until) or ():
                    versions = message.header["versions"]
                    assert isinstance(versions, dict)
                    return versions
        except (EOFError, wire.BrokenFrame):
            pass
        self._kill()
        assert self._process.stderr is not None
        said = self._process.stderr.read().decode(errors="replace").strip().splitlines()
        self.close()
        raise BoxError(f"the warm process did not start: {said[-1] if said else 'no message'}")

    def begin(self, box_wire: socket.socket) -> Begun:
        """Fork a box that speaks over this wire."""
        socket.send_fds(self._control, [orders.START], [box_wire.fileno()])
        if not select.select([self._control], [], [], BEGINNING)[0]:
            self._kill()
            raise TimeoutError("no box began")
        data, ancillary, _, _ = self._control.recvmsg(orders.STARTED.size, socket.CMSG_SPACE(CREDENTIALS.size))
        if len(data) < orders.STARTED.size:
            raise ConnectionError("the warm process ended")
        return Begun(CREDENTIALS.unpack(ancillary[0][2])[0], orders.STARTED.unpack(data)[0])

    def end(self, box: Begun) -> Used:
        """Wait until the box is gone, killing it if need be."""
        self._control.sendall(orders.END + orders.STARTED.pack(box.inner))
        memory, seconds, _ = orders.ENDED.unpack(self._receive(orders.ENDED.size))
        return Used(int(memory), float(seconds))

    def _receive(self, size: int) -> bytes:
        data = self._control.recv(size, socket.MSG_WAITALL)
        if len(data) < size:
            raise ConnectionError("the warm process ended")
        return data

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def _kill(self) -> None:
        """All of its session: what was started may be another program around the warm process."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the warm process, and with it whatever boxes it still has."""
        with contextlib.suppress(OSError):
            self._control.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
