"""What a CI run shows of a report: annotations, the job summary, and the points as older classroom tools read them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.model.report import Report
from grader.model.verdict import Status
from grader.reports.audience import Audience, Disclosure, Stage
from grader.reports.lines import line_in_notebook, line_of_name
from grader.reports.markdown import feedback_markdown
from grader.reports.points import number, shown
from grader.reports.text import one_line
from grader.reports.troubles import troubles_of
from grader.reports.view import CheckView, QuestionView, ReportView, view
from grader.reports.workflow_commands import Annotation, Level

SUMMARY_BYTES = 1_000_000
"""GitHub takes 1 MiB a step and drops all of a larger summary."""
OUTPUT_CHARACTERS = 500
"""What the classroom reporters keep of one test's output."""
_LEVELS: Mapping[Status, Level] = {Status.FAILED: "error", Status.PARTIAL: "warning", Status.BLOCKED: "warning"}


def findings(report: Report, sources: Mapping[str, str], prefix: str = "", stage: Stage = Stage.OPEN) -> tuple[Annotation, ...]:
    """What is not right, at the student's line.

    `sources` are the texts of her files by path; `prefix` is put before a path (the folder of the submission in the repository).
    """
    seen = view(report, Audience.STUDENT, stage)
    troubles = [Annotation("warning", one_line(text, 1000), "The submission") for text in troubles_of(report)]
    return (*troubles, *(_annotation(q, c, sources, prefix) for q, c in _wrong(seen)))


def _wrong(seen: ReportView) -> Iterator[tuple[QuestionView, CheckView]]:
    for question in seen.questions:
        for check in question.checks:
            if check.status in _LEVELS and check.override is None:
                yield question, check


def _annotation(question: QuestionView, check: CheckView, sources: Mapping[str, str], prefix: str) -> Annotation:
    at = _position(check, sources)
    says = "\n".join(text for text in (check.sentence, check.says, f"Hint: {check.hint}" if check.hint else "") if text)
    return Annotation(
        level=_LEVELS[check.status or Status.FAILED],
        message=says,
        title=one_line(f"{question.id} {check.title}", 100),
        file=prefix + at.file if at.file else "",
        line=at.line,
    )


@dataclass(frozen=True, slots=True)
class _Position:
    """A line (from 1) of a file; "" where the finding is about no file."""

    file: str = ""
    line: int = 0


def _position(check: CheckView, sources: Mapping[str, str]) -> _Position:
    """The file and line a finding is about: the line that raised, else where the name is defined, else the cell."""
    facts = check.reason.facts.get("line") if check.reason else None
    if isinstance(facts, dict) and facts.get("file") in sources:
        file, line, cell = str(facts["file"]), int(facts.get("line") or 1), facts.get("cell")
        return _Position(file, line if cell is None else line_in_notebook(sources[file], int(cell), line))
    place = check.place
    if place is None or place.part not in sources:
        return _Position()
    text = sources[place.part]
    if place.part.endswith(".py"):
        line = line_of_name(text, place.name)
    elif place.cell is None or not place.part.endswith(".ipynb"):
        line = _heading_line(text, place.heading)
    else:
        line = line_in_notebook(text, place.cell, line_of_name(_cell_source(text, place.cell), place.name))
    return _Position(place.part, line)


def _heading_line(text: str, heading: str) -> int:
    """The line (from 1) of a heading of a document."""
    lines = (i for i, line in enumerate(text.splitlines(), 1) if heading and line.startswith("#") and heading in line)
    return next(lines, 1)


def _cell_source(text: str, cell: int) -> str:
    try:
        source = json.loads(text)["cells"][cell]["source"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return ""
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def job_summary(report: Report, stage: Stage = Stage.OPEN) -> str:
    """The feedback as Markdown, cut at a line's end where it would exceed what a step may show."""
    text = feedback_markdown(report, Audience.STUDENT, stage)
    if len(text.encode()) <= SUMMARY_BYTES:
        return text
    kept, size = [], 0
    for line in text.splitlines(keepends=True):
        size += len(line.encode())
        if size > SUMMARY_BYTES - 200:
            break
        kept.append(line)
    return "".join(kept) + "\n*The rest does not fit here; it is in the results file.*\n"


def points_notices(report: Report, stage: Stage = Stage.OPEN) -> tuple[Annotation, ...]:
    """The two notices by which GitHub Classroom's reporter, and those that read the same, know the points."""
    seen = view(report, Audience.STUDENT, stage)
    totals = json.dumps({"totalPoints": number(seen.earned), "maxPoints": number(seen.possible)}, separators=(",", ":"))
    return (
        Annotation("notice", f"Points {shown(seen.earned)}/{shown(seen.possible)}", "Autograding complete"),
        Annotation("notice", totals, "Autograding report"),
    )


def classroom_result(report: Report, stage: Stage = Stage.OPEN) -> str:
    """The step's output `result`: base64 of the JSON that classroom reporters take (version 1)."""
    seen = view(report, Audience.STUDENT, stage)
    tests = [_test(q, c) for q in seen.questions for c in q.checks if c.disclosure is Disclosure.FULL]
    status = "fail" if any(test["status"] == "fail" for test in tests) else "pass"
    content = {"version": 1, "status": status, "max_score": number(seen.possible), "tests": tests}
    return base64.b64encode(json.dumps(content).encode()).decode()


def _test(question: QuestionView, check: CheckView) -> dict[str, Any]:
    is_wrong = check.status in _LEVELS and check.override is None
    return {
        "name": one_line(f"{question.id} {check.title}", 200),
        "status": "fail" if is_wrong else "pass",
        "score": number(check.earned or 0),
        "message": one_line(check.sentence, OUTPUT_CHARACTERS),
        "filename": check.place.part if check.place else "",
        "line_no": 0,
        "execution_time": 0,
    }


def has_visible_failure(report: Report, stage: Stage = Stage.OPEN) -> bool:
    """Whether any check that the student may see now is not right."""
    return any(True for _ in _wrong(view(report, Audience.STUDENT, stage)))
