"""Judging what was made of filled-in blanks: what was filled in is told, and a report is still a report."""

from __future__ import annotations

import pytest

from grader.checks import Rubric
from grader.grading.judge import judge_submission
from grader.grading.plan import plan_submission
from grader.intake.blanks import with_blanks
from grader.intake.sections import read_sections
from grader.model.evidence import Capture, CaptureStatus, Evidence, Place, Run
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Calls, Outcome, Scalar
from grader.model.verdict import Status, Verdict

RUBRIC = Rubric.model_validate(
    {
        "assignment": "one",
        "title": "One",
        "points": 1,
        "questions": [
            {
                "id": "1",
                "title": "Blanks",
                "points": 1,
                "answer": {
                    "heading": "Problem 1",
                    "functions": {"a": "blank_a"},
                    "blanks": ["def blank_a(x):\n    y = __a__\n    return y\n", "def blank_b():\n    __b__\n"],
                },
                "checks": [{"id": "a", "kind": "property", "of": "a", "points": 1, "edge": [[1.0]], "within": [2, 2]}],
            }
        ],
    }
)

CODE = Cell(index=1, kind="code", source="x = 1")


def verdict(text: str, kind: str = "document", answer: float | None = None) -> Verdict:
    """The verdict on the text in a report or notebook; `answer` is what its function returned, None if there is none."""
    cells = (Cell(index=0, kind="markdown", source=f"# Problem 1\n\n{text}"), *([CODE] if kind == "notebook" else []))
    part = Part.model_validate({"path": "work.md", "kind": kind, "cells": cells})
    work = with_blanks(Submission(id="s", root="", digest="d", parts=(part,)), RUBRIC)
    plan = plan_submission(RUBRIC)
    seen = Capture(status=CaptureStatus.MISSING, looked_for=("blank_a",))
    if answer is not None:
        place = Place(part="blanks-1", cell=1, name="blank_a")
        outcomes = (Outcome(value=Scalar(value=answer, python="float")),)
        seen = Capture.of(Calls(outcomes=outcomes)).model_copy(update={"place": place})
    captures = {probe.key: seen for probe in plan.for_box} | read_sections(work, plan.for_reading)
    evidence = Evidence(submission=work.digest, captures=captures, run=Run(ended="finished"))
    return judge_submission(RUBRIC, evidence, {}, work).verdicts["1/a"]


@pytest.mark.parametrize(("answer", "status"), [(2.0, Status.PASSED), (3.0, Status.FAILED)])
def test_a_verdict_tells_what_was_filled_in_and_where(answer: float, status: Status) -> None:
    found = verdict("(a) x + f(1)", answer=answer)
    assert found.status is status
    assert found.notes[0].code == "blanks"
    assert found.notes[0].facts == {"filled": "(a) x + f(1)", "part": "work.md"}


def test_a_blank_that_a_report_does_not_fill_in_waits_for_a_human_although_another_was_run() -> None:
    found = verdict("(a) in words (b) f(1)")
    assert (found.status, found.reason.code) == (Status.UNDECIDED, "in_report")


def test_a_blank_that_a_notebook_with_code_does_not_fill_in_is_missing() -> None:
    found = verdict("(b) f(1)", kind="notebook")
    assert (found.status, found.reason.code) == (Status.FAILED, "missing")
