"""A CSV for Moodle's gradebook import, whose columns the teacher maps to users, the grade and its feedback."""

from __future__ import annotations

import csv
import io

from grader.model.report import ClassReport
from grader.model.student import Student
from grader.reports.csv import neutral
from grader.reports.points import shown
from grader.reports.terms import Terms
from grader.reports.text import one_line
from grader.reports.view import ReportView, view

_WHO = ("Full name", "Username", "Email address", "ID number")


def moodle_csv(class_report: ClassReport, terms: Terms) -> str:
    """One row a student. Moodle refuses a grade above the item's maximum, so that has to include the bonus."""
    column = neutral(one_line(terms.column or class_report.title))
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([*_WHO, column, f"Feedback: {column}"])
    for report in class_report.reports:
        seen = view(report)
        rows.writerows([*_who(student), shown(seen.earned), remark(seen)] for student in terms.students_of(report.submission))
    return stream.getvalue()


def remark(seen: ReportView) -> str:
    """The feedback in a cell: the points in words, and what is not counted yet."""
    parts = [
        f"{shown(seen.earned)} of {shown(seen.possible)} points",
        f"{shown(seen.pending)} wait for a person" if seen.pending else "",
        f"{shown(seen.late)} taken off for lateness" if seen.late else "",
    ]
    return ", ".join(part for part in parts if part)


def _who(student: Student) -> list[str]:
    cells = (student.name, student.username, student.email, student.number)
    return [neutral(one_line(cell)) for cell in cells]
