"""Moodle's offline grading worksheet, filled in: one row a participant of the assignment."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from grader.model.report import ClassReport
from grader.model.student import Student
from grader.reports.csv import neutral
from grader.reports.moodle_gradebook import remark
from grader.reports.points import shown
from grader.reports.terms import Terms
from grader.reports.text import one_line
from grader.reports.view import ReportView, view

HEADER = (
    "Identifier",
    "Full name",
    "Email address",
    "Grade",
    "Maximum Grade",
    "Last modified (grade)",
    "Feedback comments",
)
"""As a Moodle in English writes them; in another language the teacher renames them after the worksheet of her course."""


def moodle_worksheet(class_report: ClassReport, terms: Terms) -> str:
    """One row a student whose participant number is known; others have no row, since Moodle could not place it."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(HEADER)
    for report in class_report.reports:
        rows.writerows(_rows(view(report), terms))
    return stream.getvalue()


def _rows(seen: ReportView, terms: Terms) -> Iterator[list[str]]:
    for student in terms.students_of(seen.report.submission):
        if student.moodle:
            yield [*_who(student), shown(seen.earned), shown(seen.possible), student.graded or "-", remark(seen)]


def _who(student: Student) -> list[str]:
    return [neutral(one_line(cell)) for cell in (f"Participant {student.moodle}", student.name, student.email)]
