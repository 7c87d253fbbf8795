"""One notebook, run by a Jupyter kernel of its own: what the host asks goes on to that kernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

from nbclient.exceptions import DeadKernelError

from .. import figures, forks
from .. import kernel as linux
from ..cells import record
from ..channel import Channel
from ..errors import Files, plain
from ..outputs import Outputs
from ..plots import MOST_FIGURES, Drawn
from ..probes import answer
from ..session import TOTAL_FACTOR, output_limit
from ..state import State
from . import specs
from .client import Client, Reply
from .launch import Kernel, Lost

Json = dict[str, Any]
Blobs = dict[str, bytes]
_clock = time.perf_counter
BROKEN = 1
"""How this process ends when the kernel is there, but of no use any more."""
INSIDE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLANT = """
import importlib.util, sys
folder = {folder!r}
spec = importlib.util.spec_from_file_location("grader_box", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["grader_box"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
importlib.import_module("grader_box.jupyter.planted").plant_here({fd}, {job!r})
"""
"""The host begins our own processes in the same way."""


class KernelSession:
    """The counterpart of `Session`. This process runs no code of the student's: it speaks with the kernel, and with the host.

    With a kernel of Python, probes are answered by forks of that kernel; with any other, here, from what the cells showed.
    """

    def __init__(self, job: Json, channel: Channel, rules: bool) -> None:
        self.part = job["part"]
        self.limits = job["limits"]
        self.send = channel.send
        spec = specs.choose(job["kernel"]["wanted"], job["kernel"]["named"], str(self.part["language"]))
        self.language = "python" if spec.language in specs.PYTHON else spec.language
        self.limit = output_limit(self.limits)
        self.left = TOTAL_FACTOR * self.limit
        self.printed: dict[int, str] = {}
        self.drawn: list[Drawn] = []
        self.files = Files(part=str(self.part["path"]), root=os.getcwd())
        if rules:
            linux.prctl(linux.PR_SET_DUMPABLE, 0)  # the kernel has our user; our memory is not for it
        _keep_home_tidy()
        self.kernel = Kernel(spec)
        self._begin(job, channel)
        self.keeps = (self.kernel.pid,)

    @property
    def is_python(self) -> bool:
        return self.language == "python"

    def _begin(self, job: Json, channel: Channel) -> None:
        """A warm fork where that is enough; it must come before this process has any thread."""
        if self.kernel.spec.command:
            self.kernel.start()
        else:
            from . import ipython

            self.kernel.fork(lambda connection, side: ipython.be_kernel(connection, side, job), channel)
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        codes = {cell["index"]: cell["source"] for cell in self.part["cells"] if cell["kind"] == "code"}
        self.client = Client(self.kernel, codes)
        try:
            self.loop.run_until_complete(self.client.get_ready())
        except DeadKernelError:
            raise RuntimeError(f"the kernel ended before it was ready ({self.kernel.how}): {self.kernel.last_words}") from None
        if self.kernel.spec.command:
            if self.is_python:
                self._plant(job)
            self.kernel.let_go()

    def _plant(self, job: Json) -> None:
        brief = {name: job[name] for name in ("part", "limits", "seed")}
        code = PLANT.format(folder=INSIDE, fd=self.kernel.theirs, job=brief)
        told = self.loop.run_until_complete(self.client.run_silently(f"exec({code!r}, {{}})"))
        if told.get("status") != "ok":
            raise RuntimeError(f"nothing can be planted in the kernel: {told.get('ename')}: {told.get('evalue')}"[:1000])

    def run_cell(self, index: int) -> None:
        """Run the code cell of this index: sends `cell_begin`, then the cell's record. With the kernel this process ends."""
        self.send({"frame": "cell_begin", "cell": index}, {})
        outputs = Outputs(min(self.limit, self.left))
        start = _clock()
        error: Json | None = None
        with self._interrupts():
            try:
                if self.is_python:
                    self.kernel.ask({"ask": "begin", "index": index})
                reply = self.loop.run_until_complete(self.client.run(index, outputs))
                seconds = _clock() - start
                error = self._error_of(index, reply, outputs)
            except Exception:  # whatever a kernel that breaks its channels makes nbclient raise
                reply, seconds = Reply(is_dead=True), _clock() - start
        self._keep(index, outputs)
        self.send({"frame": "cell", **record(str(self.part["path"]), index, seconds, outputs, error)}, {})
        if reply.is_dead:
            self._die()

    def _error_of(self, index: int, reply: Reply, outputs: Outputs) -> Json | None:
        """What the cell raised, with its lines where the kernel can tell."""
        told: Json = {}
        if self.is_python and not reply.is_dead:
            told = self.kernel.ask({"ask": "end", "index": index, "printed": outputs.said.getvalue()})
        if not reply.name:
            return None
        error = told.get("error")
        return error if isinstance(error, dict) else plain(reply.name, reply.text)

    def _keep(self, index: int, outputs: Outputs) -> None:
        self.left -= outputs.length
        self.printed[index] = outputs.said.getvalue()
        if not self.is_python:
            pictures = outputs.pictures[: MOST_FIGURES - len(self.drawn)]
            self.drawn += [Drawn(None, figures.nothing(), index, data) for data in pictures]

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Ctrl-C goes on to the kernel."""
        self.loop.add_signal_handler(signal.SIGINT, self._interrupt)
        try:
            yield
        finally:
            self.loop.remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _interrupt(self) -> None:
        self.client.interrupted()
        if self.kernel.spec.by_message:
            self.client.ask_to_stop()
        else:
            self.kernel.interrupt()

    def _die(self) -> None:
        """The host then begins the part again, without the cell that did it."""
        if self.kernel.is_alive:
            self.kernel.end()
            os._exit(BROKEN)
        self.kernel.die_alike()

    def answer(self, probe: Json, blobs: Blobs) -> tuple[Json, Blobs]:
        """The capture of a probe by what the cells showed and wrote: there are no objects of Python's."""
        state = State.of(self.part, self.limits, self.files, namespace={}, printed=self.printed, drawn=self.drawn)
        given = answer(state, probe, blobs)
        return given.capture, given.blobs

    def is_absent(self, probe: Json) -> bool:
        """Only a kernel of Python would know."""
        return False

    def collect(self) -> None:
        """What the cells left is the kernel's to collect."""
        if self.is_python:
            self.ask({"ask": "collect"})

    def ask(self, request: Json, blobs: Blobs | None = None, fd: int | None = None) -> Json:
        """What the kernel answers; where it is gone, this process is as well."""
        try:
            return self.kernel.ask(request, blobs, fd)
        except Lost:
            self._die()
            raise

    def forker(self, channel: Channel, rules: bool) -> forks.Forker:
        """What begins the processes that answer probes."""
        return KernelForks(self, rules) if self.is_python else forks.OwnForks(channel, self.answer, rules=False)


class KernelForks:
    """Forks of the kernel, which begins and collects them; they are ended from here."""

    def __init__(self, session: KernelSession, rules: bool) -> None:
        self._session = session
        self._rules = rules

    def begin(self, request: Json, blobs: Blobs, sink: int) -> int:
        answer = self._session.ask({**request, "ask": "probe"}, blobs, sink)
        if "why" in answer and self._rules:  # what the cells left running may have taken the place
            forks.clear(self._session)
            answer = self._session.ask({**request, "ask": "probe"}, blobs, sink)
        pid = answer.get("pid")
        if type(pid) is not int or pid <= 1 or pid == os.getpid():
            raise OSError(str(answer.get("why", "the kernel gave no process"))[:500])
        return pid

    def end(self, child: int, is_answered: bool, left_running: bool) -> str:
        how = self._session.ask({"ask": "wait", "pid": child}).get("how")
        return "exit 0" if is_answered and not left_running else str(how)[:200]


def _keep_home_tidy() -> None:
    """What Jupyter writes down goes where temporary files go."""
    base = os.path.join(os.environ.get("TMPDIR") or "/tmp", "jupyter")  # noqa: S108 (of the box)
    os.environ["IPYTHONDIR"] = base
    for name in ("CONFIG", "DATA", "RUNTIME"):
        os.environ[f"JUPYTER_{name}_DIR"] = os.path.join(base, name.lower())
    if sys.platform != "win32":
        os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
