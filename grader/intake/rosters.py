"""Rosters: a CSV that says who the students are; one that Canvas, Moodle or Gradescope wrote will do."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.model.student import Student, merged

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "submission": ("submission", "folder"),
    "canvas": ("id", "canvas", "canvas id"),
    "moodle": ("identifier", "moodle", "participant"),
    "number": ("sis user id", "id number", "sid", "student id", "student number", "number"),
    "username": ("sis login id", "username", "login"),
    "email": ("email", "email address", "e-mail"),
    "name": ("student", "name", "full name", "student name"),
    "first": ("first name", "firstname"),
    "last": ("last name", "lastname", "surname"),
    "section": ("section", "sections"),
    "graded": ("last modified (grade)",),
}
"""Field to the headings under which the platforms write it, in small letters."""
_IDENTIFYING = ("canvas", "moodle", "email", "username", "number")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One student of a roster; `submission` is our own id where the roster names it."""

    student: Student
    submission: str = ""


@dataclass(frozen=True)
class Matched:
    """Students by submission, the submissions for which the roster has nobody, and who of the roster handed in nothing."""

    students: Mapping[str, tuple[Student, ...]]
    strangers: tuple[str, ...]
    absent: tuple[str, ...] = ()
    """By name, else by what the roster has of them."""


def read_roster(path: Path) -> tuple[RosterRow, ...]:
    """The students of a CSV with one row each.

    Raises:
        UsageError: the file cannot be read, or no column of it tells who a student is.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the roster {path}: {error}") from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=";" if header.count(";") > header.count(",") else ",")
    field_of = {name: field for name in reader.fieldnames or () if (field := _field(name))}
    if not set(field_of.values()) & {"submission", "name", "last", *_IDENTIFYING}:
        known = ", ".join(names[0] for names in COLUMNS.values())
        raise UsageError(f"the roster {path} has none of the columns that tell who a student is: {known}")
    try:
        return tuple(row for cells in reader if (row := _row(cells, field_of)) is not None)
    except csv.Error as error:
        raise UsageError(f"cannot read the roster {path}: {error}") from error


def _field(heading: str) -> str:
    plain = " ".join((heading or "").casefold().split())
    return next((field for field, names in COLUMNS.items() if plain in names), "")


def _row(cells: Mapping[str, str], field_of: Mapping[str, str]) -> RosterRow | None:
    found = {field: (cells.get(heading) or "").strip() for heading, field in field_of.items()}
    if "Points Possible" in found.get("name", ""):
        return None
    first, last, submission = (found.pop(field, "") for field in ("first", "last", "submission"))
    found["name"] = found.get("name") or " ".join(part for part in (first, last) if part)
    number = re.search(r"\d+$", found.get("moodle", ""))
    found["moodle"] = number[0] if number else ""
    return RosterRow(Student(**found), submission) if any(found.values()) else None


def match(known: Mapping[str, tuple[Student, ...]], roster: tuple[RosterRow, ...]) -> Matched:
    """What a roster tells about the students of the submissions.

    A row finds its submission by our own id, by Canvas' or Moodle's id, e-mail, login or number (each of which may also be the
    submission's id), or by the name. A mark that fits several submissions finds none.
    """
    people = {(sid, place): student for sid, group in known.items() for place, student in enumerate(group or (Student(),))}
    marks = [(mark, who) for who, student in people.items() for mark in dict.fromkeys(_marks(student, who[0]))]
    times = Counter(mark for mark, _ in marks)
    owner = {mark: who for mark, who in marks if times[mark] == 1}
    met: set[str] = set()
    absent: list[str] = []
    for row in roster:
        who = next((owner[mark] for mark in _own_marks(row) if mark in owner), None)
        if who is not None:
            met.add(who[0])
            people[who] = merged(people[who], row.student)
        elif not _is_owned(row, marks):
            absent.append(_called(row))
    students = {sid: tuple(people[who] for who in people if who[0] == sid and people[who] != Student()) for sid in known}
    return Matched(students, tuple(sid for sid in known if sid not in met), tuple(absent))


def _is_owned(row: RosterRow, marks: list[tuple[tuple[str, str], tuple[str, int]]]) -> bool:
    """Some submission has a mark of this row, though one that fits several."""
    own = set(_own_marks(row))
    return any(mark in own for mark, _ in marks)


def _called(row: RosterRow) -> str:
    student = row.student
    return (
        student.name
        or row.submission
        or next((value for field in _IDENTIFYING if (value := getattr(student, field))), "a row without a name")
    )


def _marks(student: Student, submission: str) -> Iterator[tuple[str, str]]:
    """By what a roster's row may find this student."""
    yield "submission", submission
    for field in _IDENTIFYING:
        yield field, (getattr(student, field) or submission).casefold()
    yield from (("name", name) for text in (student.name, submission) for name in _names(text))


def _own_marks(row: RosterRow) -> Iterator[tuple[str, str]]:
    if row.submission:
        yield "submission", row.submission
    values = ((field, getattr(row.student, field).casefold()) for field in _IDENTIFYING)
    yield from ((field, value) for field, value in values if value)
    yield from (("name", name) for name in _names(row.student.name))


def _names(text: str) -> Iterator[str]:
    """A name without order and punctuation: ``Aster, Lily``, ``Lily Aster`` and Canvas' ``asterlily`` meet in one of these."""
    words = re.findall(r"[^\W_]+", text.casefold())
    if words:
        yield "".join(words)
        yield "".join(sorted(words))
