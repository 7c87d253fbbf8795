"""What a check reads in a section of a report, without judging it: for people who look at the reading."""

from __future__ import annotations

from dataclasses import dataclass

from grader.checks.base import Check
from grader.checks.choice import ChoiceCheck
from grader.checks.cost_place import find_table
from grader.checks.cost_table import CostTableCheck, as_read_rows
from grader.checks.literals import as_text, fact
from grader.checks.relation import RelationCheck
from grader.checks.reports import ReportedCheck, read_note, read_report
from grader.checks.truth_table import TruthTableCheck
from grader.checks.unit_reports import read_unit
from grader.model.evidence import Capture
from grader.model.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """What was read and from where; without certainty `read` is empty and `from_where` holds what was found."""

    read: tuple[str, ...] = ()
    from_where: tuple[str, ...] = ()
    looks: bool = True
    """The check looks for something in a report."""


def told(check: Check, capture: Capture) -> Told:
    """What this check reads in a captured section."""
    if isinstance(check, ReportedCheck):
        reading = read_report(check.report, (capture,), check.is_array)
        return Told(looks=False) if reading is None else _noted((reading.note,) if reading.note else (), reading.verdict)
    if isinstance(check, RelationCheck):
        return _told_of_relation(check, capture)
    if isinstance(check, TruthTableCheck):
        unit = read_unit(check, (capture,))
        return Told(looks=False) if unit is None else _noted(unit.notes, unit.verdict)
    if isinstance(check, ChoiceCheck) and capture.value is not None:
        reading_ = check.reading_of(capture.value)
        excerpt = " ".join(as_text(capture.value).split())[:160]
        clear = reading_ is not None and reading_.clear
        return Told(
            tuple(sorted(reading_.chosen)) if reading_ is not None and clear else (),
            (check.telling(capture.value) if clear else excerpt,),
        )
    if isinstance(check, CostTableCheck):
        found = find_table((capture,), check.wanted)
        return Told() if found is None else _noted((read_note(*as_read_rows(found, check)),), None)
    return Told(looks=False)


def _told_of_relation(check: RelationCheck, capture: Capture) -> Told:
    """What is read of each value that stands in the question's own section."""
    found = [read_report(rule, (capture,), is_array=None) for rule in check.report.values() if not rule.heading]
    readings = [reading for reading in found if reading is not None]
    unclear = next((reading.verdict for reading in readings if reading.verdict is not None), None)
    notes = tuple(reading.note for reading in readings if reading.note is not None)
    return _noted(notes, unclear) if readings else Told(looks=False)


def _noted(notes: tuple[Reason, ...], verdict: Verdict | None) -> Told:
    read = tuple(str(note.facts["read"]) for note in notes)
    where = tuple(str(note.facts["excerpt"]) for note in notes)
    found = verdict.reason.facts.get("read", []) if verdict is not None else []
    return Told(() if verdict is not None else read, where + tuple(str(fact(each)) for each in found))
