"""Judging a report whose code was run: its words come first, and what its listings do not show is not held against it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks import Check
from grader.checks.relation import RelationCheck
from grader.checks.told import told
from grader.model.evidence import Capture, CaptureStatus, Place
from grader.model.submission import Part
from grader.model.values import Calls, Network, Section, Source
from grader.model.verdict import Reason, Verdict


def code_part(parts: Sequence[Part], question: str) -> Part | None:
    """The part made of a question's listings; None where none was."""
    return next((part for part in parts if part.made_of and part.shows == question), None)


def seen_in_report(check: Check, seen: Sequence[Capture], made: Part) -> tuple[Capture, ...]:
    """The captures without those of a listing that lacks something, and without its values where the report says them."""
    own = tuple(_own_source(c, made) for c in seen)
    without_gaps = tuple(_missing(c) if _is_gap(c, made) else c for c in own)
    section = next((c for c in seen if isinstance(c.value, Section)), None)
    if section is None or isinstance(check, RelationCheck) or not told(check, section).read:
        return without_gaps  # a relation takes what it can from the code, and the rest from the words
    return tuple(_missing(c) if c.place.part == made.path else c for c in without_gaps)


def _own_source(capture: Capture, made: Part) -> Capture:
    """Of the source of everything, the listings of this question, without what was put before them."""
    if not isinstance(capture.value, Source) or capture.place.name:
        return capture
    shown = {f"{made.path}#{cell.index}" for cell in made.cells if cell.headings}
    value = Source(texts={name: text for name, text in capture.value.texts.items() if name in shown})
    return capture.model_copy(update={"value": value, "place": Place(part=made.path)})


def _missing(capture: Capture) -> Capture:
    names = capture.looked_for or ((capture.place.name,) if capture.place.name else ())
    return Capture(status=CaptureStatus.MISSING, looked_for=names)


def _is_gap(capture: Capture, made: Part) -> bool:
    """The listing raised or took too long: an excerpt may lack what it needs."""
    if capture.place.part not in ("", made.path):
        return False
    if isinstance(capture.value, Network):
        return capture.value.error is not None
    if isinstance(capture.value, Calls):
        return any(outcome.error is not None for outcome in capture.value.outcomes)
    return capture.status in (CaptureStatus.RAISED, CaptureStatus.TIMED_OUT)


def placed_in_report(verdict: Verdict, made: Part) -> Verdict:
    """A verdict on what a listing did, at the listing's place in the report, with a note that it was run."""
    if verdict.place.part != made.path:
        return verdict
    heading = next((cell.headings[-1] for cell in made.cells if cell.headings), "")
    place = Place(part=made.made_of, heading=heading, name=verdict.place.name)
    note = Reason(code="code_of_report", facts={"heading": heading})
    return verdict.model_copy(update={"place": place, "notes": (note, *verdict.notes)})
