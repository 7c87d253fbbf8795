"""A roster finds its students by whatever a platform calls them, and never guesses between two."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake.rosters import RosterRow, match, read_roster
from grader.model.student import Student

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,HW1 (4321)
    Points Possible,,,,,100
"Aster, Lily",501,S-77,lily1,Beds 1,
"Fern, Royal",502,S-78,royal,Beds 2,
"""
MOODLE = """\
\ufeffIdentifier,Full name,Email address,Grade,Last modified (grade)
Participant 9001,Lily Aster,lily@plants.example,,"Tuesday, 3 February 2026, 10:00 AM"
"""
GRADESCOPE = "First Name;Last Name;SID;Email\nLily;Aster;S-77;lily@plants.example\n"


def roster(tmp_path: Path, text: str) -> tuple[RosterRow, ...]:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path)


def test_a_gradebook_of_canvas_is_a_roster(tmp_path: Path) -> None:
    first, second = roster(tmp_path, CANVAS)
    assert first.student == Student(name="Aster, Lily", canvas="501", number="S-77", username="lily1", section="Beds 1")
    assert second.student.canvas == "502"


def test_a_worksheet_of_moodle_is_a_roster(tmp_path: Path) -> None:
    (row,) = roster(tmp_path, MOODLE)
    assert row.student == Student(
        name="Lily Aster", moodle="9001", email="lily@plants.example", graded="Tuesday, 3 February 2026, 10:00 AM"
    )


def test_a_roster_of_gradescope_with_semicolons_is_a_roster(tmp_path: Path) -> None:
    (row,) = roster(tmp_path, GRADESCOPE)
    assert row.student == Student(name="Lily Aster", number="S-77", email="lily@plants.example")


@pytest.mark.parametrize("text", ["", "Grade,Points\n1,2\n"])
def test_a_file_that_names_nobody_is_refused_with_the_columns_it_may_have(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="none of the columns"):
        roster(tmp_path, text)
    with pytest.raises(UsageError, match="cannot read the roster"):
        read_roster(tmp_path / "absent.csv")


LILY = Student(name="Aster, Lily", canvas="501", number="S-77", username="lily1")


@pytest.mark.parametrize(
    ("submission", "known"),
    [
        ("lily1", ()),
        ("S-77", ()),
        ("501", ()),
        ("Lily_Aster", ()),
        ("asterlily_501", (Student(name="asterlily", canvas="501"),)),
        ("x", (Student(username="LILY1"),)),
        ("x", (Student(name="Lily Aster", moodle="9001"),)),
    ],
)
def test_a_row_finds_its_submission(submission: str, known: tuple[Student, ...]) -> None:
    found = match({submission: known, "other": ()}, (RosterRow(LILY),))
    (student,) = found.students[submission]
    assert (student.canvas, student.name) == ("501", "Aster, Lily")
    assert student.moodle == (known[0].moodle if known else "")
    assert (found.strangers, found.students["other"]) == (("other",), ())


def test_our_own_id_counts_before_everything_else() -> None:
    found = match({"lily1": (), "bed": ()}, (RosterRow(LILY, submission="bed"),))
    assert (found.students["bed"], found.students["lily1"]) == ((LILY,), ())


def test_a_name_that_two_bear_finds_neither() -> None:
    known = {"a": (Student(name="Lily Aster", moodle="1"),), "b": (Student(name="Aster Lily", moodle="2"),)}
    found = match(known, (RosterRow(LILY),))
    assert found.strangers == ("a", "b")
    assert found.students == known


def test_each_member_of_a_group_is_found() -> None:
    known = {"team": (Student(email="lily@plants.example"), Student(email="royal@plants.example"))}
    rows = (
        RosterRow(Student(email="Royal@plants.example", canvas="502")),
        RosterRow(Student(email="lily@plants.example", canvas="501")),
    )
    assert [student.canvas for student in match(known, rows).students["team"]] == ["501", "502"]


def test_who_of_the_roster_handed_in_nothing_is_named() -> None:
    rows = (
        RosterRow(LILY),
        RosterRow(Student(name="Bed, Rose")),
        RosterRow(Student(canvas="77")),
        RosterRow(Student(), submission="iris"),
    )
    assert match({"x": (LILY,)}, rows).absent == ("Bed, Rose", "77", "iris")


def test_who_may_be_one_of_two_is_not_said_to_have_handed_in_nothing() -> None:
    twins = {"a": (Student(name="Lily Aster", canvas="1"),), "b": (Student(name="Lily Aster", canvas="2"),)}
    found = match(twins, (RosterRow(Student(name="Aster, Lily")),))
    assert (found.strangers, found.absent) == (("a", "b"), ())
