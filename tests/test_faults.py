"""When the machine fails half way: no result is lost, none is counted twice, and nobody pays for it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from grader.model.probe import Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.sandbox import zygote
from grader.sandbox.local import LocalSandbox

ROOT = Path(__file__).parents[1]
RUBRIC = """\
assignment: faults
title: Faults
reference: reference
limits: {wall: 20 s, cell: 5 s, probe: 2 s, memory: 1 GiB, disk: 16 MiB}
points: 2
questions:
  - id: "1"
    title: Values
    points: 2
    answer: {variables: {x: x, y: y}}
    checks:
      - {id: x, kind: number, of: x, points: 1}
      - {id: y, kind: array, of: y, points: 1}
"""
RIGHT = "import time\nimport numpy as np\nx = 3.5\ny = np.arange(4.0)\n"
NAMES = [f"student-{number}" for number in range(6)]
KILLS = 3
START = [sys.executable, "-c", "from grader.cli import main; main()"]

pytestmark = [pytest.mark.box, pytest.mark.xdist_group("faults")]


@pytest.fixture
def assignment(tmp_path: Path) -> Path:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "solution.py").write_text(RIGHT)
    (tmp_path / "rubric.yaml").write_text(RUBRIC)
    for number, name in enumerate(NAMES):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "hw.py").write_text(f"{RIGHT}time.sleep(0.2)\nnumber = {number}\n")
    return tmp_path


def command(assignment: Path, out: Path) -> list[str]:
    return [*START, "grade", str(assignment / "rubric.yaml"), str(assignment / "class"), "-o", str(out), "--jobs", "2"]


def run(assignment: Path, out: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(assignment, out), cwd=ROOT, capture_output=True, text=True, timeout=200, check=False, **more)


def points(out: Path) -> dict[str, float]:
    submissions = json.loads((out / "results.json").read_text())["submissions"]
    assert len({s["id"] for s in submissions}) == len(submissions)
    return {s["id"]: s["earned"] for s in submissions}


def test_a_run_killed_at_random_points_loses_and_doubles_nothing(assignment: Path) -> None:
    out, draw = assignment / "out", random.Random(7)
    for _ in range(KILLS):
        process = subprocess.Popen(
            command(assignment, out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(draw.uniform(0.5, 6.0))
        process.send_signal(draw.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        process.wait()
    done = run(assignment, out)
    assert done.returncode == 0, done.stderr
    assert points(out) == dict.fromkeys(NAMES, 2.0)
    first = {path: path.read_bytes() for path in (out / "evidence").glob("*.json")}
    assert run(assignment, out).returncode == 0
    assert {path: path.read_bytes() for path in first} == first, "what is stored is not observed again"


def test_a_full_disk_says_so_and_what_was_stored_counts_when_there_is_room(assignment: Path) -> None:
    out = assignment / "out"
    out.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "small", out], capture_output=True).returncode:
        pytest.skip("a small disk can be mounted only by root")
    try:
        done = run(assignment, out)
        assert done.returncode != 0
        assert "No space left" in done.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)
        done = run(assignment, out)
        assert done.returncode == 0, done.stderr
        assert points(out) == dict.fromkeys(NAMES, 2.0)
    finally:
        subprocess.run(["umount", "-l", out], check=True)


def submission(root: Path, *sources: str) -> Submission:
    cells = tuple(Cell(index=i, kind="code", source=source) for i, source in enumerate(sources))
    return Submission(id="s", root=str(root), digest="d", parts=(Part(path="a.ipynb", kind="notebook", cells=cells),))


def test_a_warm_process_killed_at_random_points_is_nobodys_wrong_answer(tmp_path: Path) -> None:
    """Either the value is there, or the box failed; and the next submission runs."""
    sandbox, draw, look = LocalSandbox(), random.Random(3), Look(names=("x",))
    job, limits = submission(tmp_path, "import time\ntime.sleep(0.3)", "x = 1"), Limits(wall=10, cell=5, probe=2)
    try:
        for _ in range(4):
            sandbox.run(Plan(probes=(look,)), submission(tmp_path, "x = 1"), limits)
            assert sandbox._boxes is not None
            victim = sandbox._boxes.zygote._process.pid
            timer = threading.Timer(draw.uniform(0.0, 0.5), os.killpg, (victim, signal.SIGKILL))
            timer.start()
            evidence = sandbox.run(Plan(probes=(look,)), job, limits)
            timer.cancel()
            seen = evidence.captures[look.key].status.value
            assert (seen, evidence.run.ended) in {
                ("captured", "finished"),
                ("box_failed", "box_failed"),
                ("captured", "box_failed"),
            }
    finally:
        sandbox.close()


def test_a_clock_that_jumps_changes_no_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines are kept on the clock that only goes forward; the wall clock only dates the run."""
    sandbox, look, days = LocalSandbox(), Look(names=("x",)), iter(range(10**6))
    monkeypatch.setattr(zygote.time, "time", lambda: 86400.0 * next(days) * (-1) ** next(days))
    try:
        evidence = sandbox.run(Plan(probes=(look,)), submission(tmp_path, "x = 1"), Limits(wall=10, cell=5, probe=2))
    finally:
        sandbox.close()
    assert (evidence.captures[look.key].status.value, evidence.run.ended) == ("captured", "finished")
    assert 0 < evidence.run.seconds < 60
