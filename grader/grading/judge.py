"""Judging: evidence and the reference's captures to verdicts, check by check, prerequisites first.

The one place where an exception of our own code becomes UNDECIDED: a fault of ours never costs a student points.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from grader.checks import Check, Rubric
from grader.checks.base import Also, Mistake
from grader.checks.blame import EnvironmentFault
from grader.checks.writing import own_text
from grader.grading.environment import blames_environment, faults_of_run
from grader.grading.items import Item, in_order, prerequisites
from grader.grading.plan import asked_of_reference, follow_probe, seen_by
from grader.grading.shown_code import code_part, placed_in_report, seen_in_report
from grader.model.evidence import Capture, CaptureStatus, Evidence, Place
from grader.model.probe import Probe, Read, unique
from grader.model.report import CorrectedReading
from grader.model.submission import Part, Submission
from grader.model.values import Calls, Section
from grader.model.verdict import Reason, Status, Verdict, blocked, undecided, waiting

log = logging.getLogger(__name__)

Oracle = Mapping[str, Capture]
"""The reference's captures by probe key."""

Judge: TypeAlias = Callable[[Check, Sequence[Capture], Sequence[Capture]], Verdict]
"""How a check is asked for its verdict: at once, or in a process with limits."""


def at_once(check: Check, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
    """The check's own verdict."""
    return check.judge(seen, expected)


@dataclass(frozen=True)
class Judged:
    """The verdicts of one submission by check name, and what the reference had to be asked and was not yet."""

    verdicts: dict[str, Verdict]
    open_probes: tuple[Probe, ...] = ()
    unseen: tuple[str, ...] = ()
    """Checks whose probes were never made in the submission: they need a new run."""


@dataclass
class _Desk:
    """Everything at hand while one submission is judged."""

    rubric: Rubric
    evidence: Evidence
    oracle: Oracle
    faults: tuple[EnvironmentFault, ...]
    judge: Judge
    readings: Mapping[str, CorrectedReading] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    """What was handed in, and what was made of it."""
    seen_of: dict[str, tuple[Capture, ...]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    open_probes: list[Probe] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def judge_submission(
    rubric: Rubric,
    evidence: Evidence,
    oracle: Oracle,
    submission: Submission | None = None,
    judge: Judge = at_once,
    readings: Mapping[str, CorrectedReading] | None = None,
) -> Judged:
    """The verdict of every check of the rubric; `readings` are those a human corrected, by check name."""
    parts = submission.parts if submission is not None else ()
    desk = _Desk(rubric, evidence, oracle, faults_of_run(evidence.run, submission), judge, readings or {}, parts)
    for item in in_order(rubric):
        try:
            desk.verdicts[item.name] = _judge_item(desk, item)
        except Exception as error:
            log.exception("the check %s could not be judged", item.name)
            desk.verdicts[item.name] = undecided("our_fault", kind=type(error).__name__, message=str(error)[:300])
    return Judged(desk.verdicts, unique(desk.open_probes), tuple(desk.unseen))


def _judge_item(desk: _Desk, item: Item) -> Verdict:
    seen = seen_by(item, desk.evidence)
    if seen is None:
        desk.unseen.append(item.name)
        return undecided("not_observed")
    made = code_part(desk.parts, item.question.id)
    if made is not None:
        seen = seen_in_report(item.check, seen, made)
    reading = desk.readings.get(item.name)
    if reading is not None:
        try:
            seen = item.check.corrected(reading.read)
        except ValueError as error:
            return undecided("unclear_correction", read=reading.read[:300], message=str(error)[:300], author=reading.author)
    desk.seen_of[item.name] = item.check.as_read(seen)
    for need in prerequisites(item, desk.rubric):
        earlier = desk.verdicts.get(need)
        if earlier is not None and earlier.status in (Status.FAILED, Status.BLOCKED):
            return blocked("needs", check=need)
    asked = [p for p in asked_of_reference(item, seen) if p.key not in desk.oracle]
    desk.open_probes += asked
    if asked:
        return undecided("reference_not_asked")
    verdict = desk.judge(item.check, seen, _expected(desk, item, seen))
    if verdict.status in (Status.FAILED, Status.PARTIAL) or _may_be_known(verdict):
        verdict = _with_readings(_excused(desk, item, seen, verdict), verdict)
    if reading is not None:
        facts = {"read": reading.read[:300], "author": reading.author, "says": reading.reason}
        return verdict.model_copy(update={"notes": (*verdict.notes, Reason(code="reading_corrected", facts=facts))})
    verdict = _placed(_left_to_human(desk, item, verdict), seen)
    return _with_blanks(placed_in_report(verdict, made) if made is not None else verdict, desk.parts)


def _with_readings(verdict: Verdict, before: Verdict) -> Verdict:
    """What was read in a report and from where is said with whatever verdict took the place of the first."""
    read = [note for note in before.notes if note.code == "read_from_text" and note not in verdict.notes]
    place = before.place if read and verdict.place == Place() else verdict.place
    return verdict.model_copy(update={"notes": (*read, *verdict.notes), "place": place}) if read else verdict


def _left_to_human(desk: _Desk, item: Item, verdict: Verdict) -> Verdict:
    """UNDECIDED in the place of "missing" where nothing but a report was handed in, and it answers this question.

    A text taken from a PDF has neither figures nor code that runs: what is not in it was not proven missing.
    """
    if verdict.reason.code not in ("missing", "no_table", "not_used"):
        return verdict
    capture = desk.evidence.capture(Read(headings=item.question.answer.headings))
    is_written = all(isinstance(probe, Read) for probe in item.probes)
    if capture is not None and capture.mentioned and (is_written or _is_report(desk)):
        return undecided("no_section", excerpt=capture.mentioned, looked_for=list(item.question.answer.headings))
    if not _is_report(desk):
        return verdict
    section = capture.value if capture is not None else None
    if not isinstance(section, Section) or not (own_text(section.text) or section.tables):
        return verdict
    excerpt = " ".join(section.text.split())[:200]
    return undecided("in_report", excerpt=excerpt).model_copy(update={"place": capture.place if capture else Place()})


def _is_report(desk: _Desk) -> bool:
    """Nothing ran but what was made of a report; a notebook of text alone is one too."""
    own = [part for part in desk.parts if not part.made_of]
    is_text = all(
        part.kind != "module" and all(cell.kind != "code" or not cell.source.strip() for cell in part.cells) for part in own
    )
    return desk.evidence.run.ended == "nothing_to_run" or (bool(own) and is_text)


def _with_blanks(verdict: Verdict, parts: Sequence[Part]) -> Verdict:
    """Where a program was made of filled-in blanks, what stood in them is said, and from where."""
    made = next((part for part in parts if part.made_of and part.path == verdict.place.part), None)
    number = verdict.place.cell
    if made is None or not number or number >= len(made.cells):
        return verdict
    filled = " ".join(made.cells[number - 1].source.replace("`", "").split())
    note = Reason(code="blanks", facts={"filled": filled[:300], "part": made.made_of})
    return verdict.model_copy(update={"notes": (note, *verdict.notes)})


def _may_be_known(verdict: Verdict) -> bool:
    """Undecided for want of proof (not for a fault of ours): a known answer would be proof."""
    return verdict.status is Status.UNDECIDED and verdict.reason.code not in ("environment", "box_failed", "no_oracle")


def _expected(desk: _Desk, item: Item, seen: Sequence[Capture], other: Also | Mistake | None = None) -> tuple[Capture, ...]:
    if other is not None and not other.expect:
        return item.check.literal(other.value)
    probes = item.check.expected_probes(item.question.answer, seen, oracle=other.expect if other else "")
    literal = getattr(item.check, "value", None)
    if not probes and other is None and literal is not None:
        return item.check.literal(literal)
    return tuple(desk.oracle[p.key] for p in probes)


def _excused(desk: _Desk, item: Item, seen: tuple[Capture, ...], verdict: Verdict) -> Verdict:
    """A verdict against the student, after everything that may speak for her: the environment, conventions, known
    mistakes, her own earlier values."""
    if verdict.reason.code in ("missing", "no_table") or not any(c.status is CaptureStatus.CAPTURED for c in seen):
        ran = [c for c, probe in zip(seen, item.probes, strict=False) if not isinstance(probe, Read)]  # words need no library
        fault = next((f for f in (blames_environment(c, desk.faults) for c in ran) if f is not None), None)
        return waiting(fault.reason()) if fault else verdict
    for also in item.check.also:
        if _fits(desk, item, seen, also):
            note = Reason(code="also_right", facts={"says": also.says})
            return Verdict(status=Status.PASSED, credit=Fraction(1), reason=Reason(code="right"), notes=(note,))
    candidates = [_mistaken(desk, item, seen, verdict), _followed(desk, item, seen)]
    return max((verdict, *(c for c in candidates if c is not None)), key=_standing)


def _standing(verdict: Verdict) -> tuple[Fraction, bool]:
    """More credit is better for the student; at equal credit a named mistake is better than an unnamed one."""
    return (verdict.credit if verdict.credit is not None else Fraction(0), bool(verdict.mistake))


def _fits(desk: _Desk, item: Item, seen: Sequence[Capture], other: Also | Mistake) -> bool:
    return desk.judge(item.check, seen, _expected(desk, item, seen, other)).status is Status.PASSED


def _mistaken(desk: _Desk, item: Item, seen: tuple[Capture, ...], verdict: Verdict) -> Verdict | None:
    if item.check.names_own_mistakes:
        return None
    for number, mistake in enumerate(item.check.mistakes):
        if _fits(desk, item, seen, mistake):
            status = Status.PARTIAL if mistake.credit else Status.FAILED
            return verdict.model_copy(
                update={
                    "status": status,
                    "credit": mistake.credit,
                    "reason": Reason(code="mistake", facts={"says": mistake.says}),
                    "mistake": mistake.id or mistake.expect or f"{item.name}#{number + 1}",
                }
            )
    return None


def _followed(desk: _Desk, item: Item, seen: tuple[Capture, ...]) -> Verdict | None:
    follow = item.check.follow_through
    probe = follow_probe(item, desk.seen_of)
    if follow is None or probe is None:
        return None
    if probe.key not in desk.oracle:
        desk.open_probes.append(probe)
        return None
    value = desk.oracle[probe.key].value
    outcome = value.outcomes[0].value if isinstance(value, Calls) and value.outcomes else None
    if outcome is None or desk.judge(item.check, seen, (Capture.of(outcome),)).status is not Status.PASSED:
        return None
    status = Status.PASSED if follow.credit == 1 else Status.PARTIAL
    reason = Reason(code="follow_through", facts={"from": [item.resolve(name) for name in follow.from_]})
    return Verdict(status=status, credit=follow.credit, reason=reason)


def _placed(verdict: Verdict, seen: Sequence[Capture]) -> Verdict:
    """The verdict with the place its answer was found in, unless the check named it already."""
    if verdict.place != Place():
        return verdict
    found = next((c.place for c in seen if c.status is CaptureStatus.CAPTURED), None)
    return verdict if found is None else verdict.model_copy(update={"place": found})
