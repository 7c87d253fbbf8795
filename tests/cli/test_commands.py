"""Commands as their users run them: exit codes, messages that say where and how to mend, and documentation."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from grader.cli import failures
from grader.cli.app import app
from grader.errors import BoxError, EvidenceError

ROOT = Path(__file__).parents[2]

RUBRIC = """\
assignment: hw
title: A homework
points: 1
questions:
  - {id: "1", title: One, points: 1, answer: {variables: {x: x}},
     checks: [{id: x, kind: number, of: x, points: 1, value: 3}]}
"""


def grader(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from grader.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=180, cwd=cwd)


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "hw.yaml"
    path.write_text(RUBRIC)
    return path


def test_a_rubric_without_faults_is_said_to_have_none(rubric: Path) -> None:
    done = grader("rubric", "lint", rubric)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no faults; 1 questions, 1 checks, 1 points" in done.stdout


def test_a_faulty_rubric_is_exit_code_2_with_every_fault_on_a_line(rubric: Path) -> None:
    rubric.write_text(RUBRIC.replace("kind: number", "kind: numer").replace("points: 1\nq", "points: 2\nq"))
    done = grader("rubric", "lint", rubric)
    assert done.returncode == 2
    assert [line.split(": ")[1] for line in done.stdout.splitlines()] == ["points", "questions[0].checks[0].kind"]
    found = json.loads(grader("rubric", "lint", "--json", rubric).stdout)
    assert [f["line"] for f in found] == [3, 6]


def test_a_faulty_rubric_stops_grading_before_anything_runs(rubric: Path, tmp_path: Path) -> None:
    rubric.write_text(RUBRIC.replace("kind: number", "kind: numer"))
    (tmp_path / "class").mkdir()
    done = grader("grade", rubric, tmp_path / "class", "-o", tmp_path / "out")
    assert (done.returncode, "did you mean `number`?" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_submissions_is_said(rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    done = grader("grade", rubric, tmp_path / "class", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "nothing to grade" in done.stderr


def test_regrading_a_folder_that_is_no_run_names_the_command_that_makes_one(tmp_path: Path) -> None:
    done = grader("regrade", tmp_path)
    assert done.returncode == 2
    assert "mend it with: grader grade" in done.stderr


def test_show_prints_questions_with_points_and_visibility(rubric: Path) -> None:
    lines = grader("rubric", "show", rubric).stdout
    for word in ("A homework (1 points)", "1 One", "number", "visible"):
        assert word in lines


def test_schema_prints_what_is_kept_for_editors() -> None:
    assert grader("rubric", "schema").stdout == (ROOT / "rubrics" / "rubric.schema.json").read_text()


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (BoxError("no namespaces", mend="sudo sysctl ..."), 4, "mend it with: sudo sysctl"),
        (EvidenceError("damaged"), 2, "error: damaged"),
        (KeyboardInterrupt(), 130, "goes on from there"),
        (ZeroDivisionError("ours"), 3, "a bug of its own"),
        (SystemExit(2), 2, ""),
    ],
)
def test_each_way_to_fail_has_its_exit_code(
    error: BaseException, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise error

    assert failures.run(broken) == code
    printed = capsys.readouterr().err
    assert says in printed
    if code == 3:
        log = Path(re.search(r"log: (\S+)", printed)[1])  # type: ignore[index]
        assert "ZeroDivisionError: ours" in log.read_text()
        log.unlink()


def commands() -> list[str]:
    group = typer.main.get_command(app)
    names = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        names += [f"{name} {sub}" for sub in below] if below else [name]
    return names


def test_every_command_and_option_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    for name in commands():
        assert f"## `grader {name}" in text, name
        command = group
        for word in name.split():
            command = command.commands[word]  # type: ignore[attr-defined]
        section = text.split(f"## `grader {name}")[1].split("\n## ")[0]
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}" in section, f"{name} {option}"


def test_the_commands_in_the_readme_are_commands_of_ours() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^grader ([a-z]+(?: (?:lint|show|schema))?)", text, flags=re.MULTILINE)
    assert shown
    assert set(shown) <= set(commands())
