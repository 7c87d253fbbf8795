"""Reports for a terminal, as rich renderables. Student text goes in as plain `Text`: no markup, no escape sequences."""

from __future__ import annotations

from collections import Counter

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.model.report import ClassReport, Report
from grader.model.verdict import Status
from grader.reports.audience import Audience, Stage
from grader.reports.points import shown
from grader.reports.status import WORDS, override_text, status_words
from grader.reports.text import clean, one_line
from grader.reports.troubles import troubles_of
from grader.reports.view import CheckView, QuestionView, ReportView, view

_COLOURS = {
    "passed": "green",
    "partial": "yellow",
    "failed": "red",
    "blocked": "dim",
    "undecided": "cyan",
    "corrected": "magenta",
    "withheld": "dim",
}


LONGEST_NAME = 32
"""Characters of a submission's id that leave room for its points."""
MOST_COLUMNS = 6
"""Questions that fit beside the totals into 80 characters; with more, checks are counted by their state instead."""


def scores_table(class_report: ClassReport) -> Table:
    """One row a submission: points of every question, or how many checks are right, and totals."""
    views = [view(report) for report in class_report.reports]
    questions = list(dict.fromkeys(question.id for seen in views for question in seen.questions))
    by_question = len(questions) <= MOST_COLUMNS
    table = Table(title=Text(one_line(class_report.title)), header_style="bold", caption=_caption(views) if by_question else "")
    table.add_column("Submission", no_wrap=True, max_width=LONGEST_NAME)
    for heading in questions if by_question else _COUNTED:
        table.add_column(Text(one_line(heading)), justify="right")
    for heading in ("points", "of", "waits"):
        table.add_column(heading, justify="right")
    for seen in views:
        table.add_row(*_row(seen, _questions(seen, questions) if by_question else _counts(seen)))
    return table


_COUNTED = {"right": Status.PASSED, "partly": Status.PARTIAL, "wrong": Status.FAILED, "blocked": Status.BLOCKED}
"""Headings that fit, and the states whose checks are counted under them."""


def _row(seen: ReportView, cells: list[Text]) -> list[RenderableType]:
    pending = Text(shown(seen.pending) if seen.pending else "", style="cyan")
    return [Text(one_line(seen.report.submission)), *cells, Text(shown(seen.earned), style="bold"), shown(seen.possible), pending]


def _questions(seen: ReportView, questions: list[str]) -> list[Text]:
    by_id = {question.id: question for question in seen.questions}
    return [_points(by_id.get(question)) for question in questions]


def _counts(seen: ReportView) -> list[Text]:
    """How many checks are in each state."""
    states = Counter(status_words(check).key for check in seen.checks)
    keys = [WORDS[status].key for status in _COUNTED.values()]
    return [Text(str(states[key] or ""), style=_COLOURS[key]) for key in keys]


def _points(question: QuestionView | None) -> Text:
    if question is None:
        return Text("")
    style = "green" if question.earned >= question.possible else "red" if not question.earned else ""
    return Text(f"{shown(question.earned)}{'?' if question.pending else ''}", style=style)


def _caption(views: list[ReportView]) -> str:
    return "? = a person has still to decide" if any(seen.pending for seen in views) else ""


def submission_panel(report: Report, audience: Audience = Audience.STUDENT, stage: Stage = Stage.PUBLISHED) -> Panel:
    """One submission's result: every question, every check with what was found and what to look at next."""
    seen = view(report, audience, stage)
    troubles = [Text(clean(says), style="yellow") for says in troubles_of(report)]
    body = [*troubles, *(_question(question) for question in seen.questions), _total(seen)]
    title = Text(f"{one_line(report.title)}: {one_line(report.submission)}")
    return Panel(Group(*body), title=title, title_align="left")


def _total(seen: ReportView) -> Text:
    words = [
        f"{shown(seen.earned)} of {shown(seen.possible)} points",
        f"{shown(seen.pending)} wait for a person" if seen.pending else "",
        f"{shown(seen.late)} taken off for lateness" if seen.late else "",
        f"{shown(seen.withheld)} not shown yet" if seen.withheld else "",
    ]
    return Text(", ".join(word for word in words if word), style="bold")


def _question(question: QuestionView) -> RenderableType:
    heading = f"{question.id} {question.title}" + (" (bonus)" if question.bonus else "")
    points = f"  {shown(question.earned)} / {shown(question.possible)}"
    title = Text.assemble((one_line(heading), "bold"), (points, "dim"))
    return Padding(Group(title, *(_check(check) for check in question.checks)), (0, 0, 1, 0))


def _check(check: CheckView) -> RenderableType:
    status = status_words(check)
    points = "" if check.earned is None else f"  {shown(check.earned)} / {shown(check.possible)}"
    colour = _COLOURS[status.key]
    head = Text.assemble((f"  {status.sign} ", colour), one_line(check.title), (f"  {status.words}", colour), (points, "dim"))
    details = [
        check.sentence if status.key != "passed" else "",
        check.says,
        *check.notes,
        *(part.sentence for part in check.parts),
        f"Found in {check.where}." if check.where and status.key != "passed" else "",
        f"Hint: {check.hint}" if check.hint else "",
        override_text(check),
    ]
    lines = [Padding(Text(clean(detail)), (0, 0, 0, 6)) for detail in details if detail]
    return Group(head, *lines)
