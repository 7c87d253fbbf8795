"""Bubblewrap around the warm process, and around the whole of the toolkit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model.probe import DataFile, Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Text
from grader.sandbox import bubblewrap
from grader.sandbox.bubblewrap import PROGRAM, try_out
from grader.sandbox.local import LocalSandbox
from grader.sandbox.tree import Tree
from grader.sandbox.walls import OUTER, WALLS

ROOT = Path(__file__).parents[2]
LIMITS = Limits(wall=30, cell=10, probe=5)
installed = pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="bubblewrap is not installed: apt-get install bubblewrap")


@pytest.fixture
def untried() -> Iterator[None]:
    """What was tried before is forgotten, before and after."""
    try_out.cache_clear()
    yield
    try_out.cache_clear()


def submission(root: Path) -> Submission:
    cell = Cell(index=0, kind="code", source="found = open('data.txt').read() + open('own.txt').read()")
    part = Part(path="a.ipynb", kind="notebook", cells=(cell,))
    return Submission(id="s", root=str(root), digest="d", parts=(part,), files=("own.txt",))


@installed
@pytest.mark.box
@pytest.mark.usefixtures("_walls")
def test_the_warm_process_sees_nothing_of_the_host_and_boxes_get_their_files_all_the_same(tmp_path: Path) -> None:
    if why := try_out():
        pytest.skip(f"bubblewrap does not work here: {why}")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "own.txt").write_text(" own")
    (tmp_path / "data.txt").write_text("data")
    look = Look(names=("found",))
    plan = Plan(probes=(look,), data=(DataFile(name="data.txt", path=str(tmp_path / "data.txt"), digest="d"),))
    box = LocalSandbox()
    try:
        evidence = box.run(plan, submission(tmp_path / "class"), LIMITS)
        assert box._boxes is not None
        _, _, warm, *_ = Tree(box._boxes.zygote._process.pid).members()  # bwrap, its first process in there, the warm one, boxes
        root = Path(f"/proc/{warm}/root")
        assert (root / "usr").is_dir()
        hidden = (tmp_path, ROOT / "tests", ROOT / "rubrics", "/etc/shadow")
        assert [place for place in hidden if (root / str(place).lstrip("/")).exists()] == []
        spaces = ("pid", "net", "mnt", "ipc", "uts")
        shared = [name for name in spaces if os.readlink(f"/proc/{warm}/ns/{name}") == os.readlink(f"/proc/self/ns/{name}")]
    finally:
        box.close()
    seen = evidence.captures[look.key].value
    assert isinstance(seen, Text)
    assert seen.text == "data own"
    assert shared == []
    assert evidence.run.walls == {wall.name: "on" for wall in WALLS} | {OUTER: "on"}
    assert not Path(f"/proc/{warm}").exists()


@pytest.mark.usefixtures("untried")
def test_where_it_is_not_installed_it_is_said_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "PROGRAM", str(tmp_path / "bwrap"))
    assert try_out() == f"{tmp_path / 'bwrap'} is not installed"
    box = LocalSandbox()
    assert not box._is_wrapped
    box.close()


@pytest.mark.usefixtures("untried")
def test_where_it_does_not_work_its_own_words_are_said_and_it_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "PROGRAM", str(fake))
    assert try_out() == "bwrap: setting up uid map: Permission denied"
    box = LocalSandbox()
    assert not box._is_wrapped
    box.close()


def test_only_strict_has_an_outer_wall_and_only_if_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "try_out", lambda python: "")
    made = [LocalSandbox("strict"), LocalSandbox("strict", outer=False), LocalSandbox("best")]
    assert [box._is_wrapped for box in made] == [True, False, False]
    for box in made:
        box.close()
