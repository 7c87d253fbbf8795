"""One part of a submission, run and then asked: the interface of everything inside the box."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
from collections.abc import Callable, Iterable
from typing import Any

from . import forks
from .cells import Cells, ModuleRunner, NotebookRunner, Runner
from .channel import Channel
from .errors import Files
from .figures import png
from .interrupts import Interrupts
from .keyboard import refuse_input
from .libraries import load, loaded
from .plots import begin_log
from .probes import answer, is_absent
from .progress import tame_tqdm
from .seeds import seed_all
from .self_check import quiet_self_check
from .state import State

Json = dict[str, Any]
Send = Callable[[Json, dict[str, bytes]], None]
REPORTED = ("IPython", "numpy", "torch", "torchvision", "matplotlib", "scipy", "pandas", "sklearn", "sympy", "tqdm")
OF_JUPYTER = ("nbclient", "ipykernel")
MOST_OUTPUT = 2**21
"""Characters of one cell, whatever the limits say: a record must fit into one frame."""
TOTAL_FACTOR = 4
"""The printed text kept of all cells together, in limits of one cell."""


class Session:
    """Runs the cells of one part in the current folder, then answers probes about what they left.

    `part` is {"path", "kind": notebook | module | document, "cells": [{"index", "kind", "source", "headings"}]}; `limits` gives
    `output` (characters a cell) and `capture` (bytes a probe); `send` takes each frame and the blobs beside it.
    """

    language = "python"
    keeps = ()

    def __init__(self, part: Json, limits: Json, seed: int, send: Send) -> None:
        for library in ("numpy", "torch"):
            loaded(library)
        self.part = part
        self.send = send
        self.limits = limits
        self.files = Files(part=str(part["path"]), root=os.getcwd())
        self.log = begin_log()
        refuse_input()
        tame_tqdm()
        quiet_self_check()
        self.runner = self._runner()
        limit = output_limit(limits)
        self.cells = Cells(self.runner, str(part["path"]), self.files, limit, TOTAL_FACTOR * limit)
        seed_all(seed)

    def run_cell(self, index: int) -> None:
        """Run the code cell of this index (0 in a module): sends `cell_begin`, then the cell's record."""
        cell = next(cell for cell in self.part["cells"] if cell["index"] == index)
        self.send({"frame": "cell_begin", "cell": index}, {})
        self.log.begin(index if self.cells.is_notebook else None)
        with Interrupts() as interrupts:
            record = self.cells.run(index, cell["source"], self.log.show_open, interrupts)
            self.send({"frame": "cell", **record}, {})

    def answer(self, probe: Json, blobs: dict[str, bytes]) -> tuple[Json, dict[str, bytes]]:
        """The capture of one probe, and its blobs; never raises."""
        given = answer(self._state(), probe, blobs)
        return given.capture, given.blobs

    def is_absent(self, probe: Json) -> bool:
        """Whether it asks for names of which none is there, so that answering runs no code of the student's."""
        return is_absent(self._state(), probe)

    def collect(self) -> None:
        """Collect what the cells left and has ended."""
        forks.collect()

    def forker(self, channel: Channel, rules: bool) -> forks.Forker:
        """What answers probes in forks of this process."""
        return forks.OwnForks(channel, self.answer, rules)

    def _runner(self) -> Runner:
        if self.part["kind"] == "notebook":
            return NotebookRunner(self.files.root, self.files, self.log)
        return ModuleRunner(self.files.root, str(self.part["path"]))

    def _state(self) -> State:
        return State.of(
            self.part,
            self.limits,
            self.files,
            namespace=self.runner.namespace,
            hidden=getattr(self.runner, "hidden", ()),
            assigned=self.cells.assigned if self.cells.is_notebook else {},
            printed=self.cells.printed,
            drawn=self.log.drawn,
        )


def output_limit(limits: Json) -> int:
    """Characters of printed text that are kept of one cell."""
    return min(int(limits.get("output", 2**20)), MOST_OUTPUT)


def versions() -> dict[str, str]:
    """Python's version, and that of each library which is loaded."""
    found = {"python": platform.python_version()}
    for name in (*REPORTED, *OF_JUPYTER):
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found[name] = version
    return found


def warm_up(imports: Iterable[str] = ()) -> None:
    """Import what most submissions need, on one thread, before any is there; starts nothing that keeps running."""
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[variable] = "1"
    os.environ["MPLBACKEND"] = "agg"
    load("numpy")
    if (torch := load("torch")) is not None:
        torch.set_num_threads(1)
        with contextlib.suppress(RuntimeError):  # it can be set once, and a zygote may already have
            torch.set_num_interop_threads(1)
    for name in (".tracing", "torch.overrides", "mpl_toolkits.mplot3d.art3d", *imports):
        load(f"{__package__}{name}" if name.startswith(".") else name)
    if (shell := load(f"{__package__}.shell")) is not None:
        shell.prepare_shell()
    tame_tqdm()
    _draw_once()


def _draw_once() -> None:
    """A first figure costs most of its time in imports and fonts."""
    if (pyplot := load("matplotlib.pyplot")) is not None:
        figure, axes = pyplot.subplots()
        axes.semilogy([1, 10], label="0")
        axes.set_title("$0$")
        axes.legend()
        png(figure)
        pyplot.close(figure)
    if (fonts := load("matplotlib.font_manager")) is not None and hasattr(fonts, "_get_font"):
        fonts._get_font.cache_clear()  # every fork does so, and would copy the pages they lie in
