"""Tests of GitHub Classroom and Classroom 50 become a valid rubric, and what it cannot express is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.intake.classroom import read_classroom
from grader.intake.classroom_checks import Migrated, rubric_of
from grader.intake.rubrics import load_rubric
from grader.release.public import write_yaml
from tests.cli.test_commands import grader

GITHUB: dict[str, Any] = {
    "tests": [
        {"name": "Hello", "setup": "", "run": "python3 hello.py", "input": "Ada", "output": "Hello, Ada", "comparison": "exact",
         "timeout": 10, "points": 2},
        {"name": "Report is there", "setup": None, "run": "test -f report.pdf", "input": "", "output": "", "points": 1},
        {"name": "Unit tests", "setup": "pip install pytest", "run": "pytest", "timeout": 5, "points": None},
        {"name": "Built", "setup": "make hello", "run": "./hello | head -1", "input": "", "output": "Hello", "timeout": 1,
         "comparison": "included", "points": 3},
        {"name": "Trains", "setup": "sudo -H pip3 install torch", "run": "python3 src/train.py --epochs 2", "timeout": None,
         "points": 4},
    ]
}  # fmt: skip
FIFTY: list[dict[str, Any]] = [
    {"name": "adds", "type": "io", "run": "python3 add.py", "input-file": "in.txt", "expected": "^5$", "comparison": "regex",
     "timeout": 5, "failure-details": "actual-only", "points": 2},
    {"name": "fails", "type": "run", "run": "python3 x.py", "exit-code": 2, "points": 1.5},
    {"name": "kept", "type": "run", "run": "[ -e out/model.pt ]", "points": 1},
    {"name": "suite", "type": "python", "run": "python3 -m pytest -q", "points": 1},
    {"name": "script", "type": "run", "run": 'bash "$CLASSROOM50_BUNDLE_DIR/check.sh"', "points": 1},
    {"name": "lost", "type": "io", "run": "cat", "expected-file": "../secret.txt", "comparison": "exact", "points": 1},
    {"name": "word", "type": "io", "run": "python3 -m package.words", "expected-file": "out.txt", "comparison": "exact",
     "points": 1},
]  # fmt: skip


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The folder of the tests, with the files they name; beside it one that is not theirs."""
    (tmp_path / "secret.txt").write_text("no fixture")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "in.txt").write_text("2 3\n")
    (tmp_path / "bundle" / "out.txt").write_text("seven\n")
    return tmp_path / "bundle"


def migrated(content: Any, folder: Path) -> Migrated:
    return rubric_of(read_classroom(json.dumps(content), "t.json"), "hw", "Homework", folder)


def only_check(content: Any, folder: Path) -> dict[str, Any]:
    (question,) = migrated([content], folder).document["questions"]
    (check,) = question["checks"]
    assert isinstance(check, dict)
    return check


@pytest.mark.parametrize(
    ("content", "points", "kinds"),
    [
        (GITHUB, 10, ["program", "saved_file", "manual", "program", "program"]),
        (FIFTY, 8.5, ["program", "program", "saved_file", "manual", "manual", "manual", "program"]),
        ({"schema": "tests/v1", "tests": FIFTY[:2]}, 3.5, ["program", "program"]),
    ],
)
def test_each_test_becomes_a_question_of_a_valid_rubric(bundle: Path, content: Any, points: float, kinds: list[str]) -> None:
    made = migrated(content, bundle)
    (bundle / "hw.yaml").write_text(write_yaml(made.document))
    rubric = load_rubric(bundle / "hw.yaml").rubric
    assert rubric.points == points
    found = [question.checks[0].kind for question in rubric.questions]
    assert found == kinds
    assert len(made.not_expressed) == found.count("manual")


def test_github_classrooms_tests_keep_what_they_ask_for(bundle: Path) -> None:
    hello, _, _, built, trains = (q["checks"][0] for q in migrated(GITHUB, bundle).document["questions"])
    base = {"id": "program", "kind": "program"}
    assert hello == base | {
        "of": "program", "run": ["python", "{file}"], "points": "2", "title": "What it prints", "input": "Ada",
        "compare": "exact", "output": "Hello, Ada", "shown": True, "time": "60 s",
    }  # fmt: skip
    assert built == base | {
        "run": ["sh", "-c", "make hello && ./hello | head -1"], "points": "3", "title": "What it prints",
        "compare": "included", "output": "Hello", "shown": True, "time": "60 s",
    }  # fmt: skip
    assert trains["run"] == ["python", "{file}", "--epochs", "2"]
    assert "output" not in trains
    assert trains["title"] == "How it ends"
    (answer,) = [q["answer"] for q in migrated(GITHUB, bundle).document["questions"] if q["title"] == "Trains"]
    assert answer == {"files": {"program": ["src/train.py"]}}


def test_classroom_50s_tests_keep_what_they_ask_for(bundle: Path) -> None:
    adds, fails, *_, word = (q["checks"][0] for q in migrated(FIFTY, bundle).document["questions"])
    assert (adds["input"], adds["output"], adds["exit_code"], adds["time"]) == ("2 3\n", "(?m)^5$", None, "5 s")
    assert "shown" not in adds
    assert (fails["exit_code"], "output" in fails) == (2, False)
    assert (word["run"], word["output"]) == (["python", "-m", "package.words"], "seven\n")


def test_a_setup_that_needs_the_network_is_left_out_and_said(bundle: Path) -> None:
    (note,) = migrated(GITHUB, bundle).notes
    assert note.test == "Trains"
    assert "`sudo -H pip3 install torch` was left out: the box has no network" in note.says


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ({"run": "pytest -q"}, "decides in the box"),
        ({"run": "python3 test_hello.py"}, "decides in the box"),
        ({"run": "bash grade.sh"}, "decides in the box"),
        ({"run": "make test"}, "decides in the box"),
        ({"run": "sh $CLASSROOM50_BUNDLE_DIR/a", "output": "x"}, "a script of the teacher's"),
        ({"run": "python3 a.py", "output": "(", "comparison": "regex"}, "none of Python's"),
        ({"run": "cat", "type": "io", "expected-file": "none.txt"}, "`none.txt` is not there"),
        ({"run": "", "setup": "make"}, "runs nothing"),
    ],
)
def test_what_cannot_be_a_check_is_said_with_its_reason(bundle: Path, test: dict[str, Any], says: str) -> None:
    made = migrated([{"name": "t", **test}], bundle)
    assert made.document["questions"][0]["checks"][0]["kind"] == "manual"
    assert says in made.not_expressed[0].says
    assert made.document["questions"][0]["answer"]["files"]


def test_a_script_whose_output_is_compared_decides_nothing_itself(bundle: Path) -> None:
    assert only_check({"name": "t", "run": "bash hello.sh", "output": "Hello"}, bundle)["kind"] == "program"


def test_time_limits_are_kept_but_for_the_one_that_every_test_gets(bundle: Path) -> None:
    times = {minutes: only_check({"name": "t", "run": "./a", "timeout": minutes}, bundle)["time"] for minutes in (10, 3, None)}
    assert times == {10: "60 s", 3: "180 s", None: "60 s"}
    limits = migrated([{"name": f"t{n}", "run": "./a", "timeout": 3} for n in range(2)], bundle).document["limits"]
    assert limits == {"wall": "420 s"}


def test_a_criterion_says_what_was_run_and_what_was_expected(bundle: Path) -> None:
    tests = [
        {"name": "a", "setup": "pip install pytest", "run": "pytest"},
        {"name": "b", "run": "pytest b.py", "input": "Ada", "output": "x", "comparison": "exact"},
    ]
    says = [q["checks"][0]["criteria"][0]["says"] for q in migrated(tests, bundle).document["questions"]]
    assert says == [
        "`pytest` after `pip install pytest` ends with exit code 0.",
        "`pytest b.py` with the input `Ada` prints exactly `x`.",
    ]


@pytest.mark.parametrize(
    "run", ["test -f /etc/passwd", "test -f a && rm b", "ls -la", "test -f 'a", "test -f $(x)", "cat a", "test -d a"]
)
def test_only_a_look_for_a_file_is_taken_for_one(bundle: Path, run: str) -> None:
    assert only_check({"name": "t", "run": run}, bundle)["kind"] == "program"


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
    assert "4 tests became checks" in done.stderr
    assert "Trains: `sudo -H pip3 install torch` was left out" in done.stderr
    assert "a person judges, until a check is written: Unit tests" in done.stderr
    assert load_rubric(tmp_path / "hw.yaml").rubric.assignment == "hw-3"
    assert grader("rubric", "from-classroom", path, "-o", tmp_path / "hw.yaml").returncode == 2


@pytest.mark.box
def test_a_class_is_graded_by_the_rubric_made_of_its_tests(tmp_path: Path) -> None:
    tests = [test for test in GITHUB["tests"] if test["name"] in ("Hello", "Report is there")]
    (tmp_path / "autograding.json").write_text(json.dumps({"tests": tests}))
    assert grader("rubric", "from-classroom", tmp_path / "autograding.json", "-o", tmp_path / "hw.yaml").returncode == 0
    for name, program in {"right": "print('Hello,', input())", "wrong": "input()\nprint('Hello, you')"}.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "hello.py").write_text(f"{program}\n")
    (tmp_path / "class" / "right" / "report.pdf").write_bytes(b"%PDF")
    done = grader("grade", tmp_path / "hw.yaml", tmp_path / "class", "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    found = {each["id"]: each for each in json.loads(done.stdout)["submissions"]}
    assert (found["right"]["earned"], found["wrong"]["earned"]) == (3.0, 0.0)
    (said,) = found["wrong"]["questions"][0]["checks"]
    assert "Line 1 of your program's output has `Hello, you`, where `Hello, Ada` is expected." in said["reason"]["text"]
