"""Every sandbox keeps the contract."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox.base import Sandbox
from grader.sandbox.conformance import Scene
from grader.sandbox.plain import PlainSandbox
from grader.sandbox.scenes import SCENES, WALL

PLAIN = [s for s in SCENES if not s.walls and s is not WALL]
"""The whole time is kept by the same code of the host everywhere; the walled box shows it."""
pytestmark = pytest.mark.box


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SECRET", "of the host")


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.name)
def test_the_walled_box_keeps_the_contract(scene: Scene, box: Sandbox, tmp_path: Path) -> None:
    _play(scene, box, tmp_path)


@pytest.mark.parametrize("scene", PLAIN, ids=lambda s: s.name)
def test_the_plain_box_keeps_the_contract(scene: Scene, tmp_path: Path) -> None:
    _play(scene, PlainSandbox(forks=True), tmp_path)


@pytest.mark.parametrize("scene", [s for s in PLAIN if not s.forks], ids=lambda s: s.name)
def test_the_plain_box_without_fork_keeps_the_contract(scene: Scene, tmp_path: Path) -> None:
    _play(scene, PlainSandbox(forks=False), tmp_path)


def _play(scene: Scene, sandbox: Sandbox, folder: Path) -> None:
    (folder / "reference.txt").write_text("42", encoding="utf-8")
    os.mkdir(folder / "submission")
    scene.play(sandbox, folder / "submission")
