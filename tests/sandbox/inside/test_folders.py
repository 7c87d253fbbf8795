"""Folders of a box are put back, whatever code did to them."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox.inside import folders
from grader.sandbox.inside.folders import Kept

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="by /proc")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[list[Kept]]:
    (tmp_path / "home" / "work").mkdir(parents=True)
    (tmp_path / "home" / "work" / "own.txt").write_text("own")
    found = folders.keep(str(tmp_path / "home" / "work"))
    yield found
    for each in found:
        os.close(each.fd)


def moved(home: Path) -> None:
    (home / "work").rename(home / "elsewhere")


def moved_into_another(home: Path) -> None:
    (home / "deep").mkdir()
    (home / "work").rename(home / "deep" / "work")


def replaced_by_a_file(home: Path) -> None:
    moved(home)
    (home / "work").write_text("x")


def replaced_by_a_link(home: Path) -> None:
    moved(home)
    (home / "work").symlink_to("/etc")


def replaced_by_a_folder(home: Path) -> None:
    moved(home)
    (home / "work" / "full").mkdir(parents=True)


def closed(home: Path) -> None:
    (home / "work").chmod(0)
    home.chmod(0)


def home_moved(home: Path) -> None:
    home.rename(home.with_name("other"))


@pytest.mark.parametrize(
    "spoil", [moved, moved_into_another, replaced_by_a_file, replaced_by_a_link, replaced_by_a_folder, closed, home_moved]
)
def test_the_same_folder_is_in_its_place_again(kept: list[Kept], tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(tmp_path / "home")
    for each in kept:
        each.put_back()
    work = tmp_path / "home" / "work"
    assert not work.is_symlink()
    assert (work / "own.txt").read_text() == "own"
    assert stat.S_IMODE(work.stat().st_mode) & 0o700 == 0o700


def test_a_removed_folder_is_made_anew_and_kept_from_then_on(kept: list[Kept], tmp_path: Path) -> None:
    for _ in range(2):
        shutil.rmtree(tmp_path / "home" / "work")
        for each in kept:
            each.put_back()
        assert list((tmp_path / "home" / "work").iterdir()) == []


def test_what_cannot_be_put_back_is_no_error(kept: list[Kept], tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "home")
    kept[2].put_back()
    assert not (tmp_path / "home").exists()
