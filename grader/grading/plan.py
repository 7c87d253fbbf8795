"""Plans: what is observed in every submission, and what the reference is asked for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.checks import Rubric
from grader.checks.base import Also, Mistake
from grader.grading.items import Item, items_of
from grader.model.evidence import Capture, CaptureStatus, Evidence
from grader.model.probe import Call, Case, DataFile, Plan, Probe, Read, unique


def plan_submission(rubric: Rubric, data: tuple[DataFile, ...] = ()) -> Plan:
    """All the probes of a rubric, each once, and what a report says under the heading of each question."""
    probes = [probe for item in items_of(rubric) for probe in item.probes]
    written = [Read(headings=question.answer.headings) for question in rubric.questions if question.answer.headings]
    return _plan(rubric, unique((*probes, *(written if "report" in rubric.accepts else ()))), data)


def plan_reference(rubric: Rubric, probes: tuple[Probe, ...], data: tuple[DataFile, ...] = ()) -> Plan:
    """These probes, to be made in the reference."""
    return _plan(rubric, unique(probes), data)


def _plan(rubric: Rubric, probes: tuple[Probe, ...], data: tuple[DataFile, ...]) -> Plan:
    return Plan(
        probes=probes,
        data=data,
        seed=rubric.seed,
        stop_on_error=rubric.stop_on_error,
        imports=rubric.environment.imports,
        runner=rubric.runner,
        kernel=rubric.kernel,
    )


def seen_by(item: Item, evidence: Evidence) -> tuple[Capture, ...] | None:
    """The captures of a check's probes; None when one of them was never made (the rubric is newer than the evidence)."""
    captures = [evidence.capture(probe) for probe in item.probes]
    return None if None in captures else tuple(c for c in captures if c is not None)


def asked_of_reference(item: Item, seen: tuple[Capture, ...]) -> tuple[Probe, ...]:
    """What this check and its known other answers ask of the reference, given what was seen."""
    probes = list(item.check.expected_probes(item.question.answer, seen))
    for other in others(item):
        if other.expect:
            probes += item.check.expected_probes(item.question.answer, seen, oracle=other.expect)
    return tuple(probes)


def others(item: Item) -> Iterator[Also | Mistake]:
    """The known other answers of a check: first the right ones, then the wrong ones."""
    yield from item.check.also
    yield from item.check.mistakes


def follow_probe(item: Item, seen_of: Mapping[str, tuple[Capture, ...]]) -> Call | None:
    """The call that gives what is right given the student's own earlier values; None when one of these was not captured."""
    follow = item.check.follow_through
    if follow is None:
        return None
    values = []
    for name in follow.from_:
        captures = seen_of.get(item.resolve(name), ())
        found = next((c.value for c in captures if c.status is CaptureStatus.CAPTURED and c.value is not None), None)
        if found is None:
            return None
        values.append(found)
    return Call(names=(follow.using,), cases=(Case(args=tuple(values)),))
