"""Tests of GitHub Classroom and Classroom 50 become a valid rubric, and what it cannot express is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.intake.classroom import read_classroom, rubric_of
from grader.intake.rubrics import load_rubric
from grader.release.public import write_yaml
from tests.cli.test_commands import grader

GITHUB: dict[str, Any] = {
    "tests": [
        {"name": "Hello", "setup": "", "run": "python3 hello.py", "input": "Ada", "output": "Hello, Ada", "comparison": "exact",
         "timeout": 10, "points": 2},
        {"name": "Report is there", "setup": None, "run": "test -f report.pdf", "input": "", "output": "", "points": 1},
        {"name": "Unit tests", "setup": "pip install pytest", "run": "pytest", "timeout": 5, "points": None},
    ]
}  # fmt: skip
FIFTY: list[dict[str, Any]] = [
    {
        "name": "adds",
        "type": "io",
        "run": "python3 add.py",
        "input-file": "in.txt",
        "expected": "^5$",
        "comparison": "regex",
        "points": 2,
    },
    {"name": "fails", "type": "run", "run": "python3 x.py", "exit-code": 2, "points": 1.5},
    {"name": "kept", "type": "run", "run": "[ -e out/model.pt ]", "points": 1},
]


@pytest.mark.parametrize(
    ("content", "points", "kinds"),
    [
        (GITHUB, 3, ["manual", "saved_file", "manual"]),
        (FIFTY, 4.5, ["manual", "manual", "saved_file"]),
        ({"tests": FIFTY}, 4.5, ["manual", "manual", "saved_file"]),
    ],
)
def test_each_test_becomes_a_question_of_a_valid_rubric(tmp_path: Path, content: Any, points: float, kinds: list[str]) -> None:
    migrated = rubric_of(read_classroom(json.dumps(content), "t.json"), "hw", "Homework")
    (tmp_path / "hw.yaml").write_text(write_yaml(migrated.document))
    rubric = load_rubric(tmp_path / "hw.yaml").rubric
    assert rubric.points == points
    found = [question.checks[0].kind for question in rubric.questions]
    assert found == kinds
    assert len(migrated.not_expressed) == found.count("manual")


def test_a_criterion_says_what_was_run_and_what_was_expected() -> None:
    questions = rubric_of(read_classroom(json.dumps(GITHUB), "t.json"), "hw", "HW").document["questions"]
    says = [q["checks"][0].get("criteria", [{"says": ""}])[0]["says"] for q in questions]
    assert says[0] == "`python3 hello.py` with the input `Ada` prints exactly `Hello, Ada`."
    assert says[2] == "`pytest` after `pip install pytest` ends with exit code 0."
    fifty = rubric_of(read_classroom(json.dumps(FIFTY), "t.json"), "hw", "HW").document["questions"]
    assert fifty[0]["checks"][0]["criteria"][0]["says"] == "`python3 add.py` with the input `in.txt` prints what matches `^5$`."


@pytest.mark.parametrize(
    "run", ["test -f /etc/passwd", "test -f a && rm b", "ls -la", "test -f 'a", "test -f $(x)", "cat a", "test -d a"]
)
def test_only_a_look_for_a_file_is_taken_for_one(run: str) -> None:
    (question,) = rubric_of(read_classroom(json.dumps([{"name": "t", "run": run}]), "t.json"), "hw", "HW").document["questions"]
    assert question["checks"][0]["kind"] == "manual"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("{}", "no tests"),
        ("[]", "no tests"),
        ('[{"run": "x"}]', "test 1: name"),
        ('[{"name": "a"}, {"name": "b", "points": -1}]', "test 2: points"),
        ("[3]", "test 1"),
    ],
)
def test_what_is_neither_format_is_said(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_classroom(text, "t.json")


def test_the_command_writes_the_rubric_and_names_what_it_cannot_express(tmp_path: Path) -> None:
    path = tmp_path / "HW 3" / ".github" / "classroom" / "autograding.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(GITHUB))
    done = grader("rubric", "from-classroom", path, "-o", tmp_path / "hw.yaml")
    assert done.returncode == 0
    assert "1 tests became checks" in done.stderr
    assert "a person judges, until a check is written: Unit tests" in done.stderr
    assert load_rubric(tmp_path / "hw.yaml").rubric.assignment == "hw-3"
    assert grader("rubric", "from-classroom", path, "-o", tmp_path / "hw.yaml").returncode == 2
