"""Every report of the sample class is as agreed. `GOLDEN=write` writes the agreed files anew; a missing one fails."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from grader.model.report import QuestionReport, Report
from grader.model.student import Student
from grader.reports import (
    EXPORTS,
    STUDENT_EXPORTS,
    Audience,
    Stage,
    Terms,
    class_html,
    feedback_html,
    feedback_markdown,
    gradebook_csv,
    result_json,
    results_json,
    scores_table,
    submission_panel,
)
from grader.reports.course import course_csv, course_html, course_json
from tests.reports.builder import class_report, sample

GOLDEN = Path(__file__).parent.parent / "golden"


def terminal() -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=110, color_system=None)
    console.print(scores_table(sample()))
    console.print(submission_panel(sample().reports[1]))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def many_questions() -> str:
    """The table of scores in 80 columns when the questions are too many for columns of their own."""
    reports = tuple(r.model_copy(update={"questions": _seven(r)}) for r in sample().reports)
    stream = io.StringIO()
    Console(file=stream, width=80, color_system=None).print(scores_table(class_report(*reports)))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _seven(report: Report) -> tuple[QuestionReport, ...]:
    return tuple(q.model_copy(update={"id": f"{q.id}.{i}"}) for i in range(3) for q in report.questions)


def body(page: str) -> str:
    """The page without style, script and their digests, which have tests of their own."""
    page = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1\3", page, flags=re.DOTALL)
    return re.sub(r"sha256-[^']+", "sha256-", page)


ROSTER = Terms(
    students={
        "ada": (Student(name="Aster, Lily", username="lily1", canvas="501", section="Beds 1"),),
        "bert": (Student(name="Fern Royal", email="fern@plants.example", number="S-78", moodle="9002"),),
    },
    column="HW1 (4321)",
)

COURSE = {"hw1": sample(), "hw2 (late)": class_report(*sample().reports[1:])}


def exported(name: str) -> str:
    """An export of the sample class, or of its second student."""
    if name in EXPORTS:
        return str(EXPORTS[name].write(sample(), ROSTER))
    return STUDENT_EXPORTS[name].write(sample().reports[1], ROSTER)


FILES: dict[str, Callable[[], str]] = {
    "results.json": lambda: results_json(sample()),
    "result.json": lambda: result_json(sample().reports[1]),
    "gradebook.csv": lambda: gradebook_csv(sample()),
    "feedback.md": lambda: feedback_markdown(sample().reports[1]),
    "feedback_open.md": lambda: feedback_markdown(sample().reports[1], stage=Stage.OPEN),
    "feedback_instructor.md": lambda: feedback_markdown(sample().reports[1], Audience.INSTRUCTOR),
    "feedback.html": lambda: body(feedback_html(sample().reports[1])),
    "index.html": lambda: body(class_html(sample())),
    "course.html": lambda: body(course_html(COURSE)),
    "course.csv": lambda: course_csv(COURSE),
    "course.json": lambda: course_json(COURSE),
    "terminal.txt": terminal,
    "terminal_many.txt": many_questions,
    "gradescope.json": lambda: exported("gradescope"),
    "canvas.csv": lambda: exported("canvas"),
    "moodle.csv": lambda: exported("moodle"),
    "moodle-worksheet.csv": lambda: exported("moodle-worksheet"),
    "junit.xml": lambda: exported("junit"),
    "junit-student.xml": lambda: exported("junit-student"),
    "check50.json": lambda: exported("check50"),
    "prairielearn.json": lambda: exported("prairielearn"),
    "autolab.txt": lambda: exported("autolab"),
}


@pytest.mark.parametrize("name", list(FILES))
def test_a_report_is_as_agreed(name: str) -> None:
    path = GOLDEN / name
    text = FILES[name]()
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path} is missing: look at the report, then write it with GOLDEN=write"
    assert text == path.read_text(encoding="utf-8"), f"{name} changed: look at it, then write it with GOLDEN=write"
