"""The gradebook CSV that Canvas imports: one row a student, one column for the assignment."""

from __future__ import annotations

import csv
import io

from grader.model.report import ClassReport
from grader.model.student import Student
from grader.reports.csv import neutral
from grader.reports.points import shown
from grader.reports.terms import Terms
from grader.reports.text import one_line
from grader.reports.view import view

_WHO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def canvas_csv(class_report: ClassReport, terms: Terms) -> str:
    """Canvas matches students by ID, SIS User ID, SIS Login ID and name, in this order.

    It finds the assignment by the ``(id)`` that ends the column's heading, else by its exact title; else it makes a new one.
    """
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([*_WHO, neutral(one_line(terms.column or class_report.title))])
    whole = [view(report) for report in class_report.reports]
    most = max((seen.possible - seen.bonus for seen in whole), default=0)
    rows.writerow(["    Points Possible", "", "", "", "", shown(most)])
    for seen in whole:
        rows.writerows([*_who(student), shown(seen.earned)] for student in terms.students_of(seen.report.submission))
    return stream.getvalue()


def _who(student: Student) -> list[str]:
    cells = (student.name, student.canvas, student.number, student.username, student.section)
    return [neutral(one_line(cell)) for cell in cells]
