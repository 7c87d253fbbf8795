"""Every wall stands for an ordinary user as well, when the tests themselves run as root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.walls import OUTER, WALLS

ROOT = Path(__file__).parents[2]
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env")
"""`env` stands between, since setpriv itself may still start whatever root may."""
CODE = '''
import json, sys
sys.path.insert(0, sys.argv[1])
from grader.errors import BoxError
from grader.model.probe import Plan
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.sandbox.bubblewrap import try_out
from grader.sandbox.local import LocalSandbox
from grader.sandbox.walls import inspect
greedy = """
import os, time
for _ in range(2):
    if os.fork() == 0:
        x = b"x" * (200 * 2**20)
        time.sleep(2)
        os._exit(0)
x = b"x" * (200 * 2**20)
time.sleep(1)
"""
asking = "print(open('/proc/self/uid_map').read())"
cells = tuple(Cell(index=i, kind="code", source=source) for i, source in enumerate((asking, greedy)))
job = Submission(id="s", root=sys.argv[2], digest="d", parts=(Part(path="a.ipynb", kind="notebook", cells=cells),))
said = {"doctor": {r.wall.name: r.why for r in inspect()}, "outer": try_out()}
box = LocalSandbox()
try:
    run = box.run(Plan(probes=()), job, Limits(wall=20, cell=10, memory=2**28, disk=2**20)).run
    said |= {"walls": run.walls, "ended": run.ended, "detail": run.detail, "map": run.cells[0].stdout}
except BoxError as refusal:
    said["refused"] = str(refusal)
box.close()
print(json.dumps(said))
'''

pytestmark = [
    pytest.mark.box,
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="run as an ordinary user, all tests are this test"
    ),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs util-linux"),
]


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that the other user may use."""
    folder = Path(tempfile.mkdtemp(prefix="grader-ordinary-"))
    os.chown(folder, 65534, 65534)
    yield folder
    shutil.rmtree(folder)


def python(room: Path) -> Path:
    """An interpreter that the other user may start, with our libraries."""
    version = f"python3.{sys.version_info.minor}"
    for base in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if Path(base).exists() and subprocess.run([*NOBODY, base, "-c", ""], capture_output=True).returncode == 0:
            subprocess.run([base, "-m", "venv", "--without-pip", room / "venv"], check=True, capture_output=True)
            site = room / "venv" / "lib" / version / "site-packages"
            (site / "torch.py").write_text("raise ImportError('left out: walls need no torch')")
            (site / "more.pth").write_text("\n".join(p for p in sys.path if p.endswith("site-packages")))
            if subprocess.run([*NOBODY, room / "venv" / "bin" / "python", "-c", ""], capture_output=True).returncode == 0:
                return room / "venv" / "bin" / "python"
            shutil.rmtree(room / "venv")
    pytest.skip("no interpreter of this version can be started by another user")


def test_every_wall_stands_for_an_ordinary_user(room: Path) -> None:
    command = [*NOBODY, f"HOME={room}", f"TMPDIR={room}", str(python(room)), "-c", CODE, str(ROOT), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, cwd=room)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert said["doctor"] == {wall.name: "" for wall in WALLS}
    assert said["walls"] == {wall.name: "on" for wall in WALLS} | {OUTER: "off" if said["outer"] else "on"}
    assert (said["ended"], "were over its memory" in said["detail"]) == ("finished", True)
