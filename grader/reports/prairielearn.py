"""PrairieLearn's results.json of one submission, as an external grader writes it."""

from __future__ import annotations

import json
from typing import Any

from grader.model.report import Report
from grader.reports.audience import Audience, Disclosure
from grader.reports.points import number, shown
from grader.reports.rows import Row, plain_text, rows
from grader.reports.terms import Terms
from grader.reports.text import clean, one_line
from grader.reports.troubles import troubles_of
from grader.reports.view import ReportView, view

_MOST = 2000
"""Characters of one message: PrairieLearn takes at most 1 MB in all."""


def prairielearn_json(report: Report, terms: Terms) -> str:
    """``score`` is the share of the points without the bonus, at most 1. A broken box is not gradable: it costs no attempt."""
    seen = view(report, Audience.STUDENT, terms.stage)
    document: dict[str, Any] = {"gradable": report.run.ended != "box_failed"}
    if document["gradable"]:
        document |= {
            "score": _score(seen),
            "tests": [_test(row) for row in rows(seen) if row.check.disclosure is not Disclosure.EXISTENCE],
        }
    document["message"] = _message(seen)
    document["output"] = clean("\n".join(troubles_of(report)))[:_MOST]
    document["format_errors"] = [one_line(fault.text) for fault in report.faults[:20]]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _score(seen: ReportView) -> float:
    base = seen.possible - seen.bonus or seen.possible
    return round(min(max(seen.earned, 0) / base, 1.0), 6) if base else 0.0


def _message(seen: ReportView) -> str:
    words = [f"{shown(seen.earned)} of {shown(seen.possible)} points"]
    words += [f"{shown(seen.bonus)} of them bonus"] if seen.bonus else []
    words += [f"{shown(seen.pending)} wait for a person"] if seen.pending else []
    words += [f"{shown(seen.late)} taken off for lateness"] if seen.late else []
    return ", ".join(words)


def _test(row: Row) -> dict[str, Any]:
    check = row.check
    return {
        "name": one_line(f"{row.key}: {check.title}"),
        "description": one_line(row.question.title),
        "points": number(check.earned or 0),
        "max_points": number(check.possible),
        "message": "a person decides" if check.is_pending else "",
        "output": plain_text(check)[:_MOST],
    }
