"""Probes: single observations to make in a submission; a plan is all the probes of a rubric."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from grader.model.base import Frozen
from grader.model.values import Array, Value


class _Probe(Frozen):
    @cached_property
    def key(self) -> str:
        """A digest of what is asked: equal questions are asked once, and stored evidence is found by it."""
        digest = hashlib.sha256()

        def put(blob: bytes) -> str:
            return hashlib.sha256(blob).hexdigest()

        digest.update(self.model_dump_json(context={"put": put}).encode())
        return digest.hexdigest()[:24]


class Look(_Probe):
    """The value of a variable. Each name may be a path: ``net.fc1.weight``, ``history['loss']``, ``losses[-1]``."""

    probe: Literal["look"] = "look"
    names: tuple[str, ...]
    part: str = ""
    """Only in this file; "" is wherever it is found first."""


class Case(Frozen):
    """The arguments of one call, as plain values."""

    args: tuple[Value, ...] = ()
    kwargs: dict[str, Value] = Field(default_factory=dict)
    as_torch: bool = False
    """Arrays are handed over as torch tensors, not numpy arrays."""


class Call(_Probe):
    """A function called on given inputs, each case in the same fork, in order; random generators are seeded before each."""

    probe: Literal["call"] = "call"
    names: tuple[str, ...]
    cases: tuple[Case, ...]
    seed: int = 0
    part: str = ""


class Trace(_Probe):
    """A network built (when the name is a class or function) and run on inputs.

    `state` (the parameter values to load first, matched by name, or by order and shape where names differ) makes
    weights-in, outputs-out comparisons; `target` asks for gradients of the mean squared error to it.
    """

    probe: Literal["trace"] = "trace"
    names: tuple[str, ...]
    build: Case = Case()
    inputs: tuple[Value, ...] = ()
    state: dict[str, Array] = Field(default_factory=dict)
    zero_weights: bool = False
    """Set all weights (not biases) of the layers to zero before the pass."""
    target: Value | None = None
    seed: int = 0
    training: bool = False
    want_state: bool = True
    part: str = ""


class Figures(_Probe):
    """Figures: those bound to the names, else those drawn under the headings.

    Where a part has neither, all that it drew but what bears another name; the capture's `looked_for` then says so.
    """

    probe: Literal["figures"] = "figures"
    names: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    want_png: bool = False


class SourceText(_Probe):
    """The source of the named function or class, or of all parts when there are no names."""

    probe: Literal["source"] = "source"
    names: tuple[str, ...] = ()


class Prints(_Probe):
    """What the submission printed, cell by cell; only under the headings where any are given and found."""

    probe: Literal["prints"] = "prints"
    headings: tuple[str, ...] = ()


class SavedFile(_Probe):
    """A file the submission left in its work folder, loaded without running anything in it.

    ``torch`` loads with ``weights_only=True`` and gives a `Record` of arrays; ``numpy`` loads without pickle; ``bytes`` does
    not load.
    """

    probe: Literal["saved_file"] = "saved_file"
    names: tuple[str, ...]
    """File names or glob patterns."""
    load: Literal["torch", "numpy", "bytes"] = "bytes"


class Program(_Probe):
    """A command run as a process of its own, in a copy of the work folder as the submission left it."""

    probe: Literal["program"] = "program"
    names: tuple[str, ...] = ()
    """File names or glob patterns of the program; its path takes the place of ``{file}`` in the command."""
    command: tuple[str, ...]
    """The words of the command; ``python`` as the first is the interpreter that the submission runs under."""
    input: str = ""
    """What it reads from its standard input."""
    seconds: float = 10.0


class Read(_Probe):
    """What is written under a heading, in a Markdown cell or a document. Answered by reading, never by running."""

    probe: Literal["read"] = "read"
    headings: tuple[str, ...]


Probe: TypeAlias = Annotated[
    Look | Call | Trace | Figures | SourceText | Prints | SavedFile | Program | Read, Field(discriminator="probe")
]


class DataFile(Frozen):
    """A file to lay into the work folder and the folder above it; `path` is the host's, `name` what students call it."""

    name: str
    path: str
    digest: str


class Plan(Frozen):
    """All there is to observe in one run, without repetition, and what the run needs."""

    probes: tuple[Probe, ...]
    data: tuple[DataFile, ...] = ()
    seed: int = 0
    stop_on_error: bool = False
    """Stop at the first cell that raises; by default the rest still runs."""
    imports: tuple[str, ...] = ()
    """Libraries the zygote imports before any submission, beside numpy, torch and matplotlib."""
    runner: Literal["shell", "jupyter"] = "shell"
    """What runs the cells of notebooks: our own shell, or a Jupyter kernel."""
    kernel: str = ""
    """The kernel of all notebooks; "" is the one that each names."""

    @property
    def warm(self) -> tuple[str, ...]:
        """All that the zygote imports; with a dot, what is the toolkit's own."""
        return self.imports + ((".jupyter.session", ".jupyter.ipython") if self.runner == "jupyter" else ())

    @property
    def for_box(self) -> tuple[Probe, ...]:
        """The probes that need the submission to run."""
        return tuple(p for p in self.probes if not isinstance(p, Read))

    @property
    def runs_programs(self) -> bool:
        """Programs are run."""
        return any(isinstance(p, Program) for p in self.probes)

    @property
    def runs_only_programs(self) -> bool:
        """Programs are run as such, and nothing is asked that running the parts themselves would bring."""
        untouched = all(isinstance(p, Program) or (isinstance(p, SavedFile) and p.load == "bytes") for p in self.for_box)
        return self.runs_programs and untouched

    @property
    def for_reading(self) -> tuple[Read, ...]:
        """The probes answered from what is written."""
        return tuple(p for p in self.probes if isinstance(p, Read))


def unique(probes: Iterable[Probe]) -> tuple[Probe, ...]:
    """The probes in their order, each question once."""
    return tuple({p.key: p for p in probes}.values())
