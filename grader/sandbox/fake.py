"""A sandbox for tests: answers come from a function, and nothing runs."""

from __future__ import annotations

from collections.abc import Callable

from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.probe import Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.model.values import Value


class FakeSandbox:
    """Implements `Sandbox`. `answers` gives a probe's capture or value, or None for missing; `plans` keeps what was asked."""

    def __init__(self, answers: Callable[[Probe, Submission], Capture | Value | None]) -> None:
        self._answers = answers
        self.plans: list[Plan] = []

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """The answers to the plan's box probes."""
        self.plans.append(plan)
        captures = {p.key: self._capture(p, submission) for p in plan.for_box}
        ended = "nothing_to_run" if submission.is_empty else "finished"
        return Evidence(submission=submission.digest, captures=captures, run=Run(isolation="fake", ended=ended))

    def _capture(self, probe: Probe, submission: Submission) -> Capture:
        answer = self._answers(probe, submission)
        if answer is None:
            return Capture(status=CaptureStatus.MISSING, looked_for=tuple(getattr(probe, "names", ())))
        return answer if isinstance(answer, Capture) else Capture.of(answer)

    def close(self) -> None:
        """Nothing was started."""
