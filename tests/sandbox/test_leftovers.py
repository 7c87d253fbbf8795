"""What a killed run leaves behind: nothing that runs, and no folder or control group once the next one has looked."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import groups, holding
from grader.sandbox.conformance import is_running
from grader.sandbox.groups import TRIAL as BOUNDS
from grader.sandbox.groups import make_group
from grader.sandbox.holding import HOME, ROOM, Lost, OwnFolder, hold, make_held
from grader.sandbox.leftovers import Cleared, clear

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
OWNER = """
    import os, time
    from grader.sandbox.groups import TRIAL, make_group
    from grader.sandbox.holding import HOME, ROOM, OwnFolder
    kept = [OwnFolder(ROOM), OwnFolder(HOME), make_group(TRIAL)]
    kept[2].add(os.getpid())
    print("ready", flush=True)
    time.sleep(600)
"""
RUNNER = """
    from grader.model.probe import Plan
    from grader.model.rubric import Limits
    from grader.model.submission import Cell, Part, Submission
    from grader.sandbox.local import LocalSandbox
    cell = Cell(index=0, kind="code", source="import subprocess; subprocess.run(['sleep', '{mark}'])")
    part = Part(path="a.ipynb", kind="notebook", cells=(cell,))
    box = LocalSandbox("{isolation}")
    box.run(Plan(probes=()), Submission(id="s", root="/nowhere", digest="d", parts=(part,)), Limits(wall=60))
"""


def start(code: str, room: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(room)}, stdout=subprocess.PIPE, text=True)


def until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def groups_of(pids: list[int]) -> set[Path]:
    """The control groups of our making in which these processes are."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            own = groups.own_groups(Path(f"/proc/{pid}/cgroup").read_text())
            found |= {groups.GROUPS / name / path.lstrip("/") for name, path in own.items() if f"/{groups.PREFIX}" in path}
    return found


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(OWNER, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    kill(process)


def test_what_a_living_process_holds_stays_and_what_a_killed_one_held_is_taken_away(
    owner: subprocess.Popen[str], tmp_path: Path
) -> None:
    held = sorted(tmp_path.iterdir())
    assert [path.name.startswith(prefix) for path, prefix in zip(held, (ROOM, HOME), strict=True)] == [True, True]
    (held[1] / "work").mkdir()
    (held[1] / "work" / "left.txt").write_text("x")
    assert clear(tmp_path).folders == 0
    assert sorted(tmp_path.iterdir()) == held
    kill(owner)
    cleared = clear(tmp_path)
    assert (cleared.folders, list(tmp_path.iterdir())) == (2, [])
    assert clear(tmp_path).folders == 0


def test_a_killed_owners_control_groups_are_taken_away(owner: subprocess.Popen[str], tmp_path: Path) -> None:
    made = groups_of([owner.pid])
    if not made:
        pytest.skip("no control group can be made here")
    kill(owner)
    assert until(lambda: clear(tmp_path).groups >= 0 and not any(path.exists() for path in made))


def test_a_living_owners_control_groups_stay_even_while_nothing_is_in_them(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "60"])
    group = make_group(BOUNDS)
    try:
        clear(tmp_path)
        group.add(process.pid)
    finally:
        process.kill()
        process.wait()
        group.close()


@pytest.mark.box
@pytest.mark.usefixtures("_walls")
@pytest.mark.parametrize(("isolation", "when"), [("strict", "running"), ("best", "running"), ("strict", "warming")])
def test_after_sigkill_of_the_host_nothing_runs_on_and_nothing_stays(tmp_path: Path, isolation: str, when: str) -> None:
    mark = f"86{os.getpid() % 1000}.{len(isolation) + len(when)}"
    process = start(RUNNER.replace("{mark}", mark).replace("{isolation}", isolation), tmp_path)
    try:
        assert until(lambda: bool(children(process.pid)))
        if when == "running":
            assert until(lambda: is_running(mark))
        family = descendants(process.pid)
        made = groups_of(family)
    finally:
        kill(process)
    assert until(lambda: not any(is_alive(pid) for pid in family))
    assert any(tmp_path.iterdir())
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not any(path.exists() for path in made)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, tasks.read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    found = children(pid)
    for child in found:
        try:
            found += children(child)
        except OSError:
            continue
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_folder_that_was_taken_before_it_was_locked_is_made_anew(tmp_path: Path) -> None:
    made: list[Path] = []

    def make() -> Path:
        made.append(tmp_path / str(len(made)))
        if len(made) > 1:
            made[-1].mkdir()
        return made[-1]

    held = make_held(make)
    assert (held.path, len(made)) == (tmp_path / "1", 2)
    held.let_go()


def test_a_held_folder_cannot_be_held_twice_and_an_exchanged_one_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    first = hold(tmp_path / "a")
    with pytest.raises(Lost):
        hold(tmp_path / "a")
    first.let_go()
    monkeypatch.setattr(holding.os.path, "samestat", lambda *_: False)
    with pytest.raises(Lost):
        hold(tmp_path / "a")


def test_links_and_other_peoples_folders_are_let_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / f"{ROOM}link").symlink_to(tmp_path / "target")
    (tmp_path / f"{ROOM}file").write_text("x")
    (tmp_path / f"{ROOM}theirs").mkdir()
    stranger = os.geteuid() + 1 if os.geteuid() else 4242
    with monkeypatch.context() as patch:
        patch.setattr(holding.os, "geteuid", lambda: stranger)
        assert clear(tmp_path, tmp_path) == Cleared(0, 0)
    assert clear(tmp_path, tmp_path) == Cleared(1, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{ROOM}file", f"{ROOM}link", "target"]


def test_closing_removes_the_folder_and_lets_go_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with OwnFolder(HOME) as path:
        Path(path, "x").write_text("x")
    assert list(tmp_path.iterdir()) == []
