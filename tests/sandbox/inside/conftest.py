"""The fixture that plays cells."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.model.evidence import Capture, CellRun
from grader.sandbox.inside import session
from tests.sandbox.inside.playing import Play, Played, forked, npy, part_of, play_part


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays cells in a process of its own counts as slow."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "_warm" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.box)


@pytest.fixture(scope="session")
def _warm() -> None:
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "MPLBACKEND"):
            patch.setenv(variable, "1")  # restored afterwards
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session.warm_up()


@pytest.fixture
def play(_warm: None, tmp_path: Path) -> Play:
    """Runs cells (texts, or pairs of a text and its headings) in the test's own folder, then asks the probes."""

    def run(
        *cells: Any, probes: Sequence[dict[str, Any]] = (), kind: str = "notebook", blobs: Any = None, **limits: Any
    ) -> Played:
        part = part_of(cells, kind, tmp_path)
        given = {key: npy(array) for key, array in (blobs or {}).items()}
        frames, answers = forked(lambda: play_part(part, probes, given, {"output": 20_000, "capture": 2**26, **limits}, tmp_path))
        records = [{key: value for key, value in each.items() if key != "frame"} for each in frames if each["frame"] == "cell"]
        captures = [Capture.model_validate(capture, context={"blobs": found}) for capture, found in answers]
        return Played(tuple(CellRun.model_validate(each) for each in records), tuple(captures))

    return run
