"""The gradebook database holds one row a check, and is replaced whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from grader.errors import WriteError
from grader.grading.score import score
from grader.model.evidence import Run
from grader.model.report import ClassReport
from grader.model.verdict import graded, undecided
from grader.store.gradebook import write_gradebook
from tests.grading.build import SUBMISSION, rubric

TWO = rubric("""
- id: "1"
  title: First
  points: 3
  answer: {variables: {x: x, y: y}}
  checks:
    - {id: x, kind: number, of: x, points: 1, value: 1}
    - {id: y, kind: number, of: y, points: 2, value: 1}
""")


def test_marks_and_totals_can_be_queried(tmp_path: Path) -> None:
    one = score(TWO, SUBMISSION, {"1/x": graded(Fraction(1, 3), "values"), "1/y": undecided("manual")}, Run())
    report = ClassReport(assignment="hw", title="A", possible=Fraction(3), reports=(one,))
    for _ in range(2):
        write_gradebook(tmp_path / "g.sqlite", report)
    with closing(sqlite3.connect(tmp_path / "g.sqlite")) as database:
        marks = database.execute("SELECT question, check_id, status, earned FROM marks ORDER BY position").fetchall()
        totals = database.execute("SELECT submission, earned, pending FROM totals").fetchall()
    assert marks == [("1", "x", "partial", 0.33), ("1", "y", "undecided", None)]
    assert totals == [("aster", 0.33, 2.0)]
    assert [p.name for p in tmp_path.iterdir()] == ["g.sqlite"]


def test_a_database_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"cannot write .*g\.sqlite"):
        write_gradebook(
            tmp_path / "nowhere" / "g.sqlite", ClassReport(assignment="hw", title="A", possible=Fraction(3), reports=())
        )
