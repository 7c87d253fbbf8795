"""Where the processes of a walled box begin: the zygote, the box forked from it, and its process 1."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import time

from . import confine, kernel, plain, room, supervisor, wire
from .channel import Channel
from .orders import END, ENDED, FILES, MOST_HANDED, START, STARTED

PATIENCE = 2.0
"""Seconds in which a box must be gone after the host let go of it."""


def serve_zygote(control_fd: int, imports: list[str], setting: dict[str, object]) -> None:
    """Fork a box whenever the host hands over a wire; end it when the host says so. `setting` is for all boxes."""
    control = socket.socket(fileno=control_fd)
    versions = plain.warm(imports, rehearse=True)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 2)  # what the host reads while it waits for us is no channel for submissions
    os.close(null)
    wire.write(control.fileno(), {"frame": "warm", "versions": versions})
    while True:
        order, fds, _, _ = socket.recv_fds(control, 1, 1)
        if order == START:
            _fork_box(control, fds[0], setting)
        elif order == END:
            (pid,) = STARTED.unpack(control.recv(STARTED.size, socket.MSG_WAITALL))
            control.sendall(ENDED.pack(*_end_box(pid)))
        else:
            return


def _fork_box(control: socket.socket, fd: int, setting: dict[str, object]) -> None:
    """The box itself says that it has begun: the kernel tells the host its number as seen from there."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            control.sendall(STARTED.pack(os.getpid()))
            control.close()
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            _be_box(fd, setting)
            code = 0
        finally:
            os._exit(code)
    os.close(fd)


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


def _be_box(fd: int, setting: dict[str, object]) -> None:
    """Outside the walls still: separate, wait for the job, fork process 1, and wait for it."""
    channel = Channel(fd, fd)
    walls = confine.Walls(bool(setting["strict"]))
    try:
        confine.separate(walls, setting)
        handed = _receive_files(fd)
        message = channel.receive()
        if message is None:
            return
        job = {**setting, **message.header}
        confine.lay_files(walls, job, handed)
        for each in handed:
            os.close(each)
        pid = os.fork()
        if pid == 0:
            _be_first(channel, walls, job)
        os.close(fd)
        os.waitpid(pid, 0)
    except confine.WallFailed as failure:
        channel.send({"frame": "wall_failed", "wall": failure.wall, "why": failure.why})
    except (OSError, ValueError) as error:
        channel.send({"frame": "box_failed", "why": f"the submission's files could not be laid: {error}"})


def _receive_files(fd: int) -> list[int]:
    """The open files that come before the job; none when the host needs no box any more."""
    line = socket.socket(fileno=fd)
    _, handed, _, _ = socket.recv_fds(line, len(FILES), MOST_HANDED)
    line.detach()
    return handed


def own_files() -> None:
    """Open anew the files that the warm process has open (fonts): all boxes would share one position, and any could move it."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # the listing's own descriptor is gone by now
            if stat.S_ISREG(os.fstat(int(name)).st_mode):
                fresh = os.open(f"/proc/self/fd/{name}", os.O_RDONLY | os.O_CLOEXEC)
                os.dup2(fresh, int(name), inheritable=False)
                os.close(fresh)


def _be_first(channel: Channel, walls: confine.Walls, job: dict[str, object]) -> None:
    try:
        own_files()
        confine.shut_in(walls, job)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if walls.has("pid"):
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # its memory and descriptors are not for the workers
        work = room.WORK if walls.has("root") else str(job["work"])
        plain.settle(work)
        channel.send({"frame": "walls", "walls": walls.states})
        supervisor.Supervisor(channel, walls.has("pid"), work).serve()
    except confine.WallFailed as failure:
        channel.send({"frame": "wall_failed", "wall": failure.wall, "why": failure.why})
    except BaseException as error:
        channel.send({"frame": "box_failed", "why": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)
