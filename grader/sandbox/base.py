"""The seam: one method, from a plan and a submission to evidence."""

from __future__ import annotations

from typing import Protocol

from grader.model.evidence import Evidence
from grader.model.probe import Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission


class Sandbox(Protocol):
    """Runs submissions. Whatever the submission does, `run` returns evidence; only where no box can be built, `BoxError`."""

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """Run the submission once, make the plan's box probes, and return what was observed."""
        ...

    def close(self) -> None:
        """End the warm processes; the sandbox is not used afterwards."""
        ...
