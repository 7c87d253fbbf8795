"""From a platform's download back to the platform: grade, report, export; and the autograder that Gradescope runs."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader import pipeline
from grader.checks.literals import to_value
from grader.cli.app import app
from grader.errors import EvidenceError, UsageError
from grader.intake.rubrics import load_rubric
from grader.intake.submissions import find_submissions
from grader.model.probe import Probe
from grader.model.submission import Submission
from grader.model.values import Value
from grader.sandbox.fake import FakeSandbox

RUBRIC = """\
assignment: hw
title: A homework
reference: reference
points: 3
questions:
  - id: "1"
    title: Numbers
    points: 3
    answer: {variables: {x: x}}
    checks:
      - {id: x, kind: number, of: x, points: 2, expect: x}
      - {id: secret, kind: number, of: x, points: 1, expect: x, visibility: after_due}
"""
CANVAS = {"asterlily_LATE_501_88_hw.py": "x = 3\n", "fernroyal_502_90_hw.py": "x = 4\n"}
ROSTER = 'Student,ID,SIS Login ID,Section\n"Aster, Lily",501,lily1,Beds\n'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with its rubric, its reference and a class as Canvas gives it."""
    (tmp_path / "hw.yaml").write_text(RUBRIC)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "solution.py").write_text("x = 3\n")
    (tmp_path / "roster.csv").write_text(ROSTER)
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as bundle:
        for name, text in CANVAS.items():
            bundle.writestr(name, text)
    return tmp_path


@pytest.fixture
def out(course: Path) -> Path:
    """The class, graded without a box."""

    def answer(_: Probe, submission: Submission) -> Value:
        return to_value(4 if submission.id.startswith("fern") else 3)

    job = pipeline.Job(
        rubric=load_rubric(course / "hw.yaml"),
        sources=find_submissions(course / "class.zip"),
        out=course / "out",
        make_sandbox=lambda: FakeSandbox(answer),
        isolation="none",
    )
    pipeline.grade(job)
    return course / "out"


def grader(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments: str | Path) -> str:
    found = grader(*arguments)
    assert found.exit_code == 0, found.exception
    return found.stdout


def test_a_class_from_canvas_goes_back_to_the_right_students(out: Path) -> None:
    path = Path(done("export", out, "--to", "canvas", "--column", "HW (7)").strip())
    assert path == out / "exports" / "canvas.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [(row["ID"], row["HW (7)"]) for row in rows[1:]] == [("501", "3.00"), ("502", "0.00")]
    with zipfile.ZipFile(done("export", out, "--to", "canvas-feedback").strip()) as bundle:
        assert bundle.namelist() == ["asterlily_LATE_501_88_hw.html", "fernroyal_502_90_hw.html"]


def test_a_mark_of_lateness_is_said_also_after_a_changed_policy(out: Path, course: Path) -> None:
    assert "late_unknown" not in (out / "results.json").read_text()
    (course / "hw.yaml").write_text(f"due: 2026-02-03T23:59:00-05:00\nlate: {{loss_per_day: 10%}}\n{RUBRIC}")
    done("regrade", out, "--rubric", course / "hw.yaml")
    found = {each["id"]: each for each in json.loads((out / "results.json").read_text())["submissions"]}
    assert [fault["code"] for fault in found["asterlily_501"]["run"]["faults"]] == ["late_unknown"]
    assert (found["asterlily_501"]["late"], found["fernroyal_502"]["run"]["faults"]) == (0.0, [])
    assert "A person decides." in (out / "students" / "asterlily_501" / "feedback.md").read_text()


def test_a_roster_adds_to_what_the_download_told(out: Path, course: Path) -> None:
    found = grader("export", out, "--to", "canvas", "--roster", course / "roster.csv", "-o", course / "marks.csv")
    assert found.stderr == "not in the roster: fernroyal_502\n"
    assert '"Aster, Lily",501,,lily1,Beds,3.00' in (course / "marks.csv").read_text()


def test_what_has_no_place_in_a_format_is_said_and_a_file_for_nobody_is_not_written(out: Path) -> None:
    found = grader("export", out, "--to", "moodle-worksheet")
    assert isinstance(found.exception, UsageError)
    assert "Moodle's participant number" in str(found.exception)
    assert not (out / "exports").exists()


def test_formats_of_a_student_are_a_file_each_in_a_folder(out: Path, course: Path) -> None:
    paths = done("export", out, "--to", "gradescope").split()
    assert [Path(path).name for path in paths] == ["asterlily_501.json", "fernroyal_502.json"]
    assert json.loads(Path(paths[0]).read_text())["tests"][0]["score"] == 2.0
    one = course / "one.json"
    done("export", out, "--to", "gradescope", "--only", "fernroyal_502", "-o", one)
    assert json.loads(one.read_text())["tests"][0]["score"] == 0.0
    found = grader("export", out, "--to", "gradescope", "-o", one)
    assert isinstance(found.exception, UsageError)


def test_an_export_can_be_printed(out: Path) -> None:
    text = done("export", out, "--to", "autolab", "--only", "asterlily_501", "-o", "-")
    assert json.loads(text.splitlines()[-1]) == {"scores": {"1": 3.0}}
    assert done("export", out, "--to", "csv", "-o", "-").startswith("submission,earned")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "canva"], "did you mean `canvas`"),
        (["--to", "canvas", "--only", "absent"], "there is no submission `absent`"),
        (["--to", "canvas", "--roster", "absent.csv"], "cannot read the roster"),
    ],
)
def test_wrong_usage_is_said(out: Path, arguments: list[str], says: str) -> None:
    found = grader("export", out, *arguments)
    assert isinstance(found.exception, UsageError)
    assert says in str(found.exception)


def test_exporting_what_is_no_run_says_how_to_make_one(tmp_path: Path) -> None:
    found = grader("export", tmp_path, "--to", "canvas")
    assert isinstance(found.exception, EvidenceError)
    assert "grader grade" in found.exception.mend


def test_all_formats_are_listed(tmp_path: Path) -> None:
    text = done("export", tmp_path, "--to", "list")
    for name in ("canvas-feedback", "gradescope", "prairielearn"):
        assert f"\n{name} " in text


def test_pages_are_written_again_as_the_stage_allows(out: Path) -> None:
    page = out / "students" / "fernroyal_502" / "feedback.html"
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file() and path.suffix != ".sqlite"}
    assert "1/secret" not in page.read_text()
    page.unlink()
    (out / "index.html").unlink()
    (page.parent / "executed.ipynb").unlink()
    done("report", out)
    assert {path: path.read_bytes() for path in before} == before
    assert "A check that is not shown" not in page.read_text()
    done("report", out, "--stage", "open")
    assert "A check that is not shown" in page.read_text()


def test_exporting_imports_nothing_heavy(out: Path) -> None:
    code = (
        "import sys; from grader.cli.app import app\n"
        "try: app()\n"
        "except SystemExit as e: assert not e.code, e.code\n"
        "heavy = {'torch', 'sympy', 'IPython', 'matplotlib', 'pandas', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)"
    )
    for command in (["export", str(out), "--to", "canvas", "-o", "-"], ["report", str(out)]):
        ran = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 0, ran.stderr


# The autograder


@pytest.fixture
def autograder(course: Path) -> Path:
    """The folder /autograder as Gradescope has it after its image is built; the environment is the one of the tests."""
    done("autograder", course / "hw.yaml", "-o", course / "zip" / "autograder.zip")
    root = course / "autograder"
    with zipfile.ZipFile(course / "zip" / "autograder.zip") as bundle:
        for info in bundle.infolist():
            path = Path(bundle.extract(info, root / "source"))
            path.chmod(info.external_attr >> 16 & 0o777)
    for name in ("submission", "results", "venv/bin"):
        (root / name).mkdir(parents=True)
    command = root / "venv" / "bin" / "grader"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from grader.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    return root


def test_the_autograder_holds_all_it_needs_at_the_root_of_the_zip(autograder: Path) -> None:
    source = autograder / "source"
    assert {path.name for path in source.iterdir()} == {"setup.sh", "run_autograder", "constraints.txt", "toolkit", "course"}
    for name in ("setup.sh", "run_autograder"):
        assert os.access(source / name, os.X_OK)
        assert subprocess.run(["bash", "-n", source / name], check=False).returncode == 0
    assert load_rubric(source / "course" / "rubric.yaml").reference == (source / "course" / "reference").resolve()
    assert (source / "toolkit" / "grader" / "reports" / "templates" / "feedback.html").is_file()
    assert not list(source.rglob("__pycache__"))
    assert "torch==" in (source / "constraints.txt").read_text()


def test_the_same_course_gives_the_same_autograder(course: Path) -> None:
    first, second = course / "a.zip", course / "b.zip"
    for path in (first, second):
        done("autograder", course / "hw.yaml", "-o", path)
    assert first.read_bytes() == second.read_bytes()


def test_a_reference_outside_the_course_cannot_be_packed(course: Path) -> None:
    (course / "rubrics").mkdir()
    (course / "rubrics" / "hw.yaml").write_text(RUBRIC.replace("reference: reference", "reference: ../reference"))
    found = grader("autograder", course / "rubrics" / "hw.yaml", "-o", course / "a.zip")
    assert isinstance(found.exception, UsageError)
    assert not (course / "a.zip").exists()


def run_autograder(root: Path, before: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """The tests in the results.json of one submission."""
    ran = subprocess.run(
        [*before, str(root / "run_autograder")],
        env={**os.environ, "AUTOGRADER_ROOT": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, object]] = json.loads((root / "results" / "results.json").read_text())["tests"]
    return found


@pytest.mark.box
def test_gradescope_runs_the_autograder_and_reads_its_results(autograder: Path) -> None:
    (autograder / "submission" / "hw.py").write_text("x = 3\n")
    assert [(test["score"], test["max_score"], test["visibility"]) for test in run_autograder(autograder)] == [
        (2.0, 2.0, "visible"),
        (1.0, 1.0, "after_due_date"),
    ]
    assert (autograder / "source").stat().st_mode & 0o077 == 0


@pytest.mark.box
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv", "chroot"))),
    reason="a container is imitated by root with util-linux",
)
def test_in_a_container_without_namespaces_students_code_runs_as_nobody(autograder: Path, tmp_path: Path) -> None:
    """Root without the right to mount, in a changed root, where the kernel refuses user namespaces."""
    (autograder / "submission" / "hw.py").write_text("import os\nx = 3 if os.getuid() == 65534 else 0\n")
    (tmp_path / "root").mkdir()
    enter = f'mount --rbind / "{tmp_path}/root" && exec setpriv --bounding-set=-sys_admin chroot "{tmp_path}/root" "$@"'
    found = run_autograder(autograder, ("unshare", "--mount", "--propagation", "private", "sh", "-c", enter, "sh"))
    assert [test["score"] for test in found] == [2.0, 1.0]
