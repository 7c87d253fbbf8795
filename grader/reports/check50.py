"""One submission in the shape of check50's JSON, for the tools that read it."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Any

from grader import __version__
from grader.model.report import Report
from grader.model.verdict import Status
from grader.reports.audience import Audience
from grader.reports.json import plain
from grader.reports.points import number
from grader.reports.rows import Row, explained, rows
from grader.reports.terms import Terms
from grader.reports.text import clean, one_line
from grader.reports.view import CheckView, view

_PASSED = {Status.PASSED: True, Status.PARTIAL: False, Status.FAILED: False}


def check50_json(report: Report, terms: Terms) -> str:
    """``passed`` is null where nothing is decided: a prerequisite failed, a person is waited for, or it is not shown."""
    seen = view(report, Audience.STUDENT, terms.stage)
    names = {row.key for row in rows(seen)}
    results = [_result(row, names) for row in rows(seen)]
    document = {"slug": one_line(report.assignment), "version": __version__, "results": results}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _result(row: Row, names: Set[str]) -> dict[str, Any]:
    check = row.check
    passed = _PASSED.get(check.status) if check.status is not None else None
    if check.override is not None:
        passed = check.earned is not None and check.earned >= check.possible
    return {
        "name": one_line(row.key),
        "description": one_line(check.title),
        "passed": passed,
        "log": [clean(line) for line in explained(check)[1:]],
        "cause": None if passed or check.reason is None else _cause(check),
        "data": {"points": None if check.earned is None else number(check.earned), "possible": number(check.possible)},
        "dependency": _dependency(row, names),
    }


def _cause(check: CheckView) -> dict[str, Any]:
    cause: dict[str, Any] = {"rationale": clean(check.sentence), "help": clean(check.hint) or None}
    facts = check.reason.facts if check.reason is not None else {}
    named = {"expected": facts.get("expected", facts.get("expected_value")), "actual": facts.get("seen")}
    if None not in named.values():
        cause |= {key: clean(json.dumps(plain(value), ensure_ascii=False)) for key, value in named.items()}
    return cause


def _dependency(row: Row, names: Set[str]) -> str | None:
    """The check this one waits for, where the reader may know its name."""
    reason = row.check.reason
    needed = str(reason.facts.get("check", "")) if reason is not None and row.check.status is Status.BLOCKED else ""
    return one_line(needed) if needed in names else None
