"""Where the toolkit is run: what a container's root may do, root of nothing but a namespace, and all of it within bubblewrap."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.walls import WALLS
from tests.sandbox.test_ordinary_user import CODE, NOBODY, ROOT, python
from tests.sandbox.test_ordinary_user import room as room

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
USER = NOBODY if IS_ROOT else ("env",)
READ_ONLY = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--unshare-all")
RUBRIC = """\
assignment: within
title: Within
reference: reference
limits: {wall: 20 s, cell: 5 s, probe: 2 s, memory: 1 GiB, disk: 16 MiB}
points: 2
questions:
  - id: "1"
    title: Values
    points: 2
    answer: {variables: {x: x}}
    checks: [{id: x, kind: number, of: x, points: 2}]
"""
NOSY = "import os\nx = 1.0\nprint([os.path.exists('ROOM' + name) for name in ('/reference', '/rubric.yaml', '/class', '/out')])\n"

pytestmark = [
    pytest.mark.box,
    pytest.mark.usefixtures("_walls"),
    pytest.mark.skipif(not (shutil.which("setpriv") and shutil.which("unshare")), reason="needs util-linux"),
]
with_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
as_root = pytest.mark.skipif(not IS_ROOT, reason="needs root to begin with")


def report(around: Sequence[str], room: Path) -> dict[str, Any]:
    """What the doctor says in there, and how a box goes."""
    command = [*around, "env", f"HOME={room}", f"TMPDIR={room}", str(python(room)), "-c", CODE, str(ROOT), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, cwd="/")
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def within(room: Path) -> list[str]:
    """Bubblewrap around it, with what its own /tmp would hide."""
    libraries = [path for path in (str(ROOT), *sys.path) if path.endswith("site-packages") or path == str(ROOT)]
    shown = [argument for path in libraries for argument in ("--ro-bind", path, path)]
    return [*USER, "bwrap", *READ_ONLY, *shown, "--bind", str(room), str(room)]


@as_root
def test_a_containers_root_who_may_not_mount_becomes_another_user(room: Path) -> None:
    room.chmod(0o755)
    said = report(["setpriv", "--bounding-set=-sys_admin"], room)
    assert said["doctor"] == {wall.name: "" for wall in WALLS}
    assert said["walls"]["identity"] == "on"
    assert said["map"].split() == ["1000", "65534", "1"]


def test_root_of_a_namespace_alone_is_the_ordinary_user_who_made_it(room: Path) -> None:
    said = report([*USER, "unshare", "--user", "--map-root-user"], room)
    assert said["doctor"] == {wall.name: "" for wall in WALLS}
    assert {said["walls"][wall.name] for wall in WALLS} == {"on"}


@as_root
def test_root_who_is_root_outside_as_well_and_has_nobody_to_become_is_told(room: Path) -> None:
    room.chmod(0o755)
    said = report(["unshare", "--user", "--map-root-user"], room)
    assert "no other user" in said["doctor"]["identity"]
    assert "no other user" in said["refused"]


@with_bubblewrap
def test_a_class_is_graded_within_bubblewrap(room: Path) -> None:
    """Its root read-only, its own processes, network and /tmp: nothing else is needed."""
    for name, text in {
        "rubric.yaml": RUBRIC,
        "reference/solution.py": "x = 3.5\n",
        "class/right/hw.py": "x = 3.5\n",
        "class/nosy/hw.py": NOSY.replace("ROOM", str(room)),
    }.items():
        (room / name).parent.mkdir(parents=True, exist_ok=True)
        (room / name).write_text(text)
    if IS_ROOT:
        subprocess.run(["chown", "-R", "65534:65534", room], check=True)
    start = [str(python(room)), "-c", "from grader.cli import main; main()"]
    own = ["env", f"HOME={room}", f"PYTHONPATH={ROOT}", "PYTHONDONTWRITEBYTECODE=1"]
    command = [*within(room), *own, *start, "grade", str(room / "rubric.yaml"), str(room / "class"), "-o", str(room / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, cwd="/")
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads((room / "out" / "results.json").read_text())["submissions"]
    assert {s["id"]: s["earned"] for s in results} == {"right": 2.0, "nosy": 0.0}
    evidence = "".join(path.read_text() for path in (room / "out" / "evidence").glob("*.json"))
    assert "[False, False, False, False]" in evidence
    assert '"landlock":"on"' in evidence
