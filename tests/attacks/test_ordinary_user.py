"""The attack class once more, as an ordinary user, when the tests themselves run as root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.attacks.build import HERE
from tests.sandbox.test_ordinary_user import NOBODY, python
from tests.sandbox.test_ordinary_user import room as room

pytestmark = [
    pytest.mark.box,
    pytest.mark.xdist_group("attacks-ordinary-user"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="test_attacks.py is this"),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs util-linux"),
]


def test_the_whole_class_is_kept_apart_as_an_ordinary_user_too(room: Path) -> None:
    interpreter = python(room)
    next((room / "venv").rglob("torch.py")).unlink()
    setting = [f"HOME={room}", f"TMPDIR={room}", "PYTHONDONTWRITEBYTECODE=1"]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command = [*NOBODY, *setting, str(interpreter), "-m", "pytest", *options, str(HERE / "test_attacks.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, cwd=HERE.parents[1], check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    counted = re.search(r"(\d+) passed", done.stdout)
    assert counted is not None
    assert int(counted[1]) > 400
