"""Reports: pure functions from a report to text, one file a format; `EXPORTS` lists those of a whole class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.model.report import ClassReport
from grader.reports.audience import Audience, Disclosure, Stage, disclosure, visible_to
from grader.reports.csv import gradebook_csv
from grader.reports.html import class_html, feedback_html
from grader.reports.json import result_json, results_json, results_schema
from grader.reports.markdown import feedback_markdown
from grader.reports.terminal import scores_table, submission_panel
from grader.reports.wording import headline, sentence


@dataclass(frozen=True, slots=True)
class Export:
    """A file made of a class report: its name, what it is for, and the function that writes its text."""

    file: str
    about: str
    write: Callable[[ClassReport], str]


EXPORTS: Mapping[str, Export] = {
    "json": Export("results.json", "everything, for programs; documented in docs/results.md", results_json),
    "csv": Export("gradebook.csv", "points by submission and question, for spreadsheets", gradebook_csv),
    "html": Export("index.html", "the class page", class_html),
}

__all__ = [
    "EXPORTS",
    "Audience",
    "Disclosure",
    "Export",
    "Stage",
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
]
