"""feedback.md: one submission's report as Markdown, with everything a student wrote escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.model.report import Report
from grader.reports.audience import Audience, Stage
from grader.reports.points import shown
from grader.reports.rows import explained
from grader.reports.status import is_for_hand_in, status_words
from grader.reports.text import one_line
from grader.reports.troubles import troubles_of
from grader.reports.view import CheckView, QuestionView, ReportView, view

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$@&]|(?<=[wW]{3})\.|:(?=/)")
_OPENING = re.compile(r"\A(\d{0,9})([-+=.)])(?=[\s=-]|\Z)")
"""What opens a list, a rule or a heading at the beginning of a line, and nowhere else."""


def feedback_markdown(report: Report, audience: Audience = Audience.STUDENT, stage: Stage = Stage.PUBLISHED) -> str:
    """The report as Markdown, for this reader at this stage."""
    return "\n".join(_lines(view(report, audience, stage))) + "\n"


def escaped(text: str) -> str:
    """Plain text that renders as itself on one line: no markup, no HTML, no links, no mentions."""
    return _escaped_beginning(one_line(text, 4000))


def prose(text: str) -> str:
    """Escaped text in which what stands between backticks is code."""
    first, *rest = one_line(text, 4000).split("`")
    if len(rest) % 2:
        return escaped(text)
    pieces = (f"`{piece}`" if index % 2 == 0 and piece else _escaped_piece(piece) for index, piece in enumerate(rest))
    return _escaped_beginning(first) + "".join(pieces)


def _escaped_beginning(text: str) -> str:
    return _OPENING.sub(r"\1\\\2", _escaped_piece(text))


def _escaped_piece(text: str) -> str:
    """A piece of a line, its outer spaces kept."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _lines(seen: ReportView) -> Iterator[str]:
    report = seen.report
    yield f"# {escaped(report.title)}: {escaped(report.submission)}"
    yield ""
    yield f"**{shown(seen.earned)} of {shown(seen.possible)} points**{_aside(seen)}"
    yield ""
    troubles = troubles_of(report)
    yield from (f"> {prose(says)}" for says in troubles)
    if troubles:
        yield ""
    yield f"| Question | Points | {'Still open' if any(map(is_for_hand_in, seen.checks)) else 'Waits for a person'} |"
    yield "|---|---:|---:|"
    for question in seen.questions:
        name = escaped(f"{question.id} {question.title}")
        yield f"| {name} | {shown(question.earned)} / {shown(question.possible)} | {shown(question.pending)} |"
    for question in seen.questions:
        yield from _question(question)


def _aside(seen: ReportView) -> str:
    words = [
        f"{shown(seen.bonus)} of them bonus" if seen.bonus else "",
        *_open(seen),
        f"{shown(seen.late)} taken off for lateness" if seen.late else "",
        f"{shown(seen.withheld)} not shown yet" if seen.withheld else "",
    ]
    return "".join(f", {word}" for word in words if word)


def _open(seen: ReportView) -> tuple[str, ...]:
    """The points that are not decided, by who will; each in its words."""
    later = sum(check.possible for check in seen.checks if is_for_hand_in(check))
    words = ((later, "are judged when you hand in"), (seen.pending - later, "wait for a person"))
    return tuple(f"{shown(points)} {word}" for points, word in words if points > 0)


def _question(question: QuestionView) -> Iterator[str]:
    bonus = " (bonus)" if question.bonus else ""
    yield ""
    yield f"## {escaped(question.id)} {escaped(question.title)}{bonus}: {shown(question.earned)} / {shown(question.possible)}"
    yield ""
    for check in question.checks:
        yield from _check(check)


def _check(check: CheckView) -> Iterator[str]:
    status = status_words(check)
    points = f"{'–' if check.earned is None else shown(check.earned)} / {shown(check.possible)}"
    yield f"- {status.sign} **{prose(check.title)}** ({points}): {status.words}"
    yield from (f"  - {prose(line)}" for line in explained(check))
