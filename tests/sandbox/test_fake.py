"""The test double answers what it is asked, and nothing else."""

from __future__ import annotations

from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Plan, Probe, Read
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Raised, Scalar, Value
from grader.sandbox.fake import FakeSandbox

FULL = Submission(
    id="s", root=".", digest="d", parts=(Part(path="a.py", kind="module", cells=(Cell(index=0, kind="code", source="x = 1"),)),)
)
RAISED = Capture(status=CaptureStatus.RAISED, error=Raised(kind="ValueError", message="no"))


def answers(probe: Probe, submission: Submission) -> Capture | Value | None:
    return {"x": Scalar(value=1), "y": RAISED}.get(getattr(probe, "names", ("",))[0])


def test_values_captures_and_nothing_become_captures() -> None:
    sandbox = FakeSandbox(answers)
    plan = Plan(probes=(Look(names=("x",)), Look(names=("y",)), Look(names=("z",)), Read(headings=("1",))))
    evidence = sandbox.run(plan, FULL, Limits())
    assert evidence.capture(plan.probes[0]) == Capture.of(Scalar(value=1))
    assert evidence.capture(plan.probes[1]) == RAISED
    assert evidence.capture(plan.probes[2]) == Capture(status=CaptureStatus.MISSING, looked_for=("z",))
    assert evidence.capture(plan.probes[3]) is None
    assert sandbox.plans == [plan]


def test_an_empty_submission_has_nothing_to_run() -> None:
    empty = FULL.model_copy(update={"parts": ()})
    assert FakeSandbox(answers).run(Plan(probes=()), empty, Limits()).run.ended == "nothing_to_run"
    assert FakeSandbox(answers).run(Plan(probes=()), FULL, Limits()).run.ended == "finished"
