"""`grader grade` with a folder of rubrics: every assignment in its folder, one page over all, and what reads it again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.intake.test_courses import RUBRIC

pytestmark = pytest.mark.box


def grader(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "120"}
    code = "from grader.cli import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False, timeout=180)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two assignments: aster hands in both, birch one and wrong; graded into `out`."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "rubrics").mkdir()
    for name in ("hw1", "hw2"):
        (folder / "rubrics" / f"{name}.yaml").write_text(RUBRIC.format(name=name))
    for path, source in {"hw1/aster": "x = 3\n", "hw2/aster": "x = 3\n", "hw2/birch": "x = 4\n"}.items():
        (folder / "work" / path).mkdir(parents=True)
        (folder / "work" / path / "hw.py").write_text(source)
    done = grader(folder, "grade", "rubrics", "work", "-o", "out", "--isolation", "none", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "3 submissions of 2 assignments" in done.stdout
    assert "course page: out/index.html" in done.stdout
    return folder


def test_each_assignment_has_its_folder_and_the_course_its_files(course: Path) -> None:
    assert (course / "out" / "gradebook.csv").read_text() == "student,hw1 (of 1.00),hw2 (of 1.00)\naster,1.00,1.00\nbirch,,0.00\n"
    found = json.loads((course / "out" / "course.json").read_text())
    assert [(a["folder"], a["submissions"], a["mean"]) for a in found["assignments"]] == [("hw1", 1, 1.0), ("hw2", 2, 0.5)]
    page = (course / "out" / "index.html").read_text()
    links = ["hw1/index.html", "hw2/index.html", "hw1/students/aster/feedback.html", "hw2/students/birch/feedback.html"]
    for link in links:
        assert f'href="{link}"' in page
        assert (course / "out" / link).is_file()
    assert 'href="hw1/students/birch' not in page


def test_a_changed_rubric_regrades_the_whole_course(course: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(course, tmp_path / "course")  # tests run in any order, and the others look at the first grading
    path = folder / "rubrics" / "hw2.yaml"
    path.write_text(path.read_text().replace("value: 3", "value: 4"))
    done = grader(folder, "regrade", "out")
    assert done.returncode == 0, done.stderr
    assert (folder / "out" / "gradebook.csv").read_text().endswith("aster,1.00,0.00\nbirch,,1.00\n")
    assert "pages of 3 submissions" in grader(folder, "report", "out").stdout


def test_only_one_student_may_be_graded_and_strangers_are_refused(course: Path) -> None:
    options = ("--isolation", "none", "--jobs", "1", "--json")
    done = grader(course, "grade", "rubrics", "work", "-o", "one", "--only", "birch", *options)
    assert [a["folder"] for a in json.loads(done.stdout)["assignments"]] == ["hw2"]
    done = grader(course, "grade", "rubrics", "work", "-o", "none", "--only", "cedar", *options)
    assert done.returncode == 2
    assert "no submission `cedar`" in done.stderr


def test_grading_one_student_again_keeps_the_others_and_the_other_assignments(course: Path, tmp_path: Path) -> None:
    out = shutil.copytree(course / "out", tmp_path / "out")
    before = (out / "gradebook.csv").read_text()
    options = ("--isolation", "none", "--jobs", "1", "--json", "--only", "birch")
    done = grader(course, "grade", "rubrics", "work", "-o", str(out), *options)
    assert done.returncode == 0, done.stderr
    assert (out / "gradebook.csv").read_text() == before


@pytest.mark.parametrize("options", [("--data", "."), ("--from-git", "list.csv")])
def test_what_belongs_to_one_rubric_is_refused_for_a_course(course: Path, options: tuple[str, str]) -> None:
    done = grader(course, "grade", "rubrics", "work", "-o", "none", *options)
    assert done.returncode == 2
    assert "give these with one rubric" in done.stderr
