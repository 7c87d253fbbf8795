"""`runner` and `kernel` on their way from the rubric to the box."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbformat
import pytest

from grader.errors import RubricError
from grader.grading.plan import plan_submission
from grader.intake.notebooks import read_notebook
from grader.intake.rubrics import load_rubric
from grader.model.evidence import CaptureStatus
from grader.model.probe import Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.sandbox.course import Course
from grader.store.evidence import evidence_key
from tests.sandbox.test_drive import ScriptedLine, answered, ran, said

RUBRIC = """\
assignment: hw
title: A homework
{more}
points: 1
questions:
  - id: "1"
    title: A number
    points: 1
    answer: {{variables: {{x: x}}}}
    checks: [{{id: x, kind: number, of: x, points: 1, value: 1.0}}]
"""
LIMITS = Limits(wall=10, cell=1, probe=1)
LOOK = Look(names=("x",))
PLAN = Plan(probes=(LOOK,), runner="jupyter")


class Opened(ScriptedLine):
    """Keeps the jobs it was given, and answers the first words of each with `ready`."""

    def __init__(self, *ready: dict[str, object]) -> None:
        missing = {"status": "missing", "looked_for": ["x"]}
        super().__init__(lambda request: ran() if request["ask"] == "cell" else answered(missing))
        self.ready = list(ready)
        self.jobs: list[dict[str, object]] = []

    def open(self, job: dict[str, object]) -> None:
        super().open(job)
        self.jobs.append(job)
        self.queue = [said(**(self.ready.pop(0) if self.ready else {"frame": "ready"}))]


def part(path: str, **more: str) -> Part:
    kind = "module" if path.endswith(".py") else "notebook"
    return Part.model_validate({"path": path, "kind": kind, "cells": (Cell(index=0, kind="code", source="x"),), **more})


def course(plan: Plan, *parts: Part) -> Course:
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return Course(plan, Submission(id="s", root="", digest=digest, parts=parts), LIMITS, "none")


def test_a_rubrics_runner_and_kernel_are_in_the_plan(tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(RUBRIC.format(more="runner: jupyter\nkernel: ir"))
    plan = plan_submission(load_rubric(tmp_path / "hw.yaml").rubric)
    assert (plan.runner, plan.kernel) == ("jupyter", "ir")
    assert set(plan.imports) < set(plan.warm)


@pytest.mark.parametrize(
    ("more", "says"),
    [("kernel: ir", "`kernel` needs `runner: jupyter`"), ("runner: jupiter", "runner")],
    ids=["kernel", "runner"],
)
def test_what_cannot_be_meant_is_a_fault_of_the_rubric(tmp_path: Path, more: str, says: str) -> None:
    (tmp_path / "hw.yaml").write_text(RUBRIC.format(more=more))
    with pytest.raises(RubricError, match=says):
        load_rubric(tmp_path / "hw.yaml")


def test_evidence_of_another_runner_or_kernel_is_not_the_same() -> None:
    submission = course(PLAN, part("a.ipynb")).submission
    plans = (PLAN, PLAN.model_copy(update={"kernel": "ir"}), PLAN.model_copy(update={"runner": "shell"}))
    assert len({evidence_key(submission, plan, LIMITS, "strict") for plan in plans}) == 3


def test_the_kernel_that_a_notebook_names_is_read() -> None:
    metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    data = nbformat.writes(nbformat.v4.new_notebook(metadata=metadata)).encode()
    read = read_notebook(data, "a.ipynb")
    assert (read.kernel, read.language) == ("ir", "r")
    assert read_notebook(nbformat.writes(nbformat.v4.new_notebook()).encode(), "a.ipynb").kernel == ""


def test_only_notebooks_that_were_handed_in_are_for_a_kernel_and_these_in_any_language() -> None:
    parts = (part("b.py"), part("a.ipynb", language="r", kernel="ir"), part("blanks-1", made_of="b.py"))
    line = Opened()
    course(PLAN, *parts).take(line)
    assert [job.get("kernel") for job in line.jobs] == [None, {"wanted": "", "named": "ir"}, None]
    shell = PLAN.model_copy(update={"runner": "shell"})
    assert [p.path for p in course(shell, *parts).parts] == ["b.py", "blanks-1"]


def test_objects_that_are_missing_in_another_language_come_with_the_reason() -> None:
    observed = course(PLAN, part("a.ipynb"))
    observed.take(Opened({"frame": "ready", "language": "r"}))
    capture = observed.evidence.captures[LOOK.key]
    assert capture.status is CaptureStatus.MISSING
    assert capture.detail == "a.ipynb is in r: only what it shows and writes can be looked at, not its objects"


@pytest.mark.parametrize(("lacks", "ended"), [(True, "box_failed"), (False, "died")], ids=["lacking", "anything else"])
def test_what_the_environment_lacks_is_never_the_submissions_doing(lacks: bool, ended: str) -> None:
    """Although code of the submission has run; any other process that does not begin after that is its doing."""
    observed = course(PLAN, part("b.py"), part("a.ipynb"))
    observed.take(Opened({"frame": "ready"}, {"frame": "unready", "why": "ipykernel is not there", "lacks": lacks}))
    assert observed.ended == ended
    assert "ipykernel is not there" in observed.detail
