"""Submissions are read without running, following or trusting anything."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake.submissions import Source, find_submissions, left_out, read_submission

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"language": "python"}},
    "cells": [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": ["# Problem 1\n", "text"]},
        {"id": "b", "cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None},
    ],
}


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_each_folder_file_or_zip_is_one_student_in_order_of_ids(tmp_path: Path) -> None:
    write(tmp_path / "birch" / "a.py", "x = 1")
    write(tmp_path / "aster.ipynb", json.dumps(NOTEBOOK))
    with zipfile.ZipFile(tmp_path / "cedar.zip", "w") as bundle:
        bundle.writestr("hw/a.py", "x = 1")
    write(tmp_path / ".DS_Store", "")
    assert [s.id for s in find_submissions(tmp_path)] == ["aster", "birch", "cedar"]


@pytest.mark.parametrize(("name", "sid"), [("größe 1", "größe_1"), ("作业一", "作业一"), ("=cmd|x;y", "cmd_x_y")])
def test_an_id_keeps_the_letters_of_any_script(tmp_path: Path, name: str, sid: str) -> None:
    write(tmp_path / name / "a.py", "x = 1")
    assert [s.id for s in find_submissions(tmp_path)] == [sid]


def test_an_id_fits_into_the_name_of_a_file(tmp_path: Path) -> None:
    write(tmp_path / ("伟" * 80) / "a.py", "x = 1")
    (source,) = find_submissions(tmp_path)
    assert source.id == "伟" * 66


@pytest.mark.parametrize("other", ["Aster", "aster.ipynb", "aster "])
def test_two_submissions_that_a_disk_may_take_for_one_are_refused_with_both_names(tmp_path: Path, other: str) -> None:
    write(tmp_path / "aster" / "a.py", "x = 1")
    write(tmp_path / other if "." in other else tmp_path / other / "a.py", "x = 1")
    with pytest.raises(UsageError, match=r"two submissions are called `[Aa]ster`") as caught:
        find_submissions(tmp_path)
    assert f"{other} and aster" in str(caught.value) or f"aster and {other}" in str(caught.value)


def test_files_beside_the_submissions_that_are_nobodys_work_are_named(tmp_path: Path) -> None:
    for name in ("aster.docx", "roster.csv", ".DS_Store", "birch.ipynb", "cedar/a.rar"):
        write(tmp_path / name, "x")
    assert left_out(tmp_path) == ("aster.docx", "roster.csv")
    assert left_out(tmp_path / "birch.ipynb") == ()


def test_nothing_to_grade_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to grade"):
        find_submissions(tmp_path)
    with pytest.raises(UsageError, match="there is no folder"):
        find_submissions(tmp_path / "absent")


def test_cells_know_the_headings_they_stand_under(tmp_path: Path) -> None:
    write(tmp_path / "s" / "a.ipynb", json.dumps(NOTEBOOK))
    (part,) = read_submission(Source("s", tmp_path / "s"), tmp_path).parts
    assert [(c.kind, c.source, c.headings) for c in part.cells] == [
        ("markdown", "# Problem 1\ntext", ("Problem 1",)),
        ("code", "x = 1", ("Problem 1",)),
    ]


def test_a_module_that_others_import_is_a_helper_and_not_run_by_itself(tmp_path: Path) -> None:
    write(tmp_path / "s" / "main.py", "from helper import f\n")
    write(tmp_path / "s" / "helper.py", "def f(): pass\n")
    found = read_submission(Source("s", tmp_path / "s"), tmp_path)
    assert [p.path for p in found.parts] == ["main.py"]
    assert found.files == ("helper.py", "main.py")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xff\xfe{", "not_utf8"),
        (b'{"nbformat": 4, "cells": [', "not_json"),
        (b"[]", "not_notebook"),
        (b'{"cells": []}', "not_notebook"),
        (b"version https://git-lfs.github.com/spec/v1\n", "lfs_pointer"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b"import numpy\n", "not_notebook"),
        (b'{"a": 1,\n<<<<<<< HEAD\n"b": 2\n>>>>>>> x\n}', "merge_conflict"),
        (b'{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}', "too_new"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": {"a": 1}}', "bad_cells"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, 2]}', "bad_cells"),
    ],
)
def test_a_file_that_is_no_notebook_is_named_with_a_sentence(tmp_path: Path, data: bytes, code: str) -> None:
    write(tmp_path / "s" / "a.ipynb", data)
    found = read_submission(Source("s", tmp_path / "s"), tmp_path)
    assert found.parts == ()
    assert [f.code for f in found.faults] == [code]
    assert found.faults[0].text.endswith((".", "?"))


def test_an_old_notebook_is_upgraded(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python", "collapsed": False}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "a"}, "worksheets": [{"cells": cells}]}
    write(tmp_path / "s" / "a.ipynb", json.dumps(old))
    (part,) = read_submission(Source("s", tmp_path / "s"), tmp_path).parts
    assert [c.source for c in part.cells] == ["x = 1"]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "s" / "a.ipynb", b"\xef\xbb\xbf" + json.dumps(NOTEBOOK).encode())
    assert read_submission(Source("s", tmp_path / "s"), tmp_path).faults == ()


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret.py", "x = 1")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.py").symlink_to(tmp_path / "secret.py")
    found = read_submission(Source("s", tmp_path / "s"), tmp_path)
    assert (found.files, [f.code for f in found.faults]) == ((), ["not_a_file"])


def test_a_zip_writes_nothing_outside_its_folder(tmp_path: Path) -> None:
    archive = tmp_path / "s.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("../evil.py", "x = 1")
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        bundle.writestr(link, "/etc/passwd")
        bundle.writestr("a.py", "x = 1")
    found = read_submission(Source("s", archive), tmp_path / "unpacked")
    assert found.files == ("a.py",)
    assert [f.code for f in found.faults] == ["not_a_file", "not_a_file"]
    assert not (tmp_path / "unpacked" / "evil.py").exists()


def test_a_damaged_zip_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    archive = write(tmp_path / "s.zip", b"PK\x03\x04 not really")
    assert [f.code for f in read_submission(Source("s", archive), tmp_path / "u").faults] == ["bad_zip"]


def test_the_digest_tells_an_archive_that_unpacks_with_a_fault_from_one_without(tmp_path: Path) -> None:
    def digest(*left_out: str) -> str:
        with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
            for name in ("a.py", *left_out):
                archive.writestr(name, "x = 1")
        found = read_submission(Source("s", tmp_path / "s.zip"), tmp_path / "room")
        assert found.files == ("a.py",)
        return found.digest

    assert len({digest(), digest("../b.py"), digest("../c.py"), digest("../b.py", "../c.py")}) == 4


def test_the_digest_tells_a_folder_with_a_link_from_one_without(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.py").write_text("x = 1")
    before = read_submission(Source("s", tmp_path / "s"), tmp_path)
    (tmp_path / "s" / "b.py").symlink_to("a.py")
    after = read_submission(Source("s", tmp_path / "s"), tmp_path)
    assert (before.files, before.digest != after.digest) == (after.files, True)


def test_the_digest_changes_with_any_byte_and_any_name(tmp_path: Path) -> None:
    def digest(name: str, text: str) -> str:
        folder = tmp_path / f"{name}{len(text)}{text}".replace("/", "")
        write(folder / name, text)
        return read_submission(Source("s", folder), tmp_path).digest

    assert len({digest("a.py", "x=1"), digest("a.py", "x=2"), digest("b.py", "x=1")}) == 3


def test_what_an_earlier_ci_run_left_is_no_part_of_the_work(tmp_path: Path) -> None:
    (tmp_path / "grader-results").mkdir()
    (tmp_path / "grader-results" / "summary.md").write_text("## Problem 1\n\nFalse.\n")
    (tmp_path / "hw.py").write_text("x = 1\n")
    assert read_submission(Source("aster", tmp_path), tmp_path).files == ("hw.py",)


@pytest.mark.parametrize(
    ("data", "source"),
    [
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
    ],
)
def test_a_module_is_read_in_the_encoding_it_declares(tmp_path: Path, data: bytes, source: str) -> None:
    write(tmp_path / "s" / "a.py", data)
    found = read_submission(Source("s", tmp_path / "s"), tmp_path)
    assert [c.source for p in found.parts for c in p.cells] == [source]
    assert found.faults == ()


def test_a_module_that_declares_no_encoding_must_be_utf8(tmp_path: Path) -> None:
    write(tmp_path / "s" / "a.py", "x = 'é'\n".encode("latin-1"))
    assert [f.code for f in read_submission(Source("s", tmp_path / "s"), tmp_path).faults] == ["not_utf8"]
