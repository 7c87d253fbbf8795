"""Where a process of the box begins: the zygote, or one plain process without walls."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import time

from . import confine, kernel, room, session, supervisor, wire, worker
from .orders import END, ENDED, START, STARTED

PATIENCE = 2.0
"""Seconds in which a box must be gone after the host let go of it."""


def warm(imports: list[str]) -> dict[str, str]:
    """Import what submissions need; what it left on the heap is then kept out of the collector's sight, so that pages stay
    shared."""
    session.warm_up(imports)
    versions = session.versions()
    gc.collect()
    gc.freeze()
    return versions


def serve_zygote(control_fd: int, imports: list[str]) -> None:
    """Fork a box whenever the host hands over a wire; end it when the host says so."""
    control = socket.socket(fileno=control_fd)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    wire.write(control.fileno(), {"frame": "warm", "versions": warm(imports)})
    while True:
        order, fds, _, _ = socket.recv_fds(control, 1, 1)
        if order == START:
            control.sendall(STARTED.pack(_fork_box(control, fds[0])))
        elif order == END:
            (pid,) = STARTED.unpack(control.recv(STARTED.size, socket.MSG_WAITALL))
            control.sendall(ENDED.pack(*_end_box(pid)))
        else:
            return


def _fork_box(control: socket.socket, fd: int) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            control.close()
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            _be_box(fd)
            code = 0
        finally:
            os._exit(code)
    os.close(fd)
    return pid


def _end_box(pid: int) -> tuple[int, float, int]:
    until = time.monotonic() + PATIENCE
    found, status, usage = os.wait4(pid, os.WNOHANG)
    while not found:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            found, status, usage = os.wait4(pid, 0)
            break
        time.sleep(0.002)
        found, status, usage = os.wait4(pid, os.WNOHANG)
    return usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime, status


def _be_box(fd: int) -> None:
    """Outside the walls still: read the job, separate, fork process 1, and wait for it."""
    channel = worker.Channel(fd, fd)
    message = channel.receive()
    if message is None:
        return
    job = message.header
    walls = confine.Walls(bool(job["strict"]))
    try:
        confine.separate(walls, job)
        pid = os.fork()
        if pid == 0:
            _be_first(channel, walls, job)
        os.close(fd)
        os.waitpid(pid, 0)
    except confine.WallFailed as failure:
        channel.send({"frame": "wall_failed", "wall": failure.wall, "why": failure.why})


def _be_first(channel: worker.Channel, walls: confine.Walls, job: dict[str, object]) -> None:
    try:
        confine.shut_in(walls, job)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if walls.has("pid"):
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # its memory and descriptors are not for the workers
        work = room.WORK if walls.has("root") else _plain_work(job)
        _settle(work)
        channel.send({"frame": "walls", "walls": walls.states})
        supervisor.Supervisor(channel, walls.has("pid"), work).serve()
    except confine.WallFailed as failure:
        channel.send({"frame": "wall_failed", "wall": failure.wall, "why": failure.why})
    except BaseException as error:
        channel.send({"frame": "wall_failed", "wall": "supervisor", "why": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def _plain_work(job: dict[str, object]) -> str:
    """The work folder where there is no private root: the host made it, laid the files and will delete it."""
    return str(job["work"])


def _settle(work: str) -> None:
    os.chdir(work)
    home = os.path.dirname(work)
    os.environ.update(HOME=home, PWD=work, MPLCONFIGDIR=os.path.join(home, ".config"), XDG_CACHE_HOME=os.path.join(home, ".cache"))
    sys.path[:] = [p for p in sys.path if os.path.exists(p)]


def serve_plain(forks: bool, imports: list[str]) -> None:
    """One process without walls, speaking over what were its standard streams."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)
    channel = worker.Channel(source, sink)
    message = channel.receive()
    if message is None:
        return
    job = message.header
    versions = warm(imports)
    work = _plain_work(job)
    _settle(work)
    channel.send({"frame": "warm", "versions": versions})
    if forks:
        supervisor.Supervisor(channel, rules=False, work=work).serve()
    else:
        sys.path.insert(0, work)
        part = channel.receive()
        if part is not None:
            worker.work(channel, part.header, forks=False)
