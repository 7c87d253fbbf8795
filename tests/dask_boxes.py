"""Boxes for the workers of a test's cluster, which take them in place of real ones without walls: they only read.

A submission's file says what happens: lines ``name = number``; ``wait`` is in seconds, ``dies`` is 1 or 2 (once, always). What
happened is left as files in a folder that all processes of the test know.
"""

from __future__ import annotations

import os
import signal
import threading
import uuid
from pathlib import Path

import pytest

from grader.checks.literals import to_value
from grader.cluster.setting import Setting
from grader.errors import BoxError
from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.probe import Look, Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.sandbox.base import Sandbox

FOLDER = "GRADER_TEST_TRACES"
"""The environment's name of that folder."""
NO_WALLS = "no_walls"
"""Boxes that import this cannot be built."""


class ReadingBox:
    """Implements `Sandbox`; each leaves a file ``box-...`` when it is made, and ``ran-...`` in it for every run."""

    def __init__(self) -> None:
        self._traces = Path(os.environ[FOLDER])
        self._name = f"box-{uuid.uuid4().hex}"
        (self._traces / self._name).write_text(str(os.getpid()))
        self._ended = threading.Event()

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        lines = (Path(submission.root) / "hw.py").read_text().splitlines()
        said = {name: float(number) for name, _, number in (line.partition(" = ") for line in lines)}
        data = [float(Path(file.path).read_text()) for file in plan.data]
        self._leave("ran", submission)
        mark = self._traces / f"died-{submission.digest}"
        if said.get("dies") == 2 or (said.get("dies") == 1 and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if self._ended.wait(said.get("wait", 0)):
            self._leave("ended", submission)
        captures = {probe.key: _answer(probe, said | {"data": sum(data)}) for probe in plan.for_box}
        return Evidence(submission=submission.digest, captures=captures, run=Run(isolation="reading"))

    def close(self) -> None:
        self._ended.set()

    def _leave(self, what: str, submission: Submission) -> None:
        (self._traces / f"{what}-{submission.digest}-{uuid.uuid4().hex}").write_text(f"{submission.root}\n{submission.students}")


def _answer(probe: Probe, said: dict[str, float]) -> Capture:
    found = next((said[name] for name in probe.names if name in said), None) if isinstance(probe, Look) else None
    return Capture(status=CaptureStatus.MISSING) if found is None else Capture.of(to_value(found))


REAL = Setting.sandbox


def _box(setting: Setting) -> Sandbox:
    return ReadingBox() if setting.isolation == "none" else REAL(setting)


def _require(setting: Setting) -> None:
    if NO_WALLS in setting.imports:
        raise BoxError("isolation strict needs walls that cannot be put up here", mend="another machine")


def take_place(patch: pytest.MonkeyPatch) -> None:
    """Put these in the place of the boxes of this process."""
    patch.setattr(Setting, "sandbox", _box)
    patch.setattr(Setting, "require", _require)


def dask_setup(worker: object) -> None:
    """What Dask calls in a worker that begins."""
    take_place(pytest.MonkeyPatch())
