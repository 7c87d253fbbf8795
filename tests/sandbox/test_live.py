"""The live session as a sandbox: values and calls as they are now, and the session left as it was."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from grader.checks.literals import from_value, to_value
from grader.model.evidence import CaptureStatus, Evidence
from grader.model.probe import Call, Case, Figures, Look, Plan, Prints, Probe
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Calls, Several
from grader.sandbox.live import LiveSandbox, Watched

SAVED = Submission(
    id="me",
    root="",
    digest="",
    parts=(
        Part(path="hw.ipynb", kind="notebook", cells=(Cell(index=1, kind="code", source="draw()\n", headings=("Problem 2",)),)),
    ),
)


@dataclass
class Shell:
    user_ns: dict[str, Any]
    user_ns_hidden: dict[str, Any] = field(default_factory=dict)


def run(names: dict[str, Any], *probes: Probe, watched: Watched | None = None) -> Evidence:
    return LiveSandbox(Shell(names), watched).run(Plan(probes=probes), SAVED, Limits())


def test_values_of_the_session_are_seen_as_they_are_now() -> None:
    look, gone = Look(names=("w",)), Look(names=("weight",))
    names = {"w": np.eye(2)}
    assert from_value(run(names, look).captures[look.key].value).tolist() == [[1, 0], [0, 1]]  # type: ignore[arg-type]
    names["w"] = np.zeros(1)
    assert from_value(run(names, look).captures[look.key].value).tolist() == [0]  # type: ignore[arg-type]
    assert run(names, gone).captures[gone.key].status is CaptureStatus.MISSING


def test_functions_are_called_and_the_random_generators_put_back() -> None:
    call = Call(names=("f",), cases=(Case(args=(to_value(2.0),)), Case(args=(to_value(0.0),))), seed=5)
    random.seed(1)
    np.random.seed(1)
    before = (random.getstate(), np.random.get_state()[1].tolist())
    found = run({"f": lambda x: np.random.rand() + 1 / x}, call).captures[call.key].value
    assert isinstance(found, Calls)
    assert found.outcomes[1].error is not None
    assert found.outcomes[1].error.kind == "ZeroDivisionError"
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_what_cells_printed_is_left_open() -> None:
    prints = Prints()
    assert prints.key not in run({}, prints).captures


def test_a_figure_that_was_closed_is_found_under_the_heading_of_its_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    watched = Watched()
    watched.begin("draw()")
    pyplot.figure()
    pyplot.plot([1, 2, 3])
    watched.note_open()
    pyplot.close("all")
    probe = Figures(headings=("Problem 2",))
    value = run({}, probe, watched=watched).captures[probe.key].value
    assert isinstance(value, Several)
    assert len(value.items) == 1


def test_figures_that_a_called_function_opens_are_closed_again() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    pyplot.close("all")
    call = Call(names=("f",), cases=(Case(),))
    run({"f": lambda: pyplot.figure().number}, call)
    assert pyplot.get_fignums() == []
