"""Reports: pure functions from a report to text, one file a format; `EXPORTS` and `STUDENT_EXPORTS` list them."""

from __future__ import annotations

from grader.reports.audience import Audience, Disclosure, Stage, disclosure, visible_to
from grader.reports.csv import gradebook_csv
from grader.reports.exports import EXPORTS, STUDENT_EXPORTS, Export, StudentExport, without_place
from grader.reports.html import class_html, feedback_html
from grader.reports.json import result_json, results_json, results_schema
from grader.reports.markdown import feedback_markdown
from grader.reports.terminal import scores_table, submission_panel
from grader.reports.terms import Terms
from grader.reports.wording import headline, sentence

__all__ = [
    "EXPORTS",
    "STUDENT_EXPORTS",
    "Audience",
    "Disclosure",
    "Export",
    "Stage",
    "StudentExport",
    "Terms",
    "class_html",
    "disclosure",
    "feedback_html",
    "feedback_markdown",
    "gradebook_csv",
    "headline",
    "result_json",
    "results_json",
    "results_schema",
    "scores_table",
    "sentence",
    "submission_panel",
    "visible_to",
    "without_place",
]
