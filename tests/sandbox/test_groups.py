"""The memory of a whole box: which group is made where, and that each of them ends what is over."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox import groups
from grader.sandbox.groups import TRIAL, First, Second, make_group, own_groups, try_out
from grader.sandbox.tree import Tree, Watcher


def test_the_group_of_each_controller_is_read() -> None:
    text = "4:memory:/a/b\n8:cpu,cpuacct:/c\n0::/user.slice/x\n"
    assert own_groups(text) == {"memory": "/a/b", "cpu": "/c", "cpuacct": "/c", "": "/user.slice/x"}


def test_version_2_is_used_where_both_controllers_were_delegated(tmp_path: Path) -> None:
    own = tmp_path / "slice" / "scope"
    own.mkdir(parents=True)
    (own / "cgroup.subtree_control").write_text("memory")
    (own.parent / "cgroup.subtree_control").write_text("cpu memory pids")
    group = Second(TRIAL, tmp_path, {"": "/slice/scope"})
    (made,) = [p for p in own.parent.iterdir() if p.name.startswith("grader-")]
    assert ((made / "memory.max").read_text(), (made / "pids.max").read_text()) == (str(TRIAL.memory), str(TRIAL.processes))
    group.add(77)
    assert (made / "cgroup.procs").read_text() == "77"
    (made / "memory.events").write_text("low 0\noom_kill 3\n")
    assert group.close() == 3


def test_version_2_is_refused_where_a_controller_is_missing(tmp_path: Path) -> None:
    (tmp_path / "scope").mkdir()
    for folder in (tmp_path, tmp_path / "scope"):
        (folder / "cgroup.subtree_control").write_text("memory")
    with pytest.raises(PermissionError):
        Second(TRIAL, tmp_path, {"": "/scope"})


def test_a_group_of_version_1_is_removed_when_one_controller_fails(tmp_path: Path) -> None:
    (tmp_path / "memory" / "own").mkdir(parents=True)
    with pytest.raises(FileNotFoundError):
        First(TRIAL, tmp_path, {"memory": "/own", "pids": "/own"})


def test_without_groups_a_watcher_is_made(tmp_path: Path) -> None:
    assert isinstance(make_group(TRIAL, tmp_path), Watcher)


@pytest.mark.box
def test_a_tree_over_its_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert try_out() == ""


@pytest.mark.box
def test_the_watcher_ends_it_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "make_group", lambda bounds: Watcher(bounds.memory))
    assert try_out() == ""


@pytest.mark.box
def test_a_tree_within_its_memory_goes_on() -> None:
    assert "did not end" in try_out(groups.Bounds(memory=2**32, processes=16))


@pytest.mark.box
def test_all_descendants_belong_to_the_tree() -> None:
    code = "import os, time\nif os.fork() == 0 and os.fork() == 0: pass\ntime.sleep(30)"
    process = subprocess.Popen([sys.executable, "-S", "-c", code])
    try:
        tree, until = Tree(process.pid), time.monotonic() + 60
        while len(tree.members()) < 3 and time.monotonic() < until:
            time.sleep(0.02)
        members = tree.members()
        assert members[0] == process.pid
        assert len(members) == 3
        assert tree.is_over(2**20)
        assert not tree.is_over(2**33)
    finally:
        for pid in reversed(tree.members()):
            os.kill(pid, 9)
        process.wait()
