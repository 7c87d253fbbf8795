"""Programs made of a submission's filled-in blanks run like its own parts, but are not its own code."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Call, Case, Plan, Probe, SourceText
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Calls, Scalar, Source
from grader.sandbox.plain import PlainSandbox

pytestmark = pytest.mark.box

OWN = Part(path="hw.py", kind="module", cells=(Cell(index=0, kind="code", source="own = 1\n"),))
MADE = Part(
    path="blanks-1",
    kind="notebook",
    made_of="report.md",
    cells=(
        Cell(index=0, kind="markdown", source="(a) `x + 1`"),
        Cell(index=1, kind="code", source="def blank_a(x):\n    return (x + 1)\n"),
        Cell(index=2, kind="code", source="def blank_b(x):\n    raise SyntaxError('f(')\n"),
    ),
)
ONE = (Case(args=(Scalar(value=1, python="int"),)),)


def observed(folder: Path, probe: Probe) -> Capture:
    (folder / "hw.py").write_text(OWN.cells[0].source, encoding="utf-8")
    submission = Submission(id="s", root=str(folder), digest="d", parts=(OWN, MADE), files=("hw.py",))
    return PlainSandbox().run(Plan(probes=(probe,)), submission, Limits()).captures[probe.key]


def test_what_a_program_defines_is_called_like_any_function_and_knows_its_cell(tmp_path: Path) -> None:
    found = observed(tmp_path, Call(names=("blank_a",), cases=ONE))
    assert isinstance(found.value, Calls)
    assert found.value.outcomes[0].value == Scalar(value=2, python="int")
    assert (found.place.part, found.place.cell) == ("blanks-1", 1)


def test_a_blank_that_is_no_python_raises_when_its_function_is_called(tmp_path: Path) -> None:
    found = observed(tmp_path, Call(names=("blank_b",), cases=ONE))
    assert found.status is CaptureStatus.CAPTURED
    assert isinstance(found.value, Calls)
    error = found.value.outcomes[0].error
    assert error is not None
    assert (error.kind, error.message) == ("SyntaxError", "f(")


def test_the_source_of_the_submission_is_its_own_code_alone(tmp_path: Path) -> None:
    found = observed(tmp_path, SourceText())
    assert isinstance(found.value, Source)
    assert list(found.value.texts) == ["hw.py"]
