"""Gradescope's results.json of one submission: every check a test, its visibility kept by Gradescope."""

from __future__ import annotations

import json
from typing import Any

from grader.model.report import CheckReport, Report
from grader.model.rubric import Visibility
from grader.reports.audience import Audience, Stage, visible_to
from grader.reports.markdown import prose
from grader.reports.points import number, shown
from grader.reports.rows import explained
from grader.reports.terms import Terms
from grader.reports.text import one_line
from grader.reports.troubles import troubles_of
from grader.reports.view import CheckView, QuestionView, ReportView, view

_VISIBILITY = {
    Visibility.VISIBLE: "visible",
    Visibility.AFTER_DUE: "after_due_date",
    Visibility.AFTER_PUBLISHED: "after_published",
    Visibility.HIDDEN: "hidden",
}


def gradescope_json(report: Report, terms: Terms) -> str:
    """The file Gradescope reads; each test's text is what the student may read once Gradescope shows the test.

    The sum of ``max_score`` is the rubric's points without its bonus, which Gradescope counts as points beyond the maximum.
    """
    seen = {stage: view(report, Audience.STUDENT, stage) for stage in Stage}
    final = seen[Stage.PUBLISHED]
    document: dict[str, Any] = {
        "output": "\n\n".join(_remarks(final, seen[terms.stage])),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(report.run.seconds),
        "tests": [test for index in range(len(report.questions)) for test in _tests(report, seen, index, terms.stage)],
        "extra_data": {"pending": number(final.pending)},
    }
    if final.late:
        document["score"] = number(final.earned)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _remarks(final: ReportView, now: ReportView) -> list[str]:
    lines = [prose(trouble) for trouble in troubles_of(final.report)]
    if now.pending:
        lines.append(f"{shown(now.pending)} points wait for a person and are not counted yet.")
    if final.late:
        lines.append(f"{shown(final.late)} points are taken off for lateness.")
    return lines


def _tests(report: Report, seen: dict[Stage, ReportView], index: int, now: Stage) -> list[dict[str, Any]]:
    question = seen[Stage.PUBLISHED].questions[index]
    return [
        _test(question, place, seen[_shown_from(check, now)].questions[index].checks[place], check.visibility)
        for place, check in enumerate(report.questions[index].checks)
    ]


def _shown_from(check: CheckReport, now: Stage) -> Stage:
    """The first stage from now on at which a student sees the check; the last one if she never does."""
    stages = list(Stage)
    later = stages[stages.index(now) :]
    return next((stage for stage in later if visible_to(check, Audience.STUDENT, stage)), Stage.PUBLISHED)


def _test(question: QuestionView, place: int, check: CheckView, visibility: Visibility) -> dict[str, Any]:
    final = question.checks[place]
    test: dict[str, Any] = {
        "score": number(final.earned or 0),
        "max_score": 0.0 if question.bonus else number(final.possible),
        "name": one_line(f"{question.title}: {check.title}{' (bonus)' if question.bonus else ''}"),
        "number": f"{question.id}.{place + 1}",
        "output": "\n\n".join(prose(line) for line in explained(check)),
        "visibility": _VISIBILITY[visibility],
    }
    if final.earned is not None:
        test["status"] = "passed" if final.earned >= final.possible else "failed"
    return test
