"""Where one check of one submission stands: what the toolkit found, what people decided since, and who gave the same answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from grader.grading.items import Item
from grader.model.report import CheckReport, CorrectedReading, Correction, Override, Report
from grader.model.verdict import Status
from grader.store.corrections import in_force

ItemKey: TypeAlias = tuple[str, str, str]
"""Submission, question and check."""
State: TypeAlias = Literal["waiting", "done", "judged"]
"""A person has to decide; a person did; the toolkit did."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One check of one submission."""

    submission: str
    number: str
    question: str
    check: CheckReport
    state: State
    history: tuple[Correction, ...] = ()
    override: Override | None = None
    reading: CorrectedReading | None = None

    @property
    def is_for_people(self) -> bool:
        return self.state != "judged"

    @property
    def stamp(self) -> str:
        """Changes whenever somebody decides."""
        return str(len(self.history))

    @property
    def earned(self) -> Fraction | None:
        """Points as they stand now; None while a person is waited for."""
        verdict = self.check.verdict
        if self.override is not None:
            return min(max(self.override.points, Fraction(0)), self.check.possible)
        return None if verdict.credit is None else self.check.possible * verdict.credit


@dataclass(frozen=True, slots=True)
class Group:
    """Submissions with the same answer to a check, for the same reason where it stands."""

    slots: tuple[Slot, ...]

    @property
    def head(self) -> Slot:
        """The one that is shown for all: the first that waits."""
        return next((slot for slot in self.slots if slot.state == "waiting"), self.slots[0])

    @property
    def waiting(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.state == "waiting")

    @property
    def others(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot is not self.head)


def checks_of(report: Report) -> dict[str, CheckReport]:
    """The checks of a report by their names."""
    return {f"{question.id}/{check.id}": check for question in report.questions for check in question.checks}


def slots_of(
    item: Item,
    checked: Mapping[str, Mapping[str, CheckReport]],
    lines: Mapping[ItemKey, tuple[Correction, ...]],
    numbers: Mapping[str, str],
) -> Iterator[Slot]:
    """The check in every submission that has it; `checked` by submission and name."""
    for submission, checks in checked.items():
        check = checks.get(item.name)
        if check is None:
            continue
        history = lines.get((submission, item.question.id, item.check.id), ())
        current = in_force(history)
        override = next((one for one in current if isinstance(one, Override)), None)
        reading = next((one for one in current if isinstance(one, CorrectedReading)), None)
        waits = _waits(check, submission, checks, lines)
        state: State = "done" if override else "waiting" if waits else "done" if reading else "judged"
        yield Slot(submission, numbers[submission], item.question.id, check, state, history, override, reading)


def _waits(
    check: CheckReport, submission: str, checks: Mapping[str, CheckReport], lines: Mapping[ItemKey, tuple[Correction, ...]]
) -> bool:
    """It is undecided; or what blocked it was judged wrong, and a person gave points for that since."""
    verdict = check.verdict
    if verdict.status is not Status.BLOCKED:
        return verdict.status is Status.UNDECIDED
    needed = str(verdict.reason.facts.get("check", ""))
    question, _, name = needed.partition("/")
    given = in_force(lines.get((submission, question, name), ()))
    return needed in checks and any(isinstance(one, Override) and one.points > 0 for one in given)


def groups_of(slots: Sequence[Slot], digests: Mapping[str, str]) -> tuple[Group, ...]:
    """Equal answers together, in the order of their first; an answer of which nothing is known is like no other."""
    found: defaultdict[tuple[str, ...], list[Slot]] = defaultdict(list)
    for slot in slots:
        verdict, digest = slot.check.verdict, digests[slot.submission]
        same = (verdict.status.value, verdict.reason.code, digest) if digest else ("alone", slot.submission)
        found[same].append(slot)
    return tuple(Group(tuple(group)) for group in found.values())


def points_at_stake(slots: Iterable[Slot]) -> Fraction:
    """Points that wait for a decision."""
    return sum((slot.check.possible for slot in slots if slot.state == "waiting"), Fraction(0))
