"""A reviewer's decision: from what she sent to lines of the corrections, and back again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, TypeAlias

from grader.checks.manual import Criterion
from grader.model.base import read_fraction
from grader.model.report import CorrectedReading, Correction, Override, Withdrawal
from grader.reports.text import one_line
from grader.store.corrections import Corrections
from grader.web.slots import ItemKey, Slot

LONGEST_COMMENT = 4_000
MOST_COMMENTS = 8
_Make: TypeAlias = Callable[[Slot], Correction | None]
_MARKED = re.compile(r"\s*\[met: [^\]]*\]$")


class Unclear(Exception):
    """What was sent is no decision; the message says what is missing, for the reviewer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """So many points, why, and what only graders see."""

    points: Fraction
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What the reviewer filled in."""

    grade: str = ""
    """``full``, ``none``, ``criteria`` or ``other``."""
    criteria: tuple[int, ...] = ()
    """Numbers of those that are met."""
    other: str = ""
    """Points, or a share such as ``50%``."""
    comment: str = ""
    reused: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A slot as somebody looked at it: with so many lines about it."""

    slot: Slot
    lines: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a decision for several: for whom it is kept, and who was decided about meanwhile by somebody else."""

    kept: tuple[Slot, ...]
    meanwhile: tuple[Slot, ...]


def decide(form: Form, possible: Fraction, criteria: Sequence[Criterion]) -> Decision:
    """The decision in a form, for a check of so many points.

    Raises:
        Unclear: it holds none.
    """
    met = [criterion for number, criterion in enumerate(criteria) if number in form.criteria]
    points = _points(form, possible, met, criteria)
    comment = " ".join([*form.reused, form.comment.strip()]).strip()[:LONGEST_COMMENT]
    says = comment or {possible: "Full credit.", Fraction(0): "No credit."}.get(points, "Partial credit.")
    return Decision(
        points, says + (_marked(met, criteria) if form.criteria or form.grade == "criteria" else ""), form.note.strip()
    )


def _points(form: Form, possible: Fraction, met: Sequence[Criterion], criteria: Sequence[Criterion]) -> Fraction:
    if form.grade == "full":
        return possible
    if form.grade == "none":
        return Fraction(0)
    if form.grade == "criteria" and not met:
        raise Unclear("No criterion is ticked: tick those that are met, or choose none.")
    if form.grade == "criteria" and all(criterion.points is not None for criterion in criteria):
        return sum((criterion.points or Fraction(0) for criterion in met), Fraction(0))
    if form.grade == "other":
        return _written(form.other, possible)
    raise Unclear("Choose full, none or partial credit.")


def _written(text: str, possible: Fraction) -> Fraction:
    """Points, or with ``%`` a share of them."""
    bare = text.strip().replace(",", ".")
    try:
        points = possible * read_fraction(bare[:-1].strip()) / 100 if bare.endswith("%") else read_fraction(bare)
    except ValueError:
        raise Unclear("Partial credit is a number of points (1.5 or 3/2) or a share (50%).") from None
    if not 0 <= points <= possible:
        raise Unclear(f"Partial credit lies between 0 and the {possible} points of this check.")
    return points


def _marked(met: Sequence[Criterion], criteria: Sequence[Criterion]) -> str:
    """Which criteria are met, at the end of the reason, in words that a student understands."""

    def named(these: Iterable[Criterion]) -> str:
        return "; ".join(one_line(criterion.says).rstrip(".").replace("[", "(").replace("]", ")") for criterion in these)

    missed = [criterion for criterion in criteria if criterion not in met]
    return f" [met: {named(met) or 'none'}" + (f"; not met: {named(missed)}]" if missed else "]")


def comments(lines: Mapping[ItemKey, Sequence[Correction]], question: str, check: str) -> tuple[str, ...]:
    """What was said about this check before, the most frequent first, without what is only said for want of words."""
    bare = ("Full credit.", "No credit.", "Partial credit.")
    said = [
        _MARKED.sub("", line.reason)
        for (_, of, name), found in lines.items()
        if (of, name) == (question, check)
        for line in found
        if isinstance(line, Override)
    ]
    counted = Counter(text for text in said if text and text not in bare)
    return tuple(text for text, _ in counted.most_common(MOST_COMMENTS))


def keep(log: Corrections, looked: Sequence[Looked], decision: Decision, author: str) -> Kept:
    """Append the decision for each of these, but for those that somebody decided about since they were looked at.

    Raises:
        EvidenceError: the corrections cannot be read.
        WriteError: they cannot be written; then nothing is.
    """
    return _append(log, looked, lambda slot: _override(slot, decision, author))


def keep_reading(log: Corrections, looked: Looked, read: str, reason: str, author: str) -> Kept:
    """Append what is to be read in the place of what was read.

    Raises:
        Unclear: it is empty or far too long.
    """
    if not 0 < len(read.strip()) <= 20_000:
        raise Unclear("Write what is to be read.")
    about = _about(looked.slot, author)
    line = CorrectedReading(**about, read=read.strip(), reason=reason.strip()[:LONGEST_COMMENT] or "read by a person")
    return _append(log, [looked], lambda _: line)


def take_back(log: Corrections, looked: Sequence[Looked], author: str) -> Kept:
    """Append what undoes the last line of each: the decision before it again, or that there is none."""
    return _append(log, looked, lambda slot: _before(slot, author))


def _append(log: Corrections, looked: Sequence[Looked], make: _Make) -> Kept:
    meanwhile: list[Slot] = []

    def lines(found: tuple[Correction, ...]) -> list[Correction]:
        counts = Counter((line.submission, line.question, line.check) for line in found)
        changed = [one for one in looked if counts[one.slot.submission, one.slot.question, one.slot.check.id] != one.lines]
        meanwhile.extend(one.slot for one in changed)
        made = [make(one.slot) for one in looked if one not in changed]
        return [line for line in made if line is not None]

    log.append(lines)
    return Kept(tuple(one.slot for one in looked if one.slot not in meanwhile), tuple(meanwhile))


def _override(slot: Slot, decision: Decision, author: str) -> Override:
    return Override(**_about(slot, author), points=decision.points, reason=decision.reason, note=decision.note)


def _before(slot: Slot, author: str) -> Correction | None:
    """The line that brings back what was in force before the last line; None where there is no line."""
    if not slot.history:
        return None
    last = slot.history[-1]
    what = _subject(last)
    earlier = next((line for line in reversed(slot.history[:-1]) if _subject(line) == what), None)
    if earlier is None or isinstance(earlier, Withdrawal):
        if isinstance(last, Withdrawal):
            return None
        return Withdrawal(**_about(slot, author), withdraws="read" if what == "read" else "points", reason="taken back")
    return earlier.model_copy(update={"author": author, "time": _now()})


def _subject(line: Correction) -> str:
    return line.withdraws if isinstance(line, Withdrawal) else "points" if isinstance(line, Override) else "read"


def _about(slot: Slot, author: str) -> dict[str, Any]:
    return {"submission": slot.submission, "question": slot.question, "check": slot.check.id, "author": author, "time": _now()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
