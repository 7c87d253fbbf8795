"""What the templates call: numbers, links and text of others, ready for a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from grader.model.evidence import CellRun
from grader.model.values import Raised
from grader.reports.grid import grid
from grader.reports.phrases import Facts, line_of
from grader.reports.places import places
from grader.reports.points import hundredths, shown
from grader.reports.statistics import Finding, Waiting
from grader.reports.status import override_text, status_words
from grader.reports.steps import steps
from grader.reports.text import clean, encodable
from grader.reports.view import CheckView, QuestionView, ReportView, anchor

_STREAM = 20_000


def prose(text: str) -> Markup:
    """Escaped text in which what stands between backticks is code."""
    pieces = clean(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(clean(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces)
    )


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=256)
def markdown(text: str) -> Markup:
    """The rubric's own Markdown; HTML in it stays text, and nothing is fetched for it.

    The same stands on every student's page.
    """
    return Markup(_markdown().render(clean(text)))  # noqa: S704 - the renderer escapes, HTML and images are off


def exact(points: Fraction | None) -> str:
    """A Fraction of points with two decimals; a dash where there is none."""
    return "–" if points is None else shown(hundredths(points))


def student_page(submission: str) -> str:
    """The link from the class page to a student's page."""
    return f"students/{quote(encodable(submission), safe='')}/feedback.html"


def folder_page(folder: str) -> str:
    """The link from the course's page to an assignment's class page."""
    return f"{quote(encodable(folder), safe='')}/index.html"


def page_in(submission: str, folder: str) -> str:
    """The link from the course's page to a student's page."""
    return f"{quote(encodable(folder), safe='')}/{student_page(submission)}"


def check_anchor(item: Finding | Waiting) -> str:
    """The anchor of the question on a student's page."""
    return anchor(item.question)


def question(seen: ReportView, question_id: str) -> QuestionView | None:
    """The question with this id."""
    return next((q for q in seen.questions if q.id == question_id), None)


def shade(seen: QuestionView) -> str:
    """The class of a score, to be added to others: full, none, or that it still waits."""
    if seen.pending:
        return " waits"
    return " full" if seen.earned >= seen.possible else " none" if seen.earned <= 0 else ""


def flags(seen: ReportView, odd: Collection[str]) -> str:
    """By what the row of a submission may be picked out."""
    found = {
        "waits": seen.pending > 0,
        "odd": seen.report.submission in odd,
        "late": seen.late > 0,
        "corrected": any(check.override for check in seen.checks),
    }
    return " ".join(name for name, holds in found.items() if holds)


def cell_name(cell: CellRun) -> str:
    """``hw1.ipynb, cell 5``; cells are counted from 1 for people."""
    return cell.part if cell.cell is None else f"{cell.part}, cell {cell.cell + 1}"


def traceback(error: Raised) -> str:
    """The student's own lines, outermost first, then the exception."""
    lines = [f"{error_line(frame.model_dump())}" for frame in error.frames]
    return "\n".join([*lines, f"{error.kind}: {error.message}"])


def error_line(frame: dict[str, Any]) -> str:
    """One line of a traceback, in words."""
    return line_of(Facts(frame)).strip().replace("`", "")


def reading_line(check: CheckView, submission: str, question_id: str) -> str:
    """The line of ``overrides.jsonl`` that puts another reading in the place of ours, to be filled in."""
    about = {"submission": submission, "question": question_id, "check": check.id}
    return json.dumps({**about, "read": "...", "author": "...", "reason": "...", "time": ""})


def stream(text: str, cut: int) -> str:
    """The beginning of a stream, saying how much is left out."""
    left_out = cut + max(len(text) - _STREAM, 0)
    return text[:_STREAM] + (f"\n… {left_out:,} characters left out" if left_out else "")


FILTERS: dict[str, Callable[..., Any]] = {
    "prose": prose,
    "markdown": markdown,
    "points": shown,
    "exact": exact,
    "student_page": student_page,
    "folder_page": folder_page,
    "page_in": page_in,
    "check_anchor": check_anchor,
    "question": question,
    "shade": shade,
    "flags": flags,
    "places": places,
    "cell_name": cell_name,
    "traceback": traceback,
    "stream": stream,
    "reading_line": reading_line,
    "thousands": lambda number: f"{number:,}",
    "status": status_words,
    "correction": override_text,
    "grid": grid,
    "steps": steps,
}
