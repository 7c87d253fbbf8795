"""The process that holds a part's state: runs its cells on request and answers probes, each in a fork of its own."""

from __future__ import annotations

import signal
import traceback
from typing import Any, Protocol

from . import forks
from .channel import Channel
from .libraries import Lacking
from .session import Session

Json = dict[str, Any]


class Served(forks.Parent, Protocol):
    """What runs a part: a session of this process, or one that asks a Jupyter kernel."""

    language: str
    """Of the part's cells."""

    def run_cell(self, index: int) -> None: ...

    def answer(self, probe: Json, blobs: dict[str, bytes]) -> tuple[Json, dict[str, bytes]]: ...

    def is_absent(self, probe: Json) -> bool: ...

    def forker(self, channel: Channel, rules: bool) -> forks.Forker: ...


def work(channel: Channel, job: Json, forks_probes: bool, rules: bool = False) -> None:
    """Serve one part until told to finish or the other side is gone.

    `rules`: the process namespace is the box's own, so that all others in it may be ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        session = _begin(channel, job, forks_probes, rules)
    except Lacking as lacking:
        channel.send({"frame": "unready", "why": str(lacking), "lacks": True})
        return
    except Exception:
        channel.send({"frame": "unready", "why": traceback.format_exc()[-2000:]})
        return
    forker = session.forker(channel, rules) if forks_probes else None
    channel.send({"frame": "ready", "language": session.language})
    while (message := channel.receive()) is not None:
        request = message.header
        if rules:
            forks.make_room(int(job["limits"]["processes"]), session)
        if request["ask"] == "cell":
            _run_cell(channel, session, int(request["index"]))  # type: ignore[call-overload]
        elif request["ask"] == "probe":
            _probe(channel, session, forker, request, message.blobs)
        elif request["ask"] == "finish":
            return


def _begin(channel: Channel, job: Json, forks_probes: bool, rules: bool) -> Served:
    """The session of this part; a job with a kernel is for Jupyter.

    Raises:
        Lacking: what that needs is not there.
    """
    if "kernel" not in job:
        return Session(job["part"], job["limits"], job["seed"], channel.send)
    if not forks_probes:
        raise Lacking("`runner: jupyter` needs a system on which processes fork (Linux, macOS, or Windows with WSL)")
    try:
        from .jupyter.session import KernelSession
    except ImportError as error:
        raise Lacking.library(error.name or "nbclient") from None
    return KernelSession(job, channel, rules)


def _run_cell(channel: Channel, session: Served, index: int) -> None:
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


def _probe(channel: Channel, session: Served, forker: forks.Forker | None, request: Json, blobs: dict[str, bytes]) -> None:
    """Where all that is asked for is absent, no code of the student's is needed to say so."""
    if forker is None or all(map(session.is_absent, request["probes"])):
        forks.in_process(channel, session.answer, request, blobs)
    else:
        forks.forked(channel, forker, request, blobs)
