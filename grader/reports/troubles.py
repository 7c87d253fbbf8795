"""What was odd about files, runs and the environment, apart from wrong answers: of one submission, and of a class."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.model.evidence import Place
from grader.model.report import ClassReport, Report
from grader.reports.phrases import where


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was odd about files, runs or the environment, apart from wrong answers, and with which submissions."""

    says: str
    submissions: tuple[str, ...]


_NUMBER = re.compile(r"\b\d+\b")
_ENDED = {
    "timed_out": "The run was stopped at its time limit.",
    "died": "The run ended before its end: the process died.",
    "box_failed": "The box failed. This is no fault of the student: grade the submission again.",
    "nothing_to_run": "There was nothing to run: no code was found in what was handed in.",
}


def troubles(class_report: ClassReport) -> tuple[Trouble, ...]:
    """Faulty files, runs that did not finish, and what the environment lacked.

    What our box failed at comes first, then what is most frequent. What differs in its numbers alone is one trouble, and so
    is what differs in the names of files that are called after their submission.
    """
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for report in class_report.reports:
        for says in troubles_of(report):
            groups[_alike(says, report.submission)].setdefault(report.submission, says)
    found = [Trouble(_common(alike, group.values()), tuple(group)) for alike, group in groups.items()]
    return tuple(sorted(found, key=lambda t: (not t.says.startswith(_ENDED["box_failed"]), -len(t.submissions))))


def _alike(says: str, submission: str) -> str:
    own = re.sub(rf"(?<!\w){re.escape(submission)}(?=\.\w)", "…", says)
    return _NUMBER.sub("…", own)


def _common(alike: str, said: Iterable[str]) -> str:
    wordings = set(said)
    return wordings.pop() if len(wordings) == 1 else alike


def troubles_of(report: Report) -> tuple[str, ...]:
    """The troubles of one submission, a sentence each."""
    ended = "" if _is_report_alone(report) else _ENDED.get(report.run.ended, "")
    run = [f"{ended} {report.run.detail}".strip()] if ended else []
    files = [f"{fault.path}: {fault.text}" if fault.path else fault.text for fault in report.faults]
    lacking = [f"Missing where this was graded: {what}." for what in report.environment_faults]
    return (*run, *_stopped_cells(report), *files, *lacking)


def _stopped_cells(report: Report) -> Iterator[str]:
    """The cells after which a run went on although they had to be stopped, or ended their process."""
    for cell in report.run.cells if report.run.ended == "finished" else ():
        name = where(Place(part=cell.part, cell=cell.cell))
        if cell.status == "timed_out":
            yield f"In {name} the time limit was reached; what was not done by then is missing."
        elif cell.status == "died":
            yield f"In {name} the process ended; what had been done there is lost."


def _is_report_alone(report: Report) -> bool:
    """Nothing was run because a written report was handed in, and answers were found in it."""
    checks = (check for question in report.questions for check in question.checks)
    return report.run.ended == "nothing_to_run" and any(check.verdict.place.part for check in checks)
