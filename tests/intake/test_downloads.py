"""Downloads of Canvas, Moodle and Gradescope become one submission a student, under an id that stays the same."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.intake.layout import lay_out
from grader.intake.sources import Member
from grader.intake.submissions import Source, find_submissions, read_submission
from grader.model.student import Student
from grader.model.submission import Submission

CODE = "x = 1\n"
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
METADATA = """\
---
submission_71:
  :submitters:
  - :name: Lily Aster
    :sid: 'S-77'
    :email: lily@plants.example
  :created_at: 2026-02-03 10:00:00.000000000 Z
  :score: 8.0
  :history: !ruby/object:Plant
    - 1
submission_72:
  :submitters:
  - :name: Royal Fern
    :sid:
    :email: royal@plants.example
  - :name: Water Cress
    :sid: 'S-79'
    :email: cress@plants.example
  :created_at: 2026-02-03 11:00:00.000000000 Z
"""

CANVAS = {
    "asterlily_LATE_501_88_hw1.ipynb": NOTEBOOK,
    "asterlily_LATE_501_89_helper-1.py": "def f(): pass\n",
    "fernroyal_502_90_main.py": CODE,
    "cresswater_503_text.html": "<p>see notebook</p>",
}
MOODLE = {
    "Lily Aster_9001_assignsubmission_file_/hw1.ipynb": NOTEBOOK,
    "Lily Aster_9001_assignsubmission_file_/data/a.csv": "1\n",
    "Lily Aster_9001_assignsubmission_onlinetext_/onlinetext.html": "<p>done</p>",
    "Royal Fern_9002_assignsubmission_file/main.py": CODE,
}
GRADESCOPE = {
    "submission_metadata.yml": METADATA,
    "submission_71/hw1.ipynb": NOTEBOOK,
    "submission_72/main.py": CODE,
    "submission_72/pkg/more.py": CODE,
}


def download(folder: Path, files: Mapping[str, str | bytes], how: str, below: str = "") -> Path:
    """The files as a zip or as a folder."""
    folder.mkdir(exist_ok=True)
    if how == "zip":
        with zipfile.ZipFile(folder / "submissions.zip", "w") as bundle:
            for name, text in files.items():
                bundle.writestr(f"{below}{name}", text)
        return folder / "submissions.zip"
    for name, text in files.items():
        path = folder / "class" / f"{below}{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "class"


def submissions(tmp_path: Path, files: Mapping[str, str | bytes], how: str, below: str = "") -> dict[str, Submission]:
    sources = find_submissions(download(tmp_path, files, how, below))
    return {source.id: read_submission(source, tmp_path / "unpacked") for source in sources}


both_ways = pytest.mark.parametrize("how", ["zip", "folder"])


@both_ways
def test_canvas_files_go_to_their_students_under_their_own_names(tmp_path: Path, how: str) -> None:
    found = submissions(tmp_path, CANVAS, how)
    assert {sid: one.files for sid, one in found.items()} == {
        "asterlily_501": ("helper.py", "hw1.ipynb"),  # Canvas wrote helper-1.py, which nothing could import
        "fernroyal_502": ("main.py",),
        "cresswater_503": ("text.html",),
    }
    assert found["asterlily_501"].students == (
        Student(name="asterlily", canvas="501", download="asterlily_LATE_501_88_hw1.ipynb"),
    )


def test_canvas_marks_of_lateness_are_kept_and_those_of_others_are_none(tmp_path: Path) -> None:
    names = ("asterlily_501_87_notes.txt", "anon_ab12_90_LATE_hw.py", "late_504_91_main.py", "LATE_anon_cd34_92_hw.py")
    found = find_submissions(download(tmp_path, {**CANVAS, **dict.fromkeys(names, "x\n")}, "folder"))
    late = {source.id for source in found if source.marked_late}
    assert late == {"asterlily_501", "anon_cd34"}
    assert read_submission(found[0], tmp_path / "room").marked_late == (found[0].id in late)


def test_an_id_from_canvas_outlives_a_second_hand_in(tmp_path: Path) -> None:
    again = {"asterlily_LATE_501_97_hw1-1.ipynb": NOTEBOOK}
    assert list(submissions(tmp_path / "a", {"asterlily_501_88_hw1.ipynb": NOTEBOOK}, "zip")) == ["asterlily_501"]
    assert list(submissions(tmp_path / "b", again, "zip")) == ["asterlily_501"]


def test_the_same_work_has_the_same_digest_whatever_canvas_calls_it(tmp_path: Path) -> None:
    first = submissions(tmp_path / "a", {"asterlily_501_88_main.py": CODE}, "zip")["asterlily_501"]
    second = submissions(tmp_path / "b", {"asterlily_LATE_501_97_main.py": CODE}, "folder")["asterlily_501"]
    assert first.digest == second.digest


def test_blind_marking_in_canvas_gives_the_anonymous_id(tmp_path: Path) -> None:
    found = submissions(tmp_path, {"anon_Ab1cd_88_hw1.ipynb": NOTEBOOK, "LATE_anon_Xy2zt_89_hw1.ipynb": NOTEBOOK}, "folder")
    assert {sid: one.files for sid, one in found.items()} == {"anon_Ab1cd": ("hw1.ipynb",), "anon_Xy2zt": ("hw1.ipynb",)}


def test_a_zip_handed_in_through_canvas_is_unpacked(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as bundle:
        bundle.writestr("main.py", CODE)
        bundle.writestr("../evil.py", CODE)
    found = submissions(tmp_path, {"asterlily_501_88_hw1.zip": inner.getvalue()}, "zip")["asterlily_501"]
    assert found.files == ("main.py",)
    assert [fault.code for fault in found.faults] == ["not_a_file"]
    assert not list(tmp_path.rglob("evil.py"))


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    found = submissions(tmp_path, {"asterlily_501_88_hw1.ipynb": NOTEBOOK, "asterlily_501_89_hw1.ipynb": NOTEBOOK}, "zip")
    assert found["asterlily_501"].files == ("1_hw1.ipynb", "hw1.ipynb")


@both_ways
def test_moodle_folders_go_to_their_participants(tmp_path: Path, how: str) -> None:
    found = submissions(tmp_path, MOODLE, how)
    assert {sid: one.files for sid, one in found.items()} == {
        "Lily_Aster_9001": ("data/a.csv", "hw1.ipynb", "onlinetext.html"),
        "Royal_Fern_9002": ("main.py",),
    }
    assert [one.students for one in found.values()] == [
        (Student(name="Lily Aster", moodle="9001", download="Lily Aster_9001_assignsubmission_file_"),),
        (Student(name="Royal Fern", moodle="9002", download="Royal Fern_9002_assignsubmission_file"),),
    ]


def test_moodle_files_without_folders_are_known_too(tmp_path: Path) -> None:
    (found,) = submissions(tmp_path, {"Lily Aster_9001_assignsubmission_file_my_hw.py": CODE}, "folder").values()
    assert (found.id, found.files) == ("Lily_Aster_9001", ("my_hw.py",))
    assert found.students[0].download == "Lily Aster_9001_assignsubmission_file"


@both_ways
@pytest.mark.parametrize("below", ["", "assignment_5_export/"])
def test_gradescope_exports_go_to_their_submitters(tmp_path: Path, how: str, below: str) -> None:
    found = submissions(tmp_path, GRADESCOPE, how, below)
    assert {sid: one.files for sid, one in found.items()} == {
        "S-77": ("hw1.ipynb",),
        "S-79+royal@plants.example": ("main.py", "pkg/more.py"),
    }
    assert found["S-77"].students == (
        Student(name="Lily Aster", email="lily@plants.example", number="S-77", download="submission_71"),
    )
    assert [one.handed_in for one in found.values()] == ["2026-02-03T10:00:00+00:00", "2026-02-03T11:00:00+00:00"]
    assert [student.name for student in found["S-79+royal@plants.example"].students] == ["Royal Fern", "Water Cress"]


@pytest.mark.parametrize("metadata", ["", "- a\n- b\n", "{", "submission_71: 3\n", "submission_71: {':submitters': [1]}\n"])
def test_gradescope_submissions_without_a_usable_list_keep_their_folders_name(tmp_path: Path, metadata: str) -> None:
    found = submissions(tmp_path, {"submission_metadata.yml": metadata, "submission_71/main.py": CODE}, "folder")
    assert {sid: one.students for sid, one in found.items()} == {"submission_71": ()}


def test_a_metadata_file_builds_no_objects(tmp_path: Path) -> None:
    text = f"submission_71: !!python/object/apply:pathlib.Path.touch [{tmp_path / 'made'}]\n"
    submissions(tmp_path, {"submission_metadata.yml": text, "submission_71/main.py": CODE}, "folder")
    assert not (tmp_path / "made").exists()


def test_an_ordinary_class_is_no_download(tmp_path: Path) -> None:
    root = download(tmp_path, {"aster/hw_1.py": CODE, "birch_2/a.py": CODE, "cedar.ipynb": NOTEBOOK}, "folder")
    assert [source.id for source in find_submissions(root)] == ["aster", "birch_2", "cedar"]
    one = download(tmp_path / "x", {"main.py": CODE, "sub/a.py": CODE}, "zip")
    assert find_submissions(one) == (Source("submissions", one),)


def test_a_roster_beside_a_canvas_download_is_no_submission(tmp_path: Path) -> None:
    found = submissions(tmp_path, {"asterlily_501_88_hw1.ipynb": NOTEBOOK, "grades.csv": "Student,ID\n"}, "folder")
    assert list(found) == ["asterlily_501"]


def test_links_and_paths_that_lead_out_of_a_download_are_left_out(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("Lily Aster_9001_assignsubmission_file_/../../evil.py", CODE)
        link = zipfile.ZipInfo("Lily Aster_9001_assignsubmission_file_/link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        bundle.writestr(link, "/etc/passwd")
        bundle.writestr("Lily Aster_9001_assignsubmission_file_/main.py", CODE)
    (source,) = find_submissions(archive)
    assert read_submission(source, tmp_path / "unpacked").files == ("main.py",)


def test_nothing_is_laid_outside_a_submission_and_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(CODE)
    members = (
        Member("../evil.py", tmp_path / "own.py"),
        Member("gone.py", tmp_path / "absent.py"),
        Member("main.py", tmp_path / "own.py"),
    )
    faults = lay_out(members, tmp_path / "in" / "s")
    assert [(fault.path, fault.code) for fault in faults] == [("../evil.py", "not_a_file"), ("gone.py", "unreadable")]
    assert [path.name for path in (tmp_path / "in").rglob("*.py")] == ["main.py"]
