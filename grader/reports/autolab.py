"""The two lines that end an Autolab autograder's output: formatted feedback, then the scores."""

from __future__ import annotations

import json
from typing import Any

from grader.model.report import Report
from grader.model.verdict import Status
from grader.reports.audience import Audience
from grader.reports.points import number
from grader.reports.rows import Row, rows
from grader.reports.terms import Terms
from grader.reports.text import one_line
from grader.reports.view import view


def autolab_lines(report: Report, terms: Terms) -> str:
    """Autolab's problems are the questions' ids. Lateness is left to Autolab, so the scores are those before it."""
    seen = view(report, Audience.STUDENT, terms.stage)
    stages: dict[str, dict[str, Any]] = {one_line(f"{q.id} {q.title}"): {} for q in seen.questions}
    for row in rows(seen):
        if row.check.status is not None:
            stages[one_line(f"{row.question.id} {row.question.title}")][one_line(f"{row.key}: {row.check.title}")] = _step(row)
    presentation = {"_presentation": "semantic", "stages": list(stages), **stages}
    scores = {"scores": {one_line(question.id): number(question.earned) for question in seen.questions}}
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (presentation, scores))


def _step(row: Row) -> dict[str, Any]:
    check = row.check
    passed = check.status is Status.PASSED
    if check.override is not None:
        passed = check.earned is not None and check.earned >= check.possible
    return {"passed": True} if passed else {"passed": False, "hint": one_line(check.sentence, 500)}
