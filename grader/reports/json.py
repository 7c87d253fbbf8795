"""Writes results.json and result.json. Their page is docs/results.md, their schema docs/results.schema.json."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from grader.model.evidence import CellRun
from grader.model.report import ClassReport, Report
from grader.reports.audience import Audience, Disclosure, Stage
from grader.reports.points import number
from grader.reports.results import (
    VERSION,
    CellJson,
    CheckJson,
    FaultJson,
    OverrideJson,
    PartJson,
    QuestionJson,
    ReasonJson,
    ResultsJson,
    RunJson,
    SubmissionJson,
    WhereJson,
)
from grader.reports.text import encodable
from grader.reports.view import CheckView, PartView, QuestionView, view


def results_json(class_report: ClassReport) -> str:
    """results.json: everything about everyone, for the instructor."""
    return _text(class_report.assignment, class_report.reports, Audience.INSTRUCTOR, Stage.PUBLISHED)


def result_json(report: Report, audience: Audience = Audience.STUDENT, stage: Stage = Stage.PUBLISHED) -> str:
    """result.json: the same document with one submission, as this reader may see it."""
    return _text(report.assignment, (report,), audience, stage)


def results_schema() -> dict[str, Any]:
    """The JSON Schema of both files."""
    schema = ResultsJson.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _text(assignment: str, reports: tuple[Report, ...], audience: Audience, stage: Stage) -> str:
    submissions = tuple(_submission(report, audience, stage) for report in reports)
    document = ResultsJson(version=VERSION, assignment=assignment, submissions=submissions)
    return document.model_dump_json(indent=2) + "\n"


def _submission(report: Report, audience: Audience, stage: Stage) -> SubmissionJson:
    seen = view(report, audience, stage)
    return SubmissionJson(
        id=report.submission,
        earned=number(seen.earned),
        possible=number(seen.possible),
        pending=number(seen.pending),
        late=number(seen.late),
        questions=tuple(_question(question) for question in seen.questions),
        run=_run(report),
    )


def _question(question: QuestionView) -> QuestionJson:
    return QuestionJson(
        id=question.id,
        earned=number(question.earned),
        possible=number(question.possible),
        pending=number(question.pending),
        checks=tuple(_check(check) for check in question.checks),
    )


def _check(check: CheckView) -> CheckJson:
    return CheckJson(
        id=check.id,
        kind=check.kind,
        status=check.status,
        credit=_credit(check.credit),
        points=None if check.earned is None else number(check.earned),
        possible=number(check.possible),
        reason=_reason(check) if check.disclosure is Disclosure.FULL else None,
        mistake=check.mistake or None,
        where=_where(check),
    )


def _where(check: CheckView) -> WhereJson | None:
    place = check.place
    if place is None or not check.where:
        return None
    return WhereJson(part=place.part, cell=place.cell, heading=place.heading, name=place.name)


def _credit(credit: Fraction | None) -> str | None:
    return None if credit is None else f"{credit.numerator}/{credit.denominator}"


def _reason(check: CheckView) -> ReasonJson | None:
    if check.reason is None:
        return None
    override = check.override
    return ReasonJson(
        code=check.reason.code,
        text=check.sentence,
        facts=plain(check.reason.facts),
        notes=check.notes,
        parts=tuple(_part(part) for part in check.parts),
        says=check.says,
        override=None
        if override is None
        else OverrideJson(points=float(override.points), author=override.author, reason=override.reason, time=override.time),
    )


def _part(part: PartView) -> PartJson:
    return PartJson(code=part.reason.code, text=part.sentence, facts=plain(part.reason.facts))


def _run(report: Report) -> RunJson:
    run = report.run
    return RunJson(
        digest=report.digest,
        ended=run.ended,
        detail=run.detail,
        isolation=run.isolation,
        walls=run.walls,
        versions=run.versions,
        started=run.started,
        seconds=round(run.seconds, 3),
        student_seconds=round(run.student_seconds, 3),
        peak_memory=run.peak_memory,
        cells=tuple(_cell(cell) for cell in run.cells),
        faults=tuple(FaultJson(path=f.path, code=f.code, text=f.text) for f in report.faults),
        environment_faults=report.environment_faults,
    )


def _cell(cell: CellRun) -> CellJson:
    error = f"{cell.error.kind}: {cell.error.message}" if cell.error else ""
    return CellJson(part=cell.part, cell=cell.cell, status=cell.status, seconds=round(cell.seconds, 3), error=error)


def plain(value: Any) -> Any:
    """The value in JSON's own types: no NaN or infinity (their names instead), fractions as ``n/d``."""
    if isinstance(value, dict):
        return {encodable(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Fraction):
        return _credit(value)
    if isinstance(value, str):
        return encodable(value)
    return value if isinstance(value, int | float | bool | None) else type(value).__name__
