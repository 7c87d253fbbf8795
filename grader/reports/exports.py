"""The formats that `grader export` writes: one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.model.report import ClassReport, Report
from grader.model.student import Student
from grader.reports.autolab import autolab_lines
from grader.reports.canvas import canvas_csv
from grader.reports.check50 import check50_json
from grader.reports.csv import gradebook_csv
from grader.reports.feedback_zips import canvas_feedback, canvas_name, moodle_feedback, moodle_name
from grader.reports.gradescope import gradescope_json
from grader.reports.html import class_html
from grader.reports.json import result_json, results_json
from grader.reports.junit import class_junit_xml, junit_xml
from grader.reports.moodle_gradebook import moodle_csv
from grader.reports.moodle_worksheet import moodle_worksheet
from grader.reports.prairielearn import prairielearn_json
from grader.reports.terms import Terms


@dataclass(frozen=True, slots=True)
class Export:
    """A file made of a class: its usual name, what it is for, and the function that writes it."""

    file: str
    about: str
    write: Callable[[ClassReport, Terms], str | bytes]
    has_place: Callable[[Student], bool] | None = None
    """Whether a student can be placed in it; None where everybody can."""
    needs: str = ""
    """What has to be known of a student for that."""


@dataclass(frozen=True, slots=True)
class StudentExport:
    """A file made of one submission: its suffix, what it is for, and the function that writes it."""

    suffix: str
    about: str
    write: Callable[[Report, Terms], str]


EXPORTS: Mapping[str, Export] = {
    "json": Export("results.json", "everything, for programs; documented in docs/results.md", lambda c, _: results_json(c)),
    "csv": Export("gradebook.csv", "points by submission and question, for spreadsheets", lambda c, _: gradebook_csv(c)),
    "html": Export("index.html", "the class page", lambda c, _: class_html(c)),
    "junit": Export("junit.xml", "a class as JUnit XML, for CI", class_junit_xml),
    "canvas": Export("canvas.csv", "Canvas' gradebook import", canvas_csv),
    "canvas-feedback": Export(
        "canvas-feedback.zip",
        "feedback pages for Canvas' upload of submissions",
        canvas_feedback,
        lambda s: bool(canvas_name(s)),
        "a submission from Canvas' download",
    ),
    "moodle": Export("moodle.csv", "Moodle's gradebook import", moodle_csv),
    "moodle-worksheet": Export(
        "moodle-worksheet.csv",
        "Moodle's offline grading worksheet",
        moodle_worksheet,
        lambda s: bool(s.moodle),
        "Moodle's participant number",
    ),
    "moodle-feedback": Export(
        "moodle-feedback.zip",
        "feedback pages for Moodle's upload of feedback files",
        moodle_feedback,
        lambda s: bool(moodle_name(s)),
        "Moodle's participant number",
    ),
}

STUDENT_EXPORTS: Mapping[str, StudentExport] = {
    "gradescope": StudentExport(".json", "Gradescope's results.json", gradescope_json),
    "junit-student": StudentExport(".xml", "a submission as JUnit XML, as its student may see it", junit_xml),
    "check50": StudentExport(".json", "the shape of check50's JSON", check50_json),
    "prairielearn": StudentExport(".json", "PrairieLearn's results.json", prairielearn_json),
    "autolab": StudentExport(".txt", "the last two lines of an Autolab autograder", autolab_lines),
    "json-student": StudentExport(
        ".json", "result.json: what a student may see, for programs", lambda report, terms: result_json(report, stage=terms.stage)
    ),
}


def without_place(export: Export, class_report: ClassReport, terms: Terms) -> tuple[str, ...]:
    """The submissions that have no row or file in this export, because too little is known of their students."""
    if export.has_place is None:
        return ()
    has_place = export.has_place
    return tuple(
        report.submission
        for report in class_report.reports
        if not all(has_place(student) for student in terms.students_of(report.submission))
    )
