"""The contract that every sandbox keeps: scenes, each a submission to run and what its evidence must say.

Without pytest, so that the author of another sandbox can use it: `for scene in SCENES: scene.play(sandbox, folder)`, with the
scenes in `grader.sandbox.scenes`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.model.evidence import Capture, Evidence
from grader.model.probe import Call, Case, Look, Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Ran, Scalar
from grader.sandbox.base import Sandbox

QUICK = Limits(wall=30, cell=1, probe=1)


class ContractBroken(AssertionError):
    """What a sandbox did that it must not do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence of a scene, to be asked about by cell and by name."""

    evidence: Evidence
    plan: Plan

    def status(self, cell: int) -> str:
        """How the cell went."""
        return self.evidence.run.cells[cell].status

    def raised(self, cell: int) -> str:
        """The kind of exception that the cell raised; "" if none."""
        error = self.evidence.run.cells[cell].error
        return error.kind if error else ""

    def printed(self, cell: int) -> str:
        """What the cell wrote."""
        return self.evidence.run.cells[cell].stdout

    def of(self, name: str) -> Capture:
        """The capture of the probe that asks for this name."""
        probe = next(p for p in self.plan.probes if name in getattr(p, "names", ()))
        return self.evidence.captures[probe.key]

    def wrote(self, probe: Probe) -> str:
        """What a program wrote to its standard output; "" where there is no answer."""
        value = self.evidence.captures[probe.key].value
        return value.stdout if isinstance(value, Ran) else ""

    def number(self, name: str) -> object:
        """The value of a plain number; None if it is none."""
        value = self.of(name).value
        return value.value if isinstance(value, Scalar) else None


@dataclass(frozen=True, slots=True)
class Scene:
    """A notebook of these cells beside these files, what is asked, and by name what must be true of the evidence.

    ``{outside}`` in a cell is the host's folder above the submission's. `walls`: only where submissions are walled in.
    `forks`: only where probes run apart from each other.
    """

    name: str
    cells: tuple[str, ...]
    expects: Mapping[str, Callable[[Seen], bool]]
    looks: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = QUICK
    walls: bool = False
    forks: bool = False

    def play(self, sandbox: Sandbox, folder: Path) -> Seen:
        """Run the scene in an empty folder.

        Raises:
            ContractBroken: naming every expectation that does not hold.
        """
        seen = Seen(sandbox.run(self.plan, self.submission(folder), self.limits), self.plan)
        broken = [name for name, holds in self.expects.items() if not _holds(holds, seen)]
        if broken:
            raise ContractBroken(f"{self.name}: not {'; not '.join(broken)}\n{seen.evidence!r}"[:6000])
        return seen

    @property
    def plan(self) -> Plan:
        calls = tuple(Call(names=(name,), cases=(Case(),)) for name in self.calls)
        return Plan(probes=(*calls, *(Look(names=(name,)) for name in self.looks), *self.probes))

    def submission(self, folder: Path) -> Submission:
        """The scene's files written into the folder, and its notebook."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        sources = (source.replace("{outside}", str(folder.parent)) for source in self.cells)
        cells = tuple(Cell(index=i, kind="code", source=source) for i, source in enumerate(sources))
        digest = hashlib.sha256(repr((self.cells, sorted(self.files.items()))).encode()).hexdigest()
        part = Part(path="work.ipynb", kind="notebook", cells=cells)
        return Submission(id=self.name, root=str(folder), digest=digest, parts=(part,), files=tuple(self.files))


def _holds(holds: Callable[[Seen], bool], seen: Seen) -> bool:
    try:
        return holds(seen)
    except (IndexError, KeyError):  # a cell or capture that must be there is not
        return False


def is_running(mark: str) -> bool:
    """Whether a process with this among its arguments runs on the host (Linux)."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes().split(b"\0"):
                return True
        except OSError:
            continue
    return False
