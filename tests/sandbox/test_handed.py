"""Files that the host opens and a box lays, without the box seeing where they come from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.model.probe import DataFile, Plan
from grader.model.submission import Submission
from grader.sandbox.handed import open_files
from grader.sandbox.inside.files import lay_handed
from grader.sandbox.inside.orders import MOST_HANDED


def job(root: Path, *files: str) -> Submission:
    return Submission(id="s", root=str(root), digest="d", parts=(), files=files)


def laid(submission: Submission, plan: Plan, home: Path) -> dict[str, bytes]:
    """What lies below the home afterwards."""
    with open_files(submission, plan) as handed:
        lay_handed(str(home / "work"), handed.fds, handed.files, handed.data)
        fds = handed.fds
    assert all(not os.path.exists(f"/proc/self/fd/{fd}") for fd in fds)
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_every_byte_arrives_whether_handed_over_alone_or_among_many(tmp_path: Path) -> None:
    root = tmp_path / "class"
    (root / "deep").mkdir(parents=True)
    own = {"a.py": b"x = 1\n", "deep/empty.txt": b"", "deep/big.bin": os.urandom(3 * 2**20), "z.txt": b"z"}
    for name, data in own.items():
        (root / name).write_bytes(data)
    many = {f"data-{number}": str(number).encode() * 9 for number in range(MOST_HANDED + 5)}
    for name, data in many.items():
        (tmp_path / name).write_bytes(data)
    plan = Plan(probes=(), data=tuple(DataFile(name=name, path=str(tmp_path / name), digest="d") for name in many))
    found = laid(job(root, *own), plan, tmp_path / "home")
    assert found == {**{f"work/{n}": d for n, d in {**own, **many}.items()}, **many}
    assert (tmp_path / "home" / "data-7").samefile(tmp_path / "home" / "work" / "data-7")


def test_links_that_lead_out_and_what_is_no_file_are_left_out_and_data_may_be_a_link(tmp_path: Path) -> None:
    root = tmp_path / "class"
    root.mkdir()
    (tmp_path / "points").write_bytes(b"1 2")
    (tmp_path / "linked").symlink_to(tmp_path / "points")
    (root / "out").symlink_to(tmp_path / "points")
    os.mkfifo(root / "pipe")
    plan = Plan(probes=(), data=(DataFile(name="points", path=str(tmp_path / "linked"), digest="d"),))
    assert laid(job(root, "out", "pipe", "gone"), plan, tmp_path / "home") == {"points": b"1 2", "work/points": b"1 2"}


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/etc/hosts"])
def test_a_name_that_leads_out_is_refused_on_both_sides(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="leads out"), open_files(job(tmp_path, name), Plan(probes=())):
        pass
    with pytest.raises(ValueError, match="leads out"):
        lay_handed(str(tmp_path / "work"), [0], [{"name": name, "size": 0, "of": 0, "at": 0}], [])
