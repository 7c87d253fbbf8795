"""Small rubrics and evidence, for the tests of the stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from grader.checks import Rubric
from grader.checks.literals import to_value
from grader.grading.plan import plan_submission
from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.probe import Look, Probe
from grader.model.submission import Submission
from grader.model.values import Calls, Outcome

SUBMISSION = Submission(id="aster", root="", digest="d" * 64)


def rubric(text: str) -> Rubric:
    """A rubric from its questions in YAML; the totals are added up here."""
    questions: list[dict[str, Any]] = yaml.safe_load(text)
    data = {
        "assignment": "hw",
        "title": "A homework",
        "points": sum(q["points"] for q in questions if not q.get("bonus")),
        "bonus": sum(q["points"] for q in questions if q.get("bonus")),
        "questions": questions,
    }
    return Rubric.model_validate(data)


def evidence(made: Rubric, values: Mapping[str, Any], run: Run | None = None) -> Evidence:
    """Evidence in which each variable has a value, or is a capture; what is not named is missing."""
    captures = {p.key: _capture(p, values) for p in plan_submission(made).probes}
    return Evidence(submission=SUBMISSION.digest, captures=captures, run=run or Run())


def _capture(probe: Probe, values: Mapping[str, Any]) -> Capture:
    for name in getattr(probe, "names", ()):
        if name in values:
            value = values[name]
            return value if isinstance(value, Capture) else Capture.of(to_value(value))
    return Capture(status=CaptureStatus.MISSING, looked_for=getattr(probe, "names", ()))


class Reference(dict[str, Capture]):
    """The reference's captures: `answer` gives what was asked, as the reference's run would."""

    def __init__(self, **values: Any) -> None:
        super().__init__()
        self.values_of = values
        self.asked: list[str] = []

    def answer(self, probes: tuple[Probe, ...]) -> None:
        for probe in probes:
            name = getattr(probe, "names", ("",))[0]
            self.asked.append(name)
            value = self.values_of.get(name)
            if value is None:
                self[probe.key] = Capture(status=CaptureStatus.MISSING, looked_for=(name,))
            elif isinstance(probe, Look):
                self[probe.key] = Capture.of(to_value(value))
            else:
                self[probe.key] = Capture.of(Calls(outcomes=(Outcome(value=to_value(value)),)))
