"""What a check is called where the reason of another one mentions it."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model.report import Report
from grader.model.verdict import Reason
from grader.reports.audience import Audience, Stage, visible_to


def names_of(report: Report, audience: Audience, stage: Stage) -> dict[str, str]:
    """The title of every check by ``question/check``; of one that the reader may not see only its question."""
    return {
        f"{question.id}/{check.id}": f"{question.id} {check.title or check.id}"
        if visible_to(check, audience, stage)
        else f"{question.id}, a check that is not shown"
        for question in report.questions
        for check in question.checks
    }


def unseen_of(report: Report, audience: Audience, stage: Stage) -> dict[str, str]:
    """The names of those checks only that the reader may not see, whose ids she should not see either."""
    names = names_of(report, audience, stage)
    return {
        f"{question.id}/{check.id}": names[f"{question.id}/{check.id}"]
        for question in report.questions
        for check in question.checks
        if not visible_to(check, audience, stage)
    }


def named(reason: Reason, names: Mapping[str, str]) -> Reason:
    """The reason with the checks it mentions called by their titles."""
    called = {key: _called(reason.facts[key], names) for key in ("check", "from") if key in reason.facts}
    return reason.model_copy(update={"facts": {**reason.facts, **called}}) if called else reason


def _called(value: object, names: Mapping[str, str]) -> object:
    return [_called(item, names) for item in value] if isinstance(value, list | tuple) else names.get(str(value), value)
