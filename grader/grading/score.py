"""Scoring: credit times points, questions, the whole; with overrides. Only here do points and credit meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.checks import Question, Rubric
from grader.checks.blame import EnvironmentFault
from grader.checks.program import ProgramCheck
from grader.grading.environment import faults_of_run
from grader.grading.items import Item
from grader.grading.late import loss, moment
from grader.model.evidence import Run
from grader.model.report import CheckReport, Override, QuestionReport, Report
from grader.model.submission import Fault, Submission
from grader.model.verdict import Status, Verdict


def score(
    rubric: Rubric,
    submission: Submission,
    verdicts: Mapping[str, Verdict],
    run: Run,
    overrides: Sequence[Override] = (),
) -> Report:
    """The report of one submission: every verdict with its points, a human's corrections applied last."""
    latest = {(o.question, o.check): o for o in overrides if o.submission == submission.id}
    questions = tuple(_question(q, verdicts, latest) for q in rubric.questions)
    gross = sum((q.earned for q in questions), Fraction(0))
    late = min(_late(rubric, submission), gross)
    return Report(
        assignment=rubric.assignment,
        title=rubric.title,
        submission=submission.id,
        digest=submission.digest,
        possible=rubric.points + rubric.bonus,
        bonus=rubric.bonus,
        earned=gross - late,
        pending=sum((q.pending for q in questions), Fraction(0)),
        late=late,
        questions=questions,
        faults=(*submission.faults, *_unknown_lateness(rubric, submission)),
        run=_without_programs(run, rubric, verdicts),
        environment_faults=tuple(_name(f) for f in faults_of_run(run, submission)),
    )


def _without_programs(run: Run, rubric: Rubric, verdicts: Mapping[str, Verdict]) -> Run:
    """The run without modules that failed as such, and that a check ran as the programs they are."""
    checks = ((f"{question.id}/{check.id}", check) for question in rubric.questions for check in question.checks)
    programs = {verdicts[name].place.part for name, check in checks if isinstance(check, ProgramCheck)}
    cells = tuple(cell for cell in run.cells if cell.status == "ok" or cell.cell is not None or cell.part not in programs)
    return run.model_copy(update={"cells": cells})


def _late(rubric: Rubric, submission: Submission) -> Fraction:
    """Points lost by the time of hand-in; none where it is not known or nothing is said about lateness."""
    handed_in = moment(submission.handed_in)
    if rubric.late is None or rubric.due is None or handed_in is None:
        return Fraction(0)
    return loss(rubric.late, rubric.due, handed_in, rubric.points)


def _unknown_lateness(rubric: Rubric, submission: Submission) -> tuple[Fault, ...]:
    """What is said where a submission is known to be late, lateness costs points, and nobody knows how many."""
    if rubric.late is None or not submission.marked_late or moment(submission.handed_in) is not None:
        return ()
    text = "This is marked as handed in late, and it is not known how late: nothing was taken off. A person decides."
    return (Fault(path="", code="late_unknown", text=text),)


def _name(fault: EnvironmentFault) -> str:
    words = {"no_library": "the library `{}`", "no_program": "the program `{}`"}
    words |= {"removed_alias": "`{}`, which newer versions removed"}
    return words.get(fault.cause, "{}").format(fault.what)


def _question(question: Question, verdicts: Mapping[str, Verdict], latest: Mapping[tuple[str, str], Override]) -> QuestionReport:
    checks = tuple(
        _check(Item(question, check), verdicts[f"{question.id}/{check.id}"], latest.get((question.id, check.id)))
        for check in question.checks
    )
    return QuestionReport(
        id=question.id,
        title=question.title,
        possible=question.points,
        earned=sum((c.earned for c in checks if c.earned is not None), Fraction(0)),
        pending=sum((c.possible for c in checks if c.earned is None), Fraction(0)),
        bonus=question.bonus,
        text=question.text,
        checks=checks,
    )


def _check(item: Item, verdict: Verdict, override: Override | None) -> CheckReport:
    check = item.check
    earned = None if verdict.status is Status.UNDECIDED or verdict.credit is None else check.points * verdict.credit
    if override is not None:
        earned = min(max(override.points, Fraction(0)), check.points)
    return CheckReport(
        id=check.id,
        kind=check.kind,
        title=check.title,
        possible=check.points,
        earned=earned,
        verdict=verdict,
        visibility=check.visibility,
        hint=check.hint if verdict.status is not Status.PASSED else "",
        criteria=tuple(c.says for c in getattr(check, "criteria", ())),
        override=override,
    )
