"""A course: several assignments graded together, on one page, in one table and as one gradebook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from rich.table import Table
from rich.text import Text

from grader.model.report import ClassReport
from grader.reports.charts import histogram
from grader.reports.csv import neutral
from grader.reports.html import page
from grader.reports.points import hundredths, number, shown
from grader.reports.statistics import Summary, distribution, mean_share, summary, waiting
from grader.reports.text import one_line
from grader.reports.troubles import troubles
from grader.reports.view import ReportView, view

COURSE_VERSION = 1
"""Version of course.json."""


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """One assignment as the course's page shows it; `folder` holds its class page."""

    folder: str
    graded: ClassReport
    summary: Summary
    histogram: Markup
    waiting: int
    """Checks that a human decides, over all submissions."""
    troubles: int
    students: Mapping[str, ReportView]


def course_html(classes: Mapping[str, ClassReport]) -> str:
    """The page of a course, for the instructor: `classes` by the folder in which each one's pages are."""
    views = tuple(_view(folder, graded) for folder, graded in classes.items())
    return page("course.html", assignments=views, students=_students(classes))


def course_csv(classes: Mapping[str, ClassReport]) -> str:
    """One row a student, one column of points an assignment; empty where she handed in nothing."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["student", *(neutral(f"{folder} (of {shown(hundredths(c.possible))})") for folder, c in classes.items())])
    points = [{r.submission: shown(view(r).earned) for r in graded.reports} for graded in classes.values()]
    rows.writerows([neutral(student), *(column.get(student, "") for column in points)] for student in _students(classes))
    return stream.getvalue()


def course_json(classes: Mapping[str, ClassReport]) -> str:
    """Which assignments there are, in which folders, and their totals."""
    found = {
        "version": COURSE_VERSION,
        "assignments": [
            {
                "folder": folder,
                "assignment": graded.assignment,
                "title": graded.title,
                "possible": number(hundredths(graded.possible)),
                "submissions": len(graded.reports),
                "mean": None if (mean := summary(graded).mean) is None else number(hundredths(mean)),
                "pending": number(hundredths(summary(graded).pending)),
            }
            for folder, graded in classes.items()
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def course_table(classes: Mapping[str, ClassReport]) -> Table:
    """One row an assignment, for a terminal."""
    table = Table(title="The course", header_style="bold")
    table.add_column("Assignment", no_wrap=True)
    for heading in ("submissions", "median", "mean", "of", "waits"):
        table.add_column(heading, justify="right")
    for folder, graded in classes.items():
        whole = summary(graded)
        figures = ("–" if p is None else shown(hundredths(p)) for p in (whole.median, whole.mean))
        pending = Text(shown(hundredths(whole.pending)) if whole.pending else "", style="cyan")
        table.add_row(Text(one_line(folder)), str(whole.count), *figures, shown(hundredths(graded.possible)), pending)
    return table


def _view(folder: str, graded: ClassReport) -> AssignmentView:
    return AssignmentView(
        folder=folder,
        graded=graded,
        summary=summary(graded),
        histogram=histogram(distribution(graded), mean_share(graded)),
        waiting=sum(len(one.submissions) for one in waiting(graded)),
        troubles=len({submission for trouble in troubles(graded) for submission in trouble.submissions}),
        students={report.submission: view(report) for report in graded.reports},
    )


def _students(classes: Mapping[str, ClassReport]) -> tuple[str, ...]:
    return tuple(sorted({report.submission for graded in classes.values() for report in graded.reports}))
