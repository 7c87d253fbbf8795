"""Kernels that are begun by their own command, in an environment of a course's own: another language, Python, and what lacks."""

from __future__ import annotations

import json
import os
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model.evidence import CaptureStatus, Evidence
from grader.model.probe import Call, Case, Figures, Look, Plan, Prints, SavedFile
from grader.model.rubric import Limits
from grader.model.values import Calls, Content, Output, Scalar, Several
from grader.sandbox.local import LocalSandbox
from grader.sandbox.plain import PlainSandbox
from tests.sandbox.test_local import submission

LIMITS = Limits(wall=30, cell=5, probe=2)
TOY = """
import sys
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Toy(Kernel):
    implementation = banner = "toy"
    implementation_version = "1"
    language_info = {"name": "toy", "mimetype": "text/plain", "file_extension": ".toy"}

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **rest):
        word, _, text = code.partition(" ")
        if word == "say":
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": text})
        elif word == "draw":
            self.send_response(self.iopub_socket, "display_data", {"data": {"image/png": text}, "metadata": {}})
        elif word == "write":
            open(text, "w").write(text)
        elif word == "leave":
            import os
            os._exit(4)
        else:
            error = {"ename": "ToyError", "evalue": "no word " + word, "traceback": []}
            return {"status": "error", "execution_count": self.execution_count, **error}
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

IPKernelApp.launch_instance(kernel_class=Toy)
"""
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A picture of one pixel."""
KERNELS = {
    "toy": {"argv": ["python", "{resource_dir}/toy.py", "-f", "{connection_file}"], "language": "toy"},
    "broken": {"argv": ["of-no-folder", "{connection_file}"], "language": "broken"},
    "apart": {"argv": ["python", "-X", "utf8", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"},
}
ABSENT = "raise ModuleNotFoundError(f'No module named {__name__!r}', name=__name__)\n"
pytestmark = [pytest.mark.box, pytest.mark.usefixtures("_walls")]


def environment(home: Path, *without: str) -> str:
    """A course's interpreter with our libraries but for these; its path."""
    venv.EnvBuilder(symlinks=True).create(home)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "ours.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    for name in without:
        (site / f"{name}.py").write_text(ABSENT, encoding="utf-8")
    for name, spec in KERNELS.items():
        folder = home / "share" / "jupyter" / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"display_name": name, **spec}), encoding="utf-8")
        (folder / "toy.py").write_text(TOY, encoding="utf-8")
    return str(home / "bin" / "python")


@pytest.fixture(scope="module")
def course() -> Iterator[LocalSandbox]:
    """A walled box with the course's interpreter, which has no torch; others' users may look into its folder."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        packages = os.path.dirname(sysconfig.get_path("purelib"))
        box = LocalSandbox("strict", python=environment(Path(home) / "env", "torch"), visible=[packages])
        yield box
        box.close()


def run(box: LocalSandbox | PlainSandbox, plan: Plan, root: Path, cells: tuple[str, ...], language: str, kernel: str) -> Evidence:
    job = submission(root, {"a.ipynb": cells})
    part = job.parts[0].model_copy(update={"language": language, "kernel": kernel})
    return box.run(plan.model_copy(update={"runner": "jupyter"}), job.model_copy(update={"parts": (part,)}), LIMITS)


def test_of_another_language_all_but_objects_is_seen(course: LocalSandbox, tmp_path: Path) -> None:
    cells = ("say hello", f"draw {PNG}", "write left.txt", "shout", "leave", "say again")
    look, figures, prints, saved = Look(names=("x",)), Figures(want_png=True), Prints(), SavedFile(names=("left.txt",))
    evidence = run(course, Plan(probes=(look, figures, prints, saved)), tmp_path, cells, "toy", "another-toy")
    assert [cell.status for cell in evidence.run.cells] == ["ok", "ok", "ok", "raised", "died", "ok"]
    error = evidence.run.cells[3].error
    assert error is not None
    assert (error.kind, error.message) == ("ToyError", "no word shout")
    seen = {probe: evidence.captures[probe.key] for probe in (look, figures, prints, saved)}
    assert (seen[look].status, seen[look].detail) == (
        CaptureStatus.MISSING,
        "a.ipynb is in toy: only what it shows and writes can be looked at, not its objects",
    )
    drawn, printed, content = seen[figures].value, seen[prints].value, seen[saved].value
    assert isinstance(drawn, Several)
    assert len(drawn.items) == 1
    assert isinstance(printed, Output)
    assert [(each.cell, each.text) for each in printed.printed] == [(0, "hello"), (5, "again")]
    assert isinstance(content, Content)
    assert content.size == len("left.txt")


def test_a_kernel_of_python_begun_by_its_command_answers_every_probe(course: LocalSandbox, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not the library')\n", encoding="utf-8")
    cells = (
        "import os, sys\nfrom IPython import get_ipython\napart = sys.flags.utf8_mode and 'grader_box' in sys.modules",
        "import random\ndrawn = random.random()",
        "1 / 0",
        "def twice():\n    print('unseen')\n    return 2 * state",
        "os._exit(3)",
        "state = 21",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    )
    looks = (Look(names=("apart",)), Look(names=("drawn",)))
    call, figures = Call(names=("twice",), cases=(Case(),)), Figures()
    evidence = run(course, Plan(probes=(*looks, call, figures), seed=0), tmp_path, cells, "python", "apart")
    assert [cell.status for cell in evidence.run.cells] == ["ok", "ok", "raised", "ok", "died", "ok", "ok"]
    error = evidence.run.cells[2].error
    assert error is not None
    assert (error.frames[0].cell, error.frames[0].code) == (2, "1 / 0")
    values = [evidence.captures[probe.key].value for probe in looks]
    assert [v.value for v in values if isinstance(v, Scalar)] == [True, 0.8444218515250481]  # what seed 0 gives first
    called = evidence.captures[call.key].value
    assert isinstance(called, Calls)
    assert isinstance(called.outcomes[0].value, Scalar)
    assert called.outcomes[0].value.value == 42
    assert evidence.captures[figures.key].status is CaptureStatus.CAPTURED


@pytest.mark.parametrize(
    ("wanted", "language", "says"),
    [
        ("ir", "python", "the rubric's kernel `ir` is not installed: in {folder} and the system's folders are"),
        ("", "r", "the notebook is in `r`, for which no kernel is installed: in {folder}"),
        ("", "broken", "the kernel for broken is begun by `of-no-folder`, which is not installed"),
    ],
    ids=["wanted by the rubric", "of the notebook's language", "without its program"],
)
def test_a_kernel_that_is_not_installed_is_a_fault_of_the_environment_even_after_other_code_has_run(
    course: LocalSandbox, tmp_path: Path, wanted: str, language: str, says: str
) -> None:
    (tmp_path / "b.py").write_text("y = 1\n", encoding="utf-8")
    job = submission(tmp_path, {"b.py": ("y = 1\n",), "a.ipynb": ("x = 1",)}, ("b.py",))
    notebook = job.parts[1].model_copy(update={"language": language, "kernel": "unknown"})
    job = job.model_copy(update={"parts": (job.parts[0], notebook)})
    look = Look(names=("x",))
    evidence = course.run(Plan(probes=(look,), runner="jupyter", kernel=wanted), job, LIMITS)
    folder = Path(course._python).parents[1] / "share" / "jupyter" / "kernels"
    assert evidence.captures[look.key].status is CaptureStatus.BOX_FAILED
    assert evidence.run.detail.startswith(says.format(folder=folder))


@pytest.mark.parametrize("library", ["ipykernel", "nbclient"])
def test_a_library_that_is_not_installed_is_named_with_what_mends_it(tmp_path: Path, library: str) -> None:
    python = environment(tmp_path / "env", "torch", "matplotlib", library)
    look = Look(names=("x",))
    evidence = run(PlainSandbox(python), Plan(probes=(look,)), tmp_path, ("x = 1",), "python", "python3")
    assert evidence.captures[look.key].status is CaptureStatus.BOX_FAILED
    assert evidence.run.detail == f"`runner: jupyter` needs {library}: {python} -m pip install {library}"
