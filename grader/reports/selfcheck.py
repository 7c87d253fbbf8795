"""A student's own check in plain text and in HTML: what was found, what is wrong, a hint, and what is judged by others later."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape

from grader.model.evidence import CellRun, Run
from grader.model.report import Report
from grader.model.verdict import Status
from grader.reports.audience import Audience, Disclosure, Stage
from grader.reports.status import HAND_IN, status_words
from grader.reports.text import clean, counted, one_line, quoted
from grader.reports.troubles import troubles_of
from grader.reports.view import CheckView, view


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: `key` names its colour; `details` say what was found, what is wrong, and where to look."""

    key: str
    sign: str
    title: str
    words: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionLines:
    """One question with its checks."""

    title: str
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """All that a student is shown: troubles of the run, the questions, and a summary."""

    title: str
    troubles: tuple[str, ...]
    questions: tuple[QuestionLines, ...]
    summary: str
    fails: bool
    """A visible check is not right, or only in part."""


COLOURS = {"passed": "green", "partial": "yellow", "failed": "red", "blocked": "dim", "later": "cyan", "person": "cyan"}
_COUNTED = {
    "passed": "right",
    "partial": "partly right",
    "failed": "not right",
    "blocked": "not looked at",
    "later": "judged when you hand in",
    "person": "judged by a person",
    "undecided": "undecided here",
    "withheld": "not shown yet",
}


def selfcheck(report: Report) -> SelfCheck:
    """What a student may see of her report while the assignment is open: never an expected value."""
    seen = view(report, Audience.STUDENT, Stage.OPEN)
    questions = tuple(
        QuestionLines(one_line(f"{question.id}  {question.title}"), _lines(question.checks)) for question in seen.questions
    )
    lines = [_line(check) for check in seen.checks]
    counts = Counter(line.key for line in lines)
    return SelfCheck(
        title=one_line(report.title),
        troubles=(*(clean(says) for says in troubles_of(report)), *_raised(report.run)),
        questions=questions,
        summary=", ".join(f"{counts[key]} {words}" for key, words in _COUNTED.items() if counts[key]) or "nothing to check",
        fails=any(line.key in ("failed", "partial") for line in lines),
    )


def _lines(checks: tuple[CheckView, ...]) -> tuple[CheckLine, ...]:
    """The checks that are shown, and one line for all that are not."""
    shown = [_line(check) for check in checks if check.disclosure is Disclosure.FULL]
    hidden = len(checks) - len(shown)
    more = [CheckLine("withheld", "·", counted(hidden, "check"), "not shown yet", ())] if hidden else []
    return (*shown, *more)


def _line(check: CheckView) -> CheckLine:
    status = status_words(check)
    key, sign, words = status.key, status.sign, status.words
    if key == "passed" and check.where:
        words = f"{words}, in {check.where}"
    if check.status is Status.UNDECIDED and check.reason is not None:
        key, sign, words = _undecided(check.kind, check.reason.code)
    details = () if check.disclosure is not Disclosure.FULL else _details(check, key)
    return CheckLine(key, sign, one_line(check.title), words, details)


def _undecided(kind: str, code: str) -> tuple[str, str, str]:
    if code in (*HAND_IN, "reference_not_asked"):
        return ("later", "→", "judged when you hand in")
    if kind == "manual":
        return ("person", "·", "judged by a person")
    return ("undecided", "?", "undecided here")


def _details(check: CheckView, key: str) -> tuple[str, ...]:
    if key == "passed":
        return tuple(clean(note) for note in check.notes)
    said = [check.sentence, check.says, *check.notes, *(part.sentence for part in check.parts)]
    found = f"Found in {check.where}." if check.where and key != "person" else ""
    hint = f"Hint: {check.hint}" if check.hint and key in ("failed", "partial") else ""
    return tuple(dict.fromkeys(clean(detail) for detail in (*said, found, hint) if detail))


def _raised(run: Run) -> tuple[str, ...]:
    """The cells that did not run to their end, each with its exception and line; some are among the troubles already."""
    told = ("raised",) if run.ended == "finished" else ("raised", "timed_out", "died")
    return tuple(_cell(cell) for cell in run.cells if cell.status in told)


def _cell(cell: CellRun) -> str:
    place = f"cell {cell.cell + 1} of {one_line(cell.part)}" if cell.cell is not None else one_line(cell.part)
    if cell.status != "raised" or cell.error is None:
        return f"{place} {'ran out of time' if cell.status == 'timed_out' else 'ended the process'}."
    error = quoted(f"{cell.error.kind}: {cell.error.message}", 300)
    line = cell.error.frames[-1] if cell.error.frames else None
    at = f" at line {line.line}: {quoted(line.code)}" if line is not None else ""
    return f"{place} raised {error}{at}"


def selfcheck_text(found: SelfCheck) -> str:
    """As plain text, for terminals without colours and for editors."""
    lines = [found.title, ""]
    lines += [f"! {trouble}" for trouble in found.troubles]
    lines += [""] if found.troubles else []
    for question in found.questions:
        lines.append(question.title)
        for check in question.checks:
            lines.append(f"  {check.sign} {check.title}: {check.words}")
            lines += [f"      {line}" for detail in check.details for line in detail.splitlines()]
        lines.append("")
    return "\n".join([*lines, found.summary])


_HTML_COLOURS = {"passed": "#2c974b", "partial": "#b58105", "failed": "#d64541", "later": "#3a87c8", "person": "#3a87c8"}
"""Readable on white and on black alike; the sign and the words say the same without colour."""
_GREY = "#808080"


def selfcheck_html(found: SelfCheck) -> str:
    """As a compact piece of HTML that takes fonts and background from the page; all text is escaped."""
    rows = [f'<div style="color:#d64541">{_text(trouble)}</div>' for trouble in found.troubles]
    for question in found.questions:
        rows.append(f'<div style="font-weight:600;margin-top:.6em">{_text(question.title)}</div>')
        rows += [_html_check(check) for check in question.checks]
    rows.append(f'<div style="margin-top:.6em;opacity:.75">{_text(found.summary)}</div>')
    style = "line-height:1.45;max-width:60em;padding:.4em .8em;border-left:3px solid " + ("#d64541" if found.fails else "#2c974b")
    return f'<div class="grader-check" style="{style}">{"".join(rows)}</div>'


def _html_check(check: CheckLine) -> str:
    colour = _HTML_COLOURS.get(check.key, _GREY)
    head = f'<span style="color:{colour};font-weight:600" aria-hidden="true">{escape(check.sign)}</span> {_text(check.title)}'
    words = f' <span style="color:{colour}">{_text(check.words)}</span>'
    details = "".join(f'<div style="margin-left:1.6em;opacity:.85">{_text(detail)}</div>' for detail in check.details)
    return f'<div style="margin-left:.4em">{head}{words}</div>{details}'


def _text(text: str) -> str:
    """Escaped, with what stands between backticks as code."""
    parts = escape(clean(text)).replace("\n", "<br>").split("`")
    if len(parts) % 2 == 0:  # an odd backtick is no code
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
