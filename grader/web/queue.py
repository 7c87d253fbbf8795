"""What waits, and in which order one goes through it: check by check over all submissions, not student by student."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.grading.items import Item
from grader.web.assignment import Assignment
from grader.web.slots import Group, Slot, points_at_stake


@dataclass(frozen=True, slots=True)
class Row:
    """One check: how many submissions wait, how many people decided, the points at stake, and where to begin."""

    number: int
    item: Item
    waiting: int
    done: int
    points: Fraction
    first: str
    """Number of the student whose answer is shown first; "" where nothing waits."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The checks of an assignment that people decide, or decided."""

    assignment: Assignment
    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    """The checks that the toolkit judges, all of them."""

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)

    @property
    def done(self) -> int:
        return sum(row.done for row in self.rows)

    @property
    def points(self) -> Fraction:
        return sum((row.points for row in self.rows), Fraction(0))


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One check of one submission."""

    number: int
    item: Item
    slot: Slot


def queue(assignment: Assignment) -> Queue:
    """What is to be decided in an assignment, in the rubric's order."""
    rows = [_row(assignment, number) for number in range(len(assignment.items))]
    is_ours = [bool(row.waiting or row.done) for row in rows]
    return Queue(
        assignment,
        tuple(row for row, ours in zip(rows, is_ours, strict=True) if ours),
        tuple(row for row, ours in zip(rows, is_ours, strict=True) if not ours),
    )


def _row(assignment: Assignment, number: int) -> Row:
    slots = assignment.slots(number)
    waiting = [slot for slot in slots if slot.state == "waiting"]
    done = sum(slot.state == "done" for slot in slots)
    return Row(number, assignment.items[number], len(waiting), done, points_at_stake(slots), waiting[0].number if waiting else "")


def student_rows(assignment: Assignment, student: str) -> tuple[StudentRow, ...]:
    """Every check of one submission, by its number."""
    found = ((number, item, assignment.slot(number, student)) for number, item in enumerate(assignment.items))
    return tuple(StudentRow(number, item, slot) for number, item, slot in found if slot is not None)


def place_of(groups: Sequence[Group], slot: Slot) -> int | None:
    """Where in these groups the slot is; None where it is in none (the toolkit judged it)."""
    return next((place for place, group in enumerate(groups) if any(one.number == slot.number for one in group.slots)), None)


def before(groups: Sequence[Group], slot: Slot) -> Slot | None:
    """The answer before this one."""
    place = place_of(groups, slot)
    return groups[place - 1].head if place else None


def after(groups: Sequence[Group], slot: Slot) -> Slot | None:
    """The answer after this one."""
    place = place_of(groups, slot)
    return groups[place + 1].head if place is not None and place + 1 < len(groups) else None


def next_waiting(groups: Sequence[Group], slot: Slot) -> Slot | None:
    """The next answer that waits, from the beginning again after the last; None where none does."""
    place = place_of(groups, slot)
    begin = 0 if place is None else place + 1
    return next((group.head for group in (*groups[begin:], *groups[:begin]) if group.waiting), None)


def next_row(assignment: Assignment, number: int) -> Row | None:
    """The next check in which something waits, from the first again after the last."""
    rows = [row for row in queue(assignment).rows if row.waiting]
    return next((row for row in (*(r for r in rows if r.number > number), *rows)), None)
