"""What the box costs: the time of a submission beyond its own code, beside a plain nbclient run of the same notebooks.

Run with ``make bench`` (or ``python benchmarks/overhead.py --copies 12``). Both sides run the same notebooks in this one command,
one after the other in turn, so that a busy machine slows both. Medians and ratios are what to quote. The result is written to
``benchmarks/overhead.json`` and ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grader.intake.submissions import Source, read_submission
from grader.model.evidence import Run
from grader.model.probe import Call, Case, Look, Plan, Trace
from grader.model.rubric import Limits
from grader.model.values import Array
from grader.sandbox.base import Sandbox
from grader.sandbox.factory import make_sandbox

HERE = Path(__file__).parent
JUPYTER = "jupyter"
"""Under ``strict``, with a Jupyter kernel that runs the cells."""

CELLS = [
    "import numpy as np\nimport torch\nfrom torch import nn",
    "x = np.arange(12.0).reshape(3, 4)\nw = np.linalg.lstsq(x, np.ones(3), rcond=None)[0]",
    "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
    "net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))\ncount = sum(p.numel() for p in net.parameters())",
    "loss = nn.functional.cross_entropy(net(torch.ones(2, 4)), torch.tensor([0, 1]))\nloss.backward()",
]
"""A small deep-learning homework: imports, an array, a function, a network, a backward pass. No training."""


@dataclass(frozen=True)
class Cost:
    """Seconds of one submission: the whole, and the part its own code took."""

    whole: float
    own: float

    @property
    def added(self) -> float:
        return self.whole - self.own


def plan() -> Plan:
    """Four observations, as a small rubric asks: a value, a function, a network, a count."""
    import numpy as np

    z = Array(data=np.array([1.0, 2.0, 3.0]), dtype="float64")
    return Plan(
        probes=(
            Look(names=("w",)),
            Look(names=("count",)),
            Call(names=("softmax",), cases=(Case(args=(z,)), Case(args=(z,)))),
            Trace(names=("net",), inputs=(Array(data=np.ones((2, 4), dtype="float32"), dtype="float32", library="torch"),)),
            Look(names=("loss",)),
        )
    )


def write_notebooks(folder: Path, copies: int) -> list[Source]:
    sources = []
    for number in range(copies):
        path = folder / f"copy{number:02d}" / "hw.ipynb"
        path.parent.mkdir(parents=True)
        cells = [nbformat.v4.new_code_cell(c) for c in [f"copy = {number}", *CELLS]]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        sources.append(Source(path.parent.name, path.parent))
    return sources


def in_the_box(sandbox: Sandbox, source: Source, asked: Plan, limits: Limits) -> Cost:
    submission = read_submission(source, source.path)
    start = time.perf_counter()
    run: Run = sandbox.run(asked, submission, limits).run
    whole = time.perf_counter() - start
    if run.ended != "finished":
        raise SystemExit(f"{source.id}: {run.ended}: {run.detail}")
    return Cost(whole, run.student_seconds)


def with_nbclient(source: Source) -> float:
    from nbclient import NotebookClient

    notebook = nbformat.read(source.path / "hw.ipynb", as_version=4)
    start = time.perf_counter()
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(source.path))
    return time.perf_counter() - start


def median(values: list[float]) -> float:
    return statistics.median(values)


def measure(copies: int, isolations: list[str]) -> dict[str, Any]:
    """Seconds of every copy, under each isolation and under nbclient, in turn."""
    limits = Limits()
    with tempfile.TemporaryDirectory() as folder:
        sources = write_notebooks(Path(folder), copies)
        sandboxes = {name: make_sandbox("strict" if name == JUPYTER else name) for name in isolations}
        asked = {name: plan().model_copy(update={"runner": "jupyter" if name == JUPYTER else "shell"}) for name in isolations}
        for name, sandbox in sandboxes.items():
            in_the_box(sandbox, sources[0], asked[name], limits)  # the warm process starts once a class, not once a student
        costs: dict[str, list[Cost]] = {name: [] for name in isolations}
        peer: list[float] = []
        for source in sources:
            for name, sandbox in sandboxes.items():
                costs[name].append(in_the_box(sandbox, source, asked[name], limits))
            peer.append(with_nbclient(source))
        for sandbox in sandboxes.values():
            sandbox.close()
    return {
        "machine": f"{platform.machine()}, Python {platform.python_version()}, {platform.system()}",
        "copies": copies,
        "nbclient": {"median": median(peer), "max": max(peer)},
        **{
            name: {
                "whole": {"median": median([c.whole for c in found]), "max": max(c.whole for c in found)},
                "own": {"median": median([c.own for c in found])},
                "added": {"median": median([c.added for c in found]), "max": max(c.added for c in found)},
                "times_faster_than_nbclient": median([p / c.whole for p, c in zip(peer, found, strict=True)]),
            }
            for name, found in costs.items()
        },
    }


def table(result: dict[str, Any]) -> str:
    rows = [
        "# Measurements",
        "",
        "`make bench` makes this page. The machine is shared and noisy: quote ratios and medians.",
        "",
        f"{result['copies']} copies of a small homework (imports of numpy and torch, an array, a function, a network, a backward",
        f"pass; no training), five probes each. {result['machine']}.",
        "nbclient runs the same cells in a fresh kernel and probes nothing.",
        "",
        "| | whole, median | whole, worst | own code, median | added by the box, median | worst | nbclient / grader |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in ("strict", JUPYTER, "none"):
        if name in result:
            r = result[name]
            whole, added = r["whole"], r["added"]
            said = "runner: jupyter" if name == JUPYTER else f"--isolation {name}"
            rows.append(
                f"| `{said}` | {whole['median']:.3f} s | {whole['max']:.3f} s | {r['own']['median']:.3f} s "
                f"| {added['median'] * 1000:.0f} ms | {added['max'] * 1000:.0f} ms | {r['times_faster_than_nbclient']:.1f} |"
            )
    rows.append(f"| nbclient | {result['nbclient']['median']:.3f} s | {result['nbclient']['max']:.3f} s | | | | 1 |")
    rows += [
        "",
        "`strict` has every wall up and forks a warm process that has torch and numpy imported; `none` starts a plain process",
        "for each submission, which imports them anew. Beyond that, each probe that calls student code costs a fork of its own.",
        "`runner: jupyter` is under `strict` too: its kernel is a fork of that process, and nbclient drives it within the box.",
        "",
        "[A whole class](whole_class.md) is measured as one command beside `jupyter execute`.",
        "",
    ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--isolation", nargs="*", default=["strict", JUPYTER, "none"])
    arguments = parser.parse_args()
    result = measure(arguments.copies, arguments.isolation)
    (HERE / "overhead.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    page = table(result)
    (HERE / "README.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
