"""gradebook.csv: one row a submission, its totals and one column a question."""

from __future__ import annotations

import csv
import io

from grader.model.report import ClassReport
from grader.reports.points import shown
from grader.reports.text import clean
from grader.reports.view import ReportView, view

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TOTALS = ("submission", "earned", "possible", "pending", "late")


def gradebook_csv(class_report: ClassReport) -> str:
    """One row a submission; texts that a spreadsheet would take for a formula begin with an apostrophe."""
    views = [view(report) for report in class_report.reports]
    questions = list(dict.fromkeys(question.id for seen in views for question in seen.questions))
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([*_TOTALS, *(neutral(f"question {question}") for question in questions)])
    rows.writerows(_row(seen, questions) for seen in views)
    return stream.getvalue()


def _row(seen: ReportView, questions: list[str]) -> list[str]:
    by_id = {question.id: question for question in seen.questions}
    totals = [shown(points) for points in (seen.earned, seen.possible, seen.pending, seen.late)]
    return [neutral(seen.report.submission), *totals, *(shown(by_id[q].earned) if q in by_id else "" for q in questions)]


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet evaluates, with its controls written out."""
    if text.lstrip(" ").startswith(_FORMULA):
        text = f"'{text}"
    return clean(text)
