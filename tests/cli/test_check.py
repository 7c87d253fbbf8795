"""`grader check` as a student runs it: exit codes, what is printed, watching, and the live session."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake.rubrics import load_rubric
from grader.model.evidence import Capture, CaptureStatus, Evidence
from grader.model.probe import Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.selfcheck import Assignment, Checker, content_of, find_assignment, only_questions, read_work

RUBRIC = """\
assignment: hw
title: A homework
points: 5
questions:
  - id: "1"
    title: One
    points: 3
    answer: {variables: {p: p, x: x}}
    checks:
      - {id: p, kind: property, of: p, points: 1, title: Probabilities, sums_to: {}, hint: Divide by the sum.}
      - {id: x, kind: number, of: x, points: 1, title: The number}
      - {id: secret, kind: number, of: x, points: 1, value: 771.25, visibility: hidden, title: Secret}
  - id: "2"
    title: Two
    points: 2
    answer: {variables: {w: w}}
    checks:
      - {id: w, kind: truth_table, of: w, function: and, inputs: 2, levels: [bipolar], points: 2, title: Weights}
"""


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


RIGHT = ("p = [0.25, 0.75]\nx = 2", "w = [-1, 1, 1]")
WRONG = ("p = [0.25, 0.25]\nx = 1 / 0", "w = [-1, 1, 1]")


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    (tmp_path / "grader.toml").write_text('assignment = "hw"\nrubric = "rubric.yaml"\nfile = "hw.ipynb"\n')
    (tmp_path / "rubric.yaml").write_text(RUBRIC)
    (tmp_path / "hw.ipynb").write_text(notebook(*RIGHT))
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from grader.cli import main; main()", "check", *arguments]


def check(kit: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False, timeout=180, cwd=kit)


@pytest.mark.box
def test_right_work_is_exit_code_0_and_says_what_waits(kit: Path) -> None:
    done = check(kit)
    assert done.returncode == 0, done.stderr
    assert "The number  judged when you hand in" in done.stdout
    assert "1 check  not shown yet" in done.stdout
    assert "771" not in done.stdout
    assert "2 right, 1 judged when you hand in, 1 not shown yet" in done.stdout


@pytest.mark.box
def test_wrong_work_is_exit_code_1_with_the_line_and_the_hint(kit: Path) -> None:
    (kit / "hw.ipynb").write_text(notebook(*WRONG))
    done = check(kit)
    assert done.returncode == 1
    assert "cell 1 of hw.ipynb raised `ZeroDivisionError: division by zero` at line 2: `x = 1 / 0`" in done.stdout
    assert "Hint: Divide by the sum." in done.stdout
    assert check(kit, "--question", "2").returncode == 0


@pytest.mark.box
def test_cells_that_check_the_work_itself_do_nothing_while_it_is_run(kit: Path) -> None:
    cells = ("%load_ext grader", *RIGHT, "%check 1", 'import grader\ngrader.check("1")')
    (kit / "hw.ipynb").write_text(notebook(*cells))
    done = check(kit)
    assert (done.returncode, "raised" in done.stdout, done.stderr) == (0, False, "")


@pytest.mark.box
def test_json_has_the_verdicts_and_no_expected_value(kit: Path) -> None:
    done = check(kit, "--json")
    (submission,) = json.loads(done.stdout)["submissions"]
    assert [c["status"] for q in submission["questions"] for c in q["checks"]] == ["passed", "undecided", None, "passed"]
    assert "771" not in done.stdout


@pytest.mark.box
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_watching_checks_again_on_save_and_ends_with_0(kit: Path) -> None:
    def hear_ctrl_c() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job may have been started deaf to it

    process = subprocess.Popen(
        command("--watch"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=kit, preexec_fn=hear_ctrl_c
    )
    assert process.stdout is not None
    try:
        first = _until(process, "2 right")
        time.sleep(0.6)
        (kit / "hw.ipynb").write_text(notebook(*WRONG))
        second = _until(process, "1 right")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
    assert "ZeroDivisionError" not in first
    assert "ZeroDivisionError" in second


def _until(process: subprocess.Popen[str], words: str) -> str:
    """All that is printed up to the line that begins with these words."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if line.startswith(words):
            break
    return "".join(lines)


@pytest.mark.box
def test_the_magic_checks_the_live_session(kit: Path) -> None:
    """A real IPython shell: what is checked is what the session holds, not what is saved."""
    code = (
        "from IPython.testing.globalipapp import start_ipython\n"
        "shell = start_ipython()\n"
        "shell.run_cell('%load_ext grader')\n"
        "shell.run_cell('p = [0.5, 0.4]; x = 2; w = [-1, 1, 1]')\n"
        "result = shell.run_cell('%check 1').result\n"
        "print(repr(result)); print(result._repr_html_()); print(result.fails)\n"
        "shell.run_cell('p = [0.5, 0.5]')\n"
        "import grader\n"
        "print(grader.check('1').fails, repr(grader.check('nine')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120, cwd=kit)
    assert done.returncode == 0, done.stderr
    assert "Probabilities: not right" in done.stdout
    assert '<div class="grader-check"' in done.stdout
    assert "\nTrue\n" in done.stdout
    assert "False there is no question `nine`" in done.stdout


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, grader; sys.exit(len({'numpy', 'pydantic', 'IPython', 'typer'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_a_kit_the_command_that_works_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no grader.toml") as error:
        find_assignment([], tmp_path)
    assert error.value.mend == "grader check RUBRIC FILE"


def test_a_file_alone_is_checked_by_the_kit_beside_it(kit: Path) -> None:
    other = kit / "draft.ipynb"
    other.write_text(notebook(*RIGHT))
    found = find_assignment([other], kit.parent)
    assert (found.file, found.rubric.rubric.assignment) == (other, "hw")


@pytest.mark.parametrize(
    ("given", "where", "file"),
    [
        ((), ".", "hw.ipynb"),
        ((), "below/further", "hw.ipynb"),
        ((".",), ".", "."),
        (("..",), "below", "."),
        (("hw.ipynb",), ".", "hw.ipynb"),
        (("../hw.ipynb",), "below", "hw.ipynb"),
        (("grader.toml",), ".", "hw.ipynb"),
        (("../rubric.yaml", "../hw.ipynb"), "below", "hw.ipynb"),
        (("../hw.ipynb", "../rubric.yaml"), "below", "hw.ipynb"),
    ],
)
def test_the_same_work_is_found_from_any_folder(
    kit: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], where: str, file: str
) -> None:
    (kit / "below" / "further").mkdir(parents=True)
    monkeypatch.chdir(kit / where)
    found = find_assignment([Path(name) for name in given], Path.cwd())
    assert found.rubric.rubric.assignment == "hw"
    assert found.file.resolve() == (kit / file).resolve()
    work = read_work(found.file, found.rubric.rubric)
    assert [part.path for part in work.parts] == ["hw.ipynb"]
    assert Path(work.root) == kit.resolve()


def test_two_files_at_a_time_are_refused(kit: Path) -> None:
    (kit / "other.py").write_text("x = 1\n")
    with pytest.raises(UsageError, match="one file is checked at a time"):
        find_assignment([kit / "hw.ipynb", kit / "other.py"], kit)


def test_what_lies_in_a_kits_folder_is_laid_along_but_environments_and_what_is_hidden(kit: Path) -> None:
    for name in ("helper/inner.py", "data/numbers.csv", "env/pyvenv.cfg", "env/lib/module.py", ".git/config", "other.ipynb"):
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        (kit / name).write_text("")
    found = find_assignment([], kit)
    work = read_work(found.file, found.rubric.rubric)
    assert set(work.files) == {"hw.ipynb", "helper/inner.py", "data/numbers.csv", "other.ipynb"}
    assert [part.path for part in work.parts] == ["hw.ipynb"]
    (kit / "data" / "numbers.csv").write_text("changed")
    assert read_work(found.file, found.rubric.rubric).digest != work.digest


@pytest.mark.parametrize("in_kit", [True, False])
def test_only_modules_are_laid_along_from_a_folder_that_is_too_full_or_no_kits(
    kit: Path, monkeypatch: pytest.MonkeyPatch, in_kit: bool
) -> None:
    found = find_assignment([], kit)
    (kit / "helper.py").write_text("")
    if in_kit:
        monkeypatch.setattr("grader.selfcheck.LARGEST_BESIDE", 10)
    else:
        (kit / "grader.toml").unlink()
    assert read_work(found.file, found.rubric.rubric).files == ("hw.ipynb", "helper.py")


def test_an_unknown_question_is_said(kit: Path) -> None:
    with pytest.raises(UsageError, match="there is no question `7`"):
        only_questions(find_assignment([], kit), ["7"])


def test_outputs_do_not_count_as_a_change_and_cells_do(kit: Path) -> None:
    rubric = load_rubric(kit / "rubric.yaml").rubric
    before = content_of(read_work(kit / "hw.ipynb", rubric))
    raw = json.loads(notebook(*RIGHT))
    raw["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
    (kit / "hw.ipynb").write_text(json.dumps(raw))
    assert content_of(read_work(kit / "hw.ipynb", rubric)) == before
    (kit / "helper.py").write_text("A = 1\n")
    with_helper = content_of(read_work(kit / "hw.ipynb", rubric))
    assert with_helper != before
    (kit / "hw.ipynb").write_text(notebook(*WRONG))
    assert content_of(read_work(kit / "hw.ipynb", rubric)) != with_helper


class Counting:
    """Answers nothing, and counts how often it was run."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        self.runs += 1
        captures = {p.key: Capture(status=CaptureStatus.MISSING) for p in plan.for_box if isinstance(p, Look)}
        return Evidence(submission=submission.digest, captures=captures)

    def close(self) -> None:
        """Nothing is kept."""


def test_unchanged_work_is_not_run_again_but_judged_by_the_changed_rubric(kit: Path) -> None:
    box = Counting()
    checker = Checker(box)

    def again() -> Assignment:
        return find_assignment([], kit)

    checker.check(again())
    (kit / "rubric.yaml").write_text(RUBRIC.replace("Probabilities", "Shares"))
    report = checker.check(again())
    assert box.runs == 1
    assert report.questions[0].checks[0].title == "Shares"
    (kit / "hw.ipynb").write_text(notebook(*WRONG))
    checker.check(again())
    assert box.runs == 2
