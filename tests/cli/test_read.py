"""`grader read`: sections and claims of a report, and what each check of a rubric reads there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.errors import UsageError

RUBRIC = """\
assignment: hw
title: A homework
points: 2
questions:
  - {id: "1", title: One, points: 2, answer: {heading: Problem 1, variables: {L: L}},
     checks: [{id: loss, kind: number, of: L, points: 1, value: 3, report: {label: [L]}},
              {id: verdict, kind: choice, correct: "true", options: ["true", "false"], points: 1}]}
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "birch.txt"
    path.write_text("Problem 1 (2 pts)\nTrue. So L = 3.25 in all.\n\nProblem 2 (1 pt)\n`v_0 = 1`\n")
    return path


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_without_a_rubric_every_section_is_shown_with_its_claims(report: Path) -> None:
    found = json.loads(run("read", report, "--json"))["readings"]
    assert [(one["heading"], [line["read"] for line in one["readings"]]) for one in found] == [
        ("Problem 1 (2 pts)", ["3.25"]),
        ("Problem 2 (1 pt)", ["1.0"]),
    ]


def test_with_a_rubric_every_check_says_what_it_reads_and_from_where(report: Path, tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(RUBRIC)
    (one,) = json.loads(run("read", report, "--rubric", tmp_path / "hw.yaml", "--json"))["readings"]
    assert one["readings"] == [
        {"check": "loss", "read": "3.25", "from": "True. So L = 3.25"},
        {"check": "verdict", "read": "true", "from": "True. So L = 3.25 in all."},
    ]
    shown = run("read", report, "--rubric", tmp_path / "hw.yaml")
    assert "loss: 3.25" in shown
    assert "from: True. So L = 3.25" in shown


def test_with_a_rubric_every_blank_says_what_is_filled_in(report: Path, tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(RUBRIC.replace("{L: L}}", '{L: L}, blanks: ["y = __a__", "__b__"]}'))
    report.write_text("Problem 1 (2 pts)\n(a) f( 1 ) and (b) in words. True.\n")
    (one,) = json.loads(run("read", report, "--rubric", tmp_path / "hw.yaml", "--json"))["readings"]
    assert one["readings"][2:] == [
        {"check": "(a)", "read": "f(1)", "from": "birch.txt"},
        {"check": "(b)", "read": "", "from": "birch.txt"},
    ]


def test_with_a_rubric_the_code_that_is_run_is_shown_and_what_is_put_before_it_is_not(report: Path, tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(RUBRIC.replace("{L: L}}", "{L: L}, code: run}"))
    report.write_text("Problem 1 (2 pts)\n\n```\nL = np.sqrt(9)\n```\nTrue.\n")
    (one,) = json.loads(run("read", report, "--rubric", tmp_path / "hw.yaml", "--json"))["readings"]
    assert one["readings"][2:] == [{"check": "code", "read": "L = np.sqrt(9)", "from": "birch.txt"}]


def test_pictures_of_what_is_no_pdf_are_refused(report: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pages"):
        run("read", report, "--pages", tmp_path / "pages")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        run("read", tmp_path / "nothing.txt")
