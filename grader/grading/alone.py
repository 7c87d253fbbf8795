"""What can be judged without the reference, as on a student's machine; the rest is judged when the work is handed in.

Without it, it can be proven that an answer is missing, raised, is of the wrong type or form, or is not finite; what judges by
its own fields (truth tables, figures, properties) is judged as ever; sealed answers decide some of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from grader.checks import Check, Rubric
from grader.checks.array import ArrayCheck, dtype_name
from grader.checks.base import at, first_captured, not_readable, refusal
from grader.checks.blame import environment_fault
from grader.checks.call import CallCheck, small_inputs
from grader.checks.compare import dtype_fits
from grader.checks.cost_table import CostTableCheck
from grader.checks.literals import as_array, as_number, describe, fact
from grader.checks.network import NetworkCheck
from grader.checks.number import NumberCheck
from grader.checks.program import ProgramCheck
from grader.checks.relation import RelationCheck
from grader.checks.writing import nothing_written, own_text
from grader.grading.items import Item, items_of
from grader.grading.judge import Judged, judge_submission
from grader.grading.plan import plan_submission
from grader.grading.sealed import Sealed, judge_sealed
from grader.model.evidence import Capture, CaptureStatus, Evidence
from grader.model.probe import DataFile, Plan, Probe, Trace, unique
from grader.model.submission import Submission
from grader.model.values import Calls, Network, Outcome, Ran, Section, Value
from grader.model.verdict import Reason, Status, Verdict, failed, undecided, waiting

NOT_HERE = Capture(status=CaptureStatus.MISSING, detail="there is no reference here")


def judge_alone(rubric: Rubric, evidence: Evidence, sealed: Sealed | None = None, submission: Submission | None = None) -> Judged:
    """The verdict of every check of the rubric as far as it can be had without the reference."""
    names = {id(item.check): item.name for item in items_of(rubric)}
    titles = {item.name: item.check.title or item.check.id for item in items_of(rubric)}
    answers = sealed.answers if sealed is not None else {}
    right: set[str] = set()

    own = {item.name: tuple(c for p in _own_network(rubric, item) if (c := evidence.capture(p))) for item in items_of(rubric)}

    def judge(check: Check, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if isinstance(check, CostTableCheck) and NOT_HERE in expected:
            verdict = _table_alone(check, seen, own[names[id(check)]])
        else:
            verdict = verdict_alone(check, seen) if NOT_HERE in expected else check.judge(seen, expected)
        answer = answers.get(names[id(check)])
        if verdict.reason.code == "at_hand_in" and answer is not None:
            wrong = tuple(titles.get(name, "") for name in answer.follows if name not in right)
            verdict = at(first_captured(seen), _unless_it_follows(judge_sealed(check, answer, seen) or verdict, wrong))
        right.update([names[id(check)]] if verdict.status is Status.PASSED else [])
        return verdict

    return judge_submission(rubric, evidence, _Nobody(), submission, judge)


def _unless_it_follows(verdict: Verdict, wrong: tuple[str, ...]) -> Verdict:
    """What differs from its seal may follow rightly from earlier answers that are not known to be right."""
    if verdict.reason.code != "sealed_differs" or not wrong:
        return verdict
    return undecided("sealed_follows", checks=[title for title in wrong if title])


def plan_alone(rubric: Rubric, data: tuple[DataFile, ...] = ()) -> Plan:
    """All the probes of a rubric, and what takes the place of the reference: the student's own network for her own table."""
    plan = plan_submission(rubric, data)
    own = (probe for item in items_of(rubric) for probe in _own_network(rubric, item))
    return plan.model_copy(update={"probes": unique((*plan.probes, *own))})


def _own_network(rubric: Rubric, item: Item) -> tuple[Probe, ...]:
    """The trace of the student's network that a cost table is about, under the names the rubric knows it by."""
    check = item.check
    if not isinstance(check, CostTableCheck):
        return ()
    names = next((q.answer.classes[check.network] for q in rubric.questions if check.network in q.answer.classes), ())
    asked = check.expected_probes(item.question.answer, ())
    return tuple(p.model_copy(update={"names": names or p.names}) for p in asked if isinstance(p, Trace))


def _table_alone(check: CostTableCheck, seen: Sequence[Capture], own: Sequence[Capture]) -> Verdict:
    """Whether a table fits the student's own network; that both are right is judged later."""
    if not check.is_there(seen):
        return check.nothing_found(seen)
    verdict = check.judge(seen, own)
    if verdict.status in (Status.FAILED, Status.PARTIAL):
        return verdict.model_copy(update={"notes": (*verdict.notes, Reason(code="own_network_differs"))})
    notes = (Reason(code="own_network_fits"),) if verdict.status is Status.PASSED else ()
    return undecided("at_hand_in").model_copy(update={"place": verdict.place, "notes": notes})


def not_live(judged: Judged) -> dict[str, Verdict]:
    """The verdicts of a live session, where some things cannot be observed: what cells printed is gone."""
    return {name: undecided("not_live") if name in judged.unseen else verdict for name, verdict in judged.verdicts.items()}


class _Nobody(Mapping[str, Capture]):
    """The answers of a reference that is not here: the same to every question."""

    def __getitem__(self, key: str) -> Capture:
        return NOT_HERE

    def __contains__(self, key: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def verdict_alone(check: Check, seen: Sequence[Capture]) -> Verdict:
    """FAILED where that is proven without the reference; else UNDECIDED with the code ``at_hand_in``."""
    if isinstance(check, RelationCheck):
        return _relation_alone(check, seen)
    capture = first_captured([each for each in seen if not _is_untouched(each)] or seen)
    if capture.value is None:
        return refusal(capture) or undecided("box_failed", detail="")
    if isinstance(capture.value, Section):
        return at(capture, nothing_written(capture) if _is_untouched(capture) else undecided("at_hand_in"))
    form = next((judge for kind, judge in _FORMS.items() if isinstance(check, kind)), None)
    found = form(check, capture.value) if form is not None else None
    return at(capture, found or undecided("at_hand_in", seen_type=describe(capture.value)))


def _relation_alone(check: RelationCheck, seen: Sequence[Capture]) -> Verdict:
    """Whether all the values are there that the relation is between, in variables or perhaps in what is written."""
    variables, sections = seen[: len(check.places())], seen[len(check.places()) :]
    absent = next((capture for capture in variables if capture.value is None), None)
    if absent is not None:
        written = [section for section in sections if section.value is not None and not _is_untouched(section)]
        return at(written[0], undecided("at_hand_in")) if written else refusal(absent) or undecided("box_failed", detail="")
    first = variables[0]
    return at(first, undecided("at_hand_in", **({"seen_type": describe(first.value)} if first.value is not None else {})))


def _is_untouched(capture: Capture) -> bool:
    """A section in which nothing of the student's own stands."""
    value = capture.value
    return isinstance(value, Section) and not value.tables and not own_text(value.text)


def _number_form(check: NumberCheck, value: Value) -> Verdict | None:
    number = as_number(value)
    if number is None:
        return not_readable(value, "number")
    return None if np.isfinite(complex(number)) else failed("not_finite", seen=fact(number))


def _array_form(check: ArrayCheck, value: Value) -> Verdict | None:
    array = as_array(value)
    if array is None:
        return not_readable(value, "array")
    name = dtype_name(value) or str(array.dtype)
    if not dtype_fits(name, check.dtype):
        return failed("dtype", seen=name, expected=check.dtype)
    strange = np.zeros(array.shape, dtype=bool) if check.nonfinite else ~np.isfinite(array)
    if not strange.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(strange)), array.shape))
    return failed("not_finite", seen=fact(array[index].item()), share=float(strange.mean()), index=list(index))


def _call_form(check: CallCheck, value: Value) -> Verdict | None:
    if not isinstance(value, Calls):
        return not_readable(value, "function")
    findings = {i: found for i, outcome in enumerate(value.outcomes) if (found := _finding(check, outcome)) is not None}
    for reason in findings.values():
        if reason.code == "environment":
            return waiting(reason)
    if not findings:
        return None
    index, reason = next(iter(findings.items()))
    facts = {
        **reason.facts,
        "because": reason.code,
        "case": index + 1,
        "is_edge": index >= check.drawn,
        "inputs": small_inputs(check.all_cases[index]),
        "wrong": len(findings),
        "cases": check.count,
    }
    return failed("call_raised" if reason.code == "raised" else "wrong_result", **facts)


def _network_form(check: NetworkCheck, value: Value) -> Verdict | None:
    if not isinstance(value, Network):
        return not_readable(value, "network")
    return refusal(Capture(status=CaptureStatus.RAISED, error=value.error)) if value.error is not None else None


def _program_form(check: ProgramCheck, value: Value) -> Verdict | None:
    return check.ending(value) if isinstance(value, Ran) else not_readable(value, "program")


def _finding(check: CallCheck, outcome: Outcome) -> Reason | None:
    """What is wrong with a result whatever the right one is."""
    if outcome.error is not None:
        if check.raises:
            return None
        line = outcome.error.frames[-1].model_dump() if outcome.error.frames else None
        facts = {"kind": outcome.error.kind, "message": outcome.error.message[:500], "line": line}
        fault = environment_fault(outcome.error)
        return fault.reason(outcome.error) if fault else Reason(code="raised", facts=facts)
    array = as_array(outcome.value) if outcome.value is not None else None
    if check.nonfinite or array is None or np.isfinite(array).all():
        return None
    return Reason(code="not_finite", facts={"seen": fact(array[~np.isfinite(array)].flat[0].item())})


_FORMS: dict[type[Check], Callable[[Any, Value], Verdict | None]] = {
    NumberCheck: _number_form,
    ArrayCheck: _array_form,
    CallCheck: _call_form,
    NetworkCheck: _network_form,
    ProgramCheck: _program_form,
}


def narrowed(rubric: Rubric, wanted: Sequence[str]) -> Rubric:
    """The rubric with these questions only, and those that they need.

    An id names its question, or all questions below it: ``3`` is ``3.1`` and ``3.2``. An unknown id gives no question.
    """
    by_id = {question.id: question for question in rubric.questions}
    chosen = {q for q in by_id for name in wanted if q == name or q.startswith((f"{name}.", f"{name}("))}
    waiting_for = list(chosen)
    while waiting_for:
        question = by_id[waiting_for.pop()]
        named = {*question.needs, *(n.partition("/")[0] for c in question.checks for n in c.needs if "/" in n)}
        waiting_for += sorted((named & by_id.keys()) - chosen)
        chosen |= named & by_id.keys()
    kept = tuple(question for question in rubric.questions if question.id in chosen)
    points = {bonus: sum((q.points for q in kept if q.bonus is bonus), Fraction(0)) for bonus in (False, True)}
    return rubric.model_copy(update={"questions": kept, "points": points[False], "bonus": points[True]})
