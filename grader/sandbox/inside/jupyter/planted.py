"""What is planted in a kernel of Python: it notes what cells do, and answers probes in forks of the kernel.

A thread of its own listens, so that it can answer whatever the kernel's loop does, and so that a function which begins a loop of
`asyncio` finds none running in the fork that calls it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from typing import Any

from IPython.display import display

from .. import forks
from ..cells import CodeNames, assigned_names, identities
from ..channel import Channel
from ..errors import Files, raised
from ..keyboard import refuse_input
from ..libraries import load
from ..plots import begin_log
from ..probes import answer
from ..progress import tame_tqdm
from ..seeds import seed_all
from ..self_check import quiet_self_check
from ..shell import make_tame, show_figures_as
from ..state import State
from ..streams import WRITERS

Json = dict[str, Any]
Blobs = dict[str, bytes]


def plant_here(fd: int, job: Json) -> None:
    """Plant into the kernel that runs this, which was started by its own command."""
    import IPython

    apart = [entry for entry in ("", os.getcwd()) if entry in sys.path]
    sys.path[:] = [entry for entry in sys.path if entry not in apart]  # a file of the student's is no library of ours
    try:
        for library in ("numpy", "torch", "matplotlib.pyplot"):
            load(library)
        plant(IPython.get_ipython(), socket.socket(fileno=fd), job)
    finally:
        sys.path[:0] = apart


def plant(shell: Any, side: socket.socket, job: Json) -> None:
    """Begin to note and to listen."""
    planted = Planted(shell, side, job)
    threading.Thread(target=planted.serve, name="planted", daemon=True).start()


class Planted:
    """One part as its kernel knows it."""

    def __init__(self, shell: Any, side: socket.socket, job: Json) -> None:
        self.shell = shell
        self.side = side
        self.channel = Channel(side.fileno(), side.fileno())
        self.part = job["part"]
        self.limits = job["limits"]
        self.files = Files(part=str(self.part["path"]), root=os.getcwd())
        self.names = CodeNames(self.files)
        self.sources = {cell["index"]: cell["source"] for cell in self.part["cells"]}
        self.assigned: dict[str, int] = {}
        self.printed: dict[int, str] = {}
        self.error: Json | None = None
        self.before: dict[str, int] = {}
        self.seed: int | None = int(job["seed"])
        self._settle()
        self.hidden = frozenset(shell.user_ns)

    def _settle(self) -> None:
        """As for our own shell: figures are recorded, nobody answers, nothing is installed."""
        self.log = begin_log()
        self.log.show = display
        refuse_input()
        tame_tqdm()
        quiet_self_check()
        make_tame(self.shell)
        show_figures_as(self.shell, self.log.picture)
        self.shell.compile.get_code_name = self.names
        self.shell.events.register("pre_run_cell", self._begin)
        self.shell.events.register("post_run_cell", self._end)

    def _begin(self, info: Any) -> None:
        """Before the first cell the generators are seeded: until then the kernel may draw from them itself."""
        if self.seed is not None:
            seed_all(self.seed)
            self.seed = None
        self.before = identities(self.shell.user_ns)

    def _end(self, result: Any) -> None:
        """Within the cell still, so that figures left open are shown with it."""
        error = None if result is None else result.error_before_exec or result.error_in_exec
        self.error = None if error is None else raised(error, self.files)
        for name in assigned_names(self.sources.get(self.names.index, ""), self.before, self.shell.user_ns):
            self.assigned[name] = self.names.index
        self.log.show_open()

    def serve(self) -> None:
        """Answer what is asked, until the other side is gone."""
        with contextlib.suppress(OSError):
            while True:
                mark, fds, _, _ = socket.recv_fds(self.side, 1, 1)
                message = self.channel.receive() if mark else None
                if message is None:
                    return
                self.channel.send(self._answer(message.header, message.blobs, fds))

    def _answer(self, request: Json, blobs: Blobs, fds: list[int]) -> Json:
        if request["ask"] == "begin":
            self.names.index, self.error = request["index"], None
            self.log.begin(request["index"])
        elif request["ask"] == "end":
            self.printed[request["index"]] = request["printed"]
            return {"error": self.error}
        elif request["ask"] == "probe":
            return self._fork(request, blobs, fds[0])
        elif request["ask"] == "collect":
            forks.collect()
        elif request["ask"] == "wait":
            return {"how": _ended(request["pid"])}
        return {}

    def _fork(self, request: Json, blobs: Blobs, sink: int) -> Json:
        try:
            child = os.fork()
            if child == 0:
                self._be_quiet()
                forks.be_probe(self._probe, request, blobs, sink, {self.side.fileno()})
            return {"pid": child}
        except OSError as error:
            return {"why": str(error)}
        finally:
            os.close(sink)

    def _be_quiet(self) -> None:
        """The kernel's channels are not this process's to use."""
        sys.stdout, sys.stderr = WRITERS
        self.shell.display_pub.publish = _nothing
        self.shell.display_pub.clear_output = _nothing

    def _probe(self, probe: Json, blobs: Blobs) -> tuple[Json, Blobs]:
        given = answer(self._state(), probe, blobs)
        return given.capture, given.blobs

    def _state(self) -> State:
        noted = {"assigned": self.assigned, "printed": self.printed, "drawn": self.log.drawn}
        return State.of(self.part, self.limits, self.files, namespace=self.shell.user_ns, hidden=self.hidden, **noted)


def _ended(child: int) -> str:
    try:
        return forks.ending(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    except ChildProcessError:  # a thread of the student's waited for it
        return "signal 9"


def _nothing(*args: object, **rest: object) -> None:
    """What is displayed while a probe is answered belongs to no cell."""
