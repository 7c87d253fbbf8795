"""A box without walls: one process, on any platform, that speaks over what were its standard streams."""

from __future__ import annotations

import gc
import os
import sys
import tempfile

from . import session, worker
from .channel import Channel


def warm(imports: list[str], rehearse: bool = False) -> dict[str, str]:
    """Import what submissions need, and keep it out of the collector's sight, so that forks go on sharing its pages.

    `rehearse` pays where many submissions follow.
    """
    session.warm_up(imports)
    if rehearse:
        from . import rehearsal

        rehearsal.warm_by_rehearsal()
    versions = session.versions()
    gc.collect()
    gc.freeze()
    if rehearse and sys.platform == "linux":
        from . import pages

        pages.gather()
    return versions


def settle(work: str) -> None:
    """Make the work folder current, and the folder above it the home, where temporary files and caches go as well."""
    os.chdir(work)
    home = os.path.dirname(work)
    places = {"TMPDIR": ".tmp", "MPLCONFIGDIR": ".config", "XDG_CACHE_HOME": ".cache", "XDG_CONFIG_HOME": ".config"}
    os.environ.update(HOME=home, PWD=work, **{name: os.path.join(home, place) for name, place in places.items()})
    os.makedirs(os.environ["TMPDIR"], exist_ok=True)
    tempfile.tempdir = None
    sys.path[:] = [p for p in sys.path if os.path.exists(p)]


def serve(work: str, imports: list[str], forks: bool) -> None:
    """Serve one submission: its parts one after the other in forks, or one part in this process."""
    channel = _take_streams()
    channel.send({"frame": "warm", "versions": warm(imports)})
    settle(work)
    if forks:
        from . import supervisor

        supervisor.Supervisor(channel, rules=False, work=work).serve()
        return
    sys.path.insert(0, work)
    part = channel.receive()
    if part is not None:
        worker.work(channel, part.header, forks_probes=False)


def _take_streams() -> Channel:
    """The pipes, moved away from the numbers that student code writes to."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)
    if sys.platform == "win32":
        import msvcrt

        for fd in (source, sink):
            msvcrt.setmode(fd, os.O_BINARY)
    return Channel(source, sink)
