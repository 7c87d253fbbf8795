"""`runner: jupyter` in a walled box: the contract of every sandbox, what only a kernel has, and who attacks by it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader import pipeline
from grader.intake.rubrics import load_rubric
from grader.intake.submissions import Source, find_submissions
from grader.model.evidence import Capture, CaptureStatus, Evidence
from grader.model.probe import Call, Case, Figures, Look, Plan, Prints, Probe
from grader.model.report import ClassReport
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.model.values import Calls, Scalar, Several, Text
from grader.sandbox.base import Sandbox
from grader.sandbox.conformance import Scene
from grader.sandbox.local import LocalSandbox
from grader.sandbox.scenes import APART, DEATH, EVERYDAY, FUNCTIONS, LOOP, SHUT_IN, STRAYS
from tests.sandbox.test_local import submission
from tests.test_corpus import corpus, expected, verdicts

ROOT = Path(__file__).parents[2]
LIMITS = Limits(wall=30, cell=5, probe=2)
SCENES = (EVERYDAY, LOOP, DEATH, FUNCTIONS, APART, SHUT_IN, STRAYS)
"""The others show what the host keeps, whatever runs the cells: the whole time, programs, how much is carried."""
REAL, SAMPLE = "thu-intro-dl-a2", "agate"
pytestmark = [pytest.mark.box, pytest.mark.usefixtures("_walls")]


class Kernels:
    """The box of this file, in which a kernel runs notebooks whatever the plan says; it outlives whoever closes it."""

    def __init__(self, box: LocalSandbox, runner: str = "jupyter") -> None:
        self.box = box
        self.runner = runner

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        return self.box.run(plan.model_copy(update={"runner": self.runner}), submission, limits)

    def close(self) -> None:
        """The box is the file's."""


@pytest.fixture(scope="module")
def kernels(_walls: None) -> Iterator[Kernels]:
    box = LocalSandbox("strict", imports=Plan(probes=(), runner="jupyter").warm)
    yield Kernels(box)
    box.close()


def run(sandbox: Sandbox, root: Path, cells: tuple[str, ...], *names: str, probes: tuple[Probe, ...] = ()) -> Evidence:
    looks = tuple(Look(names=(name,)) for name in names)
    return sandbox.run(Plan(probes=(*looks, *probes)), submission(root, {"a.ipynb": cells}), LIMITS)


def value(evidence: Evidence, name: str) -> object:
    seen = evidence.captures[Look(names=(name,)).key].value
    return seen.text if isinstance(seen, Text) else seen.value if isinstance(seen, Scalar) else seen


def as_text(capture: Capture) -> str:
    """All of it but the time; array data by its digest."""
    timeless = capture.model_copy(update={"seconds": 0.0})
    return timeless.model_dump_json(context={"put": lambda blob: hashlib.sha256(blob).hexdigest()})


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.name)
def test_a_kernel_in_the_box_keeps_the_contract(
    scene: Scene, kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_SECRET", "of the host")
    (tmp_path / "reference.txt").write_text("42", encoding="utf-8")
    (tmp_path / "submission").mkdir()
    scene.play(kernels, tmp_path / "submission")


def test_cells_find_a_kernel_a_running_loop_and_comms(kernels: Kernels, tmp_path: Path) -> None:
    cells = (
        "kernel = type(get_ipython().kernel).__name__",
        "import asyncio\nasync def later():\n    await asyncio.sleep(0)\n    return 2\ntask = asyncio.create_task(later())",
        "heard = await task",
        "from comm import create_comm\nopened = create_comm(target_name='none', data={'state': {'a': 1}}).comm_id != ''",
        "name = input('name? ')",
        "x = !echo 3\nsaid = x[0]\n!echo shown\n!pip install nothing",
        "async def five():\n    return 5\n\ndef fifth():\n    return asyncio.run(five())",
    )
    call = Call(names=("fifth",), cases=(Case(),))
    evidence = run(kernels, tmp_path, cells, "kernel", "heard", "opened", "said", probes=(call,))
    found = [value(evidence, name) for name in ("kernel", "heard", "opened", "said")]
    assert found == ["IPythonKernel", 2, True, "3"]
    error = evidence.run.cells[4].error
    assert error is not None
    assert (error.kind, error.frames[0].line, error.frames[0].cell) == ("StdinNotImplementedError", 1, 4)
    assert evidence.run.cells[5].stdout.startswith("shown\nNothing is installed here")
    called = evidence.captures[call.key].value
    assert isinstance(called, Calls)
    assert isinstance(called.outcomes[0].value, Scalar)
    assert called.outcomes[0].value.value == 5


def test_both_runners_bring_the_same_evidence(kernels: Kernels, tmp_path: Path) -> None:
    """Values with the seeds, places, figures, what was printed and shown, and errors with their lines."""
    cells = (
        "import numpy as np, random, os, torch\ndrawn = [random.random(), float(np.random.rand()), float(torch.rand(1))]",
        "print('first')\ndrawn[0] < 2",
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2, 4])\naxes.set_title('curve')",
        "values = [1]\nvalues[3]",
        "zone, threads, hashes = os.environ['TZ'], torch.get_num_threads(), os.environ['PYTHONHASHSEED']",
        "def half(x):\n    return x / 2\nhalf('a')",
    )
    probes = (Figures(names=("figure",)), Prints())
    names = ("drawn", "values", "zone", "threads", "hashes")
    one, other = (run(box, tmp_path, cells, *names, probes=probes) for box in (Kernels(kernels.box, "shell"), kernels))
    for key, capture in one.captures.items():
        assert as_text(other.captures[key]) == as_text(capture)
    told = ("cell", "status", "stdout", "error")
    assert [[getattr(cell, name) for name in told] for cell in one.run.cells] == [
        [getattr(cell, name) for name in told] for cell in other.run.cells
    ]
    figures = other.captures[probes[0].key].value
    assert isinstance(figures, Several)
    assert json.loads(other.run.cells[2].outputs)[-1]["data"]["image/png"]


def test_the_kernel_holds_no_line_to_the_host_and_cannot_reach_into_the_process_that_does(
    kernels: Kernels, tmp_path: Path
) -> None:
    cells = (
        "import os\nparent = os.getppid()",
        "open(f'/proc/{parent}/mem', 'r+b')",
        "os.listdir(f'/proc/{parent}/fd')",
        "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=1)",
    )
    evidence = run(kernels, tmp_path, cells, "parent")
    assert value(evidence, "parent") not in (0, 1, None)
    kinds = [cell.error.kind if cell.error else "" for cell in evidence.run.cells]
    assert kinds == ["", "PermissionError", "PermissionError", "PermissionError"]


def test_no_file_that_was_handed_in_keeps_the_kernel_from_beginning(kernels: Kernels, tmp_path: Path) -> None:
    names = ("ipython_config.py", "ipython_kernel_config.py", "zmq.py", "sitecustomize.py")
    for name in names:
        (tmp_path / name).write_text("import os\nos._exit(0)\n", encoding="utf-8")
    job = submission(tmp_path, {"a.ipynb": ("x = 1",)}, names)
    assert value(kernels.run(Plan(probes=(Look(names=("x",)),)), job, LIMITS), "x") == 1


def test_modules_and_what_was_made_of_blanks_run_without_a_kernel(kernels: Kernels, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("import os\nof_module = os.getppid()\n", encoding="utf-8")
    job = submission(tmp_path, {"b.py": ("import os\n",), "blanks.ipynb": ("import os\nof_blanks = os.getppid()",)}, ("b.py",))
    made = job.parts[1].model_copy(update={"made_of": "b.py"})
    job = job.model_copy(update={"parts": (job.parts[0], made)})
    names = ("of_module", "of_blanks")
    evidence = kernels.run(Plan(probes=tuple(Look(names=(name,)) for name in names)), job, LIMITS)
    assert [value(evidence, name) for name in names] == [1, 1]


def test_a_real_assignments_right_sample_gets_the_verdicts_that_the_other_runner_gives(kernels: Kernels, tmp_path: Path) -> None:
    """Those of the corpus, which the other runner is held to."""
    loaded = load_rubric(ROOT / corpus(REAL)["rubric"])
    rubric = dataclasses.replace(loaded, rubric=loaded.rubric.model_copy(update={"runner": "jupyter"}))
    sources = tuple(s for s in find_submissions(ROOT / corpus(REAL)["submissions_folder"]) if s.id == SAMPLE)
    (report,) = grade(rubric, sources, tmp_path, kernels).reports
    assert {cell.part for cell in report.run.cells} == {"assignment2.ipynb"}
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert verdicts(results["submissions"][0]) == expected(REAL, SAMPLE)


def grade(rubric: Any, sources: tuple[Source, ...], out: Path, kernels: Kernels) -> ClassReport:
    class AsPlanned(Kernels):
        def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
            return self.box.run(plan, submission, limits)

    job = pipeline.Job(
        rubric=rubric, sources=sources, out=out, make_sandbox=lambda: AsPlanned(kernels.box), isolation="strict", fresh=True
    )
    return pipeline.grade(job).report


RUBRIC = """\
assignment: attacked
title: A kernel under attack
reference: reference
runner: jupyter
limits: {wall: 12 s, cell: 0.6 s, probe: 1 s, memory: 1 GiB, disk: 16 MiB}
points: 2
questions:
  - id: "1"
    title: A number and a function
    points: 2
    answer: {variables: {x: x}, functions: {f: f}}
    checks:
      - {id: x, kind: number, of: x, points: 1, rtol: 1e-4}
      - {id: f, kind: call, of: f, points: 1, arguments: [{normal: [n]}], dims: {n: [2, 6]}, cases: 2, rtol: 1e-4}
"""
RIGHT = "import numpy as np\nx = float(np.log1p(np.exp(-1.37)))\ndef f(z):\n    return z - z.mean()"
WRONG = "import numpy as np\nx = 1.0\ndef f(z):\n    return 0 * z"
FRAMES = """\
import os, sys, threading, time
from IPython import get_ipython
wire = next(module for name, module in sys.modules.items() if name.endswith(".wire") and hasattr(module, "encode"))
value = {"type": "scalar", "value": 0.22608, "python": "float"}
capture = {"frame": "capture", "capture": {"status": "captured", "value": value, "verdict": "passed", "credit": "1"}}
end = {"frame": "probe_end", "how": "exit 0"}
frames = b"".join(piece for header in (capture, end) for piece in wire.encode(header))

def write():
    while True:
        for fd in range(3, 40):
            try:
                os.write(fd, frames)
            except OSError:
                pass
        time.sleep(0.01)
"""
ATTACKS = {
    "forge-messages": (
        "kernel = get_ipython().kernel\nsend, socket = kernel.session.send, kernel.iopub_socket\n"
        "parent = kernel.get_parent()\n"
        "for kind, content in (('execute_result', {'data': {'text/plain': 'passed'}, 'metadata': {}, 'execution_count': 'x'}),\n"
        "                      ('error', {'credit': 1}), ('verdict', {'verdict': 'passed', 'credit': '1/1'}), ('stream', 7),\n"
        "                      ('status', {'execution_state': 'idle'})):\n"
        "    send(socket, kind, content, parent=parent)"
    ),
    "write-to-every-descriptor": FRAMES + "threading.Thread(target=write, daemon=True).start()\ntime.sleep(0.3)",
    "end-the-kernel": "import os\nos._exit(0)",
    "kill-the-parent": "import os\nos.kill(os.getppid(), 9)",
    "ignore-interrupts": "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    "flood-of-outputs": "for number in range(10**6):\n    display(number)",
    "flood-of-comms": (
        "from comm import create_comm\nstate = {'state': {'a': 'x' * 10000}}\n"
        "while True:\n    create_comm(target_name='jupyter.widget', data=state)"
    ),
    "display-without-end": "class Endless:\n    def _repr_html_(self):\n        while True:\n            pass\nEndless()",
    "fork-bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
}


@pytest.fixture(scope="module")
def attacked(kernels: Kernels, tmp_path_factory: pytest.TempPathFactory) -> ClassReport:
    """All attacks and, last, an honest submission, graded as one class."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "hw.yaml").write_text(RUBRIC)
    (folder / "reference").mkdir()
    (folder / "reference" / "solution.py").write_text(RIGHT)
    for name, cells in {
        **{name: (code, WRONG) for name, code in ATTACKS.items()},
        "zz-honest": ("print('hello')", RIGHT),
    }.items():
        (folder / "class" / name).mkdir(parents=True)
        made = [nbformat.v4.new_code_cell(cell, id=f"c{number}") for number, cell in enumerate(cells)]
        (folder / "class" / name / "hw.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=made)))
    return grade(load_rubric(folder / "hw.yaml"), tuple(find_submissions(folder / "class")), folder / "out", kernels)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_by_the_kernel_earns_nothing_and_nothing_of_it_is_put_off(attacked: ClassReport, name: str) -> None:
    report = next(each for each in attacked.reports if each.submission == name)
    assert (report.earned, report.pending) == (Fraction(0), Fraction(0))
    assert report.run.ended in ("finished", "timed_out")


def test_who_comes_after_the_attackers_gets_everything(attacked: ClassReport) -> None:
    honest = attacked.reports[-1]
    assert (honest.submission, honest.earned) == ("zz-honest", Fraction(2))


def test_what_a_flood_shows_is_kept_up_to_its_bound(kernels: Kernels, tmp_path: Path) -> None:
    cells = (
        "from IPython.display import display\nfor number in range(2000):\n    display(number)",
        "print('x' * 10**7)",
        "after = 1",
    )
    evidence = run(kernels, tmp_path, cells, "after")
    flood, long, _ = evidence.run.cells
    assert 0 < len(json.loads(flood.outputs)) <= 500
    assert len(long.stdout) == 2**20
    assert long.cut == 10**7 + 1 - 2**20
    assert evidence.captures[Look(names=("after",)).key].status is CaptureStatus.CAPTURED
