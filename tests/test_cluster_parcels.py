"""Runs and evidence by value: what is sent is what arrives, and nothing else is taken."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from grader.cluster import parcels
from grader.cluster.parcels import Order, Refusal, lay_order, pack_evidence, pack_order, pack_refusal, read_answer
from grader.errors import WireError
from grader.model.evidence import Capture, CaptureStatus, CellRun, Evidence, Run
from grader.model.probe import Call, Case, DataFile, Look, Plan, Read
from grader.model.rubric import Limits
from grader.model.student import Student
from grader.model.submission import Cell, Fault, Part, Submission
from grader.model.values import Array, Raised, Scalar
from grader.sandbox.inside import wire

LOOK = Look(names=("x",))
CALL = Call(names=("f",), cases=(Case(args=(Array(data=np.arange(6.0).reshape(2, 3)), Scalar(value=float("inf")))),))
LIMITS = Limits(wall=7, capture=4096)


def text(model: Evidence | Plan | Submission | Limits) -> str:
    return model.model_dump_json(context={"put": lambda data: hashlib.sha256(data).hexdigest()})


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A run with everything that may travel, and some that may not."""
    root = tmp_path / "asters"
    (root / "below").mkdir(parents=True)
    (root / "hw.py").write_text("x = 1\n")
    (root / "below" / "weights.bin").write_bytes(bytes(range(256)))
    (tmp_path / "secret").write_text("another's")
    (root / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "data.csv").write_text("1,2")
    data = DataFile(name="data.csv", path=str(tmp_path / "data.csv"), digest="d" * 64)
    submission = Submission(
        id="aster-lily",
        root=str(root),
        digest="a" * 64,
        parts=(Part(path="hw.py", kind="module", cells=(Cell(index=0, kind="code", source="x = 1\n"),)),),
        files=("hw.py", "below/weights.bin", "link"),
        students=(Student(name="Lily Aster", email="lily@example.org"),),
        faults=(Fault(path="report of lily.pdf", code="unreadable", text="..."),),
        handed_in="2026-02-03T10:00:00Z",
    )
    return Order(Plan(probes=(LOOK, CALL, Read(headings=("Why",))), data=(data,), seed=5), submission, LIMITS)


def test_a_run_arrives_as_it_was_sent_without_who_handed_it_in(order: Order, tmp_path: Path) -> None:
    frames = pack_order(order.plan, order.submission, order.limits)
    home = tmp_path / "home"
    home.mkdir()
    there = lay_order(frames, {"d" * 64: tmp_path / "elsewhere"}, home)
    assert {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()} == {
        "hw.py": b"x = 1\n",
        "below/weights.bin": bytes(range(256)),
    }
    moved = order.plan.data[0].model_copy(update={"path": str(tmp_path / "elsewhere")})
    assert text(there.plan) == text(order.plan.model_copy(update={"probes": (LOOK, CALL), "data": (moved,)}))
    assert there.limits == order.limits
    bare = {"id": "", "root": str(home), "students": (), "faults": (), "handed_in": ""}
    assert there.submission == order.submission.model_copy(update=bare)
    for told in (b"lily", b"Lily", str(tmp_path).encode(), b"another's", b"2026"):
        assert not any(told in frame for frame in frames), told


def test_a_file_that_cannot_be_read_is_an_error_here(order: Order) -> None:
    leading_out = order.submission.model_copy(update={"files": ("../secret",)})
    with pytest.raises(ValueError, match="leads out"):
        pack_order(order.plan, leading_out, order.limits)


def test_a_submission_beyond_the_wire_is_an_error_here(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BLOBS_CAP", 255)
    with pytest.raises(ValueError, match="too large to be sent"):
        pack_order(order.plan, order.submission, order.limits)


@pytest.fixture
def evidence(order: Order) -> Evidence:
    grown = Array(data=np.array([[1.5, np.nan]], dtype=np.float32), dtype="float32", library="torch")
    return Evidence(
        submission=order.submission.digest,
        captures={
            LOOK.key: Capture.of(grown),
            CALL.key: Capture(status=CaptureStatus.RAISED, error=Raised(kind="TypeError", message="é"), seconds=0.25),
        },
        run=Run(isolation="strict", walls={"pid": "on"}, cells=(CellRun(part="hw.py", cell=None, status="ok", stdout="seen"),)),
    )


def test_evidence_arrives_as_it_was_sent_in_the_order_of_the_plan(order: Order, evidence: Evidence) -> None:
    back = read_answer(pack_evidence(evidence), order)
    assert isinstance(back, Evidence)
    assert text(back) == text(evidence)
    assert list(back.captures) == [LOOK.key, CALL.key]


def test_a_refusal_arrives_with_what_mends_it(order: Order) -> None:
    refusal = Refusal(why="no walls", mend="another kernel")
    assert read_answer(pack_refusal(refusal), order) == refusal


def test_a_capture_beyond_the_wire_is_one_that_the_box_failed_to_bring(
    order: Order, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "BLOBS_CAP", 100)
    back = read_answer(pack_evidence(evidence), order)
    assert isinstance(back, Evidence)
    assert back.captures[LOOK.key] == parcels.TOO_LARGE
    assert back.captures[CALL.key] == evidence.captures[CALL.key]


def test_a_capture_beyond_the_limits_of_the_rubric_is_not_taken(order: Order, evidence: Evidence) -> None:
    large = Capture.of(Array(data=np.zeros(1000)))
    frames = pack_evidence(evidence.model_copy(update={"captures": {**evidence.captures, LOOK.key: large}}))
    with pytest.raises(WireError, match="beyond the caps"):
        read_answer(frames, order)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda frames: [],
        lambda frames: frames[:-1],
        lambda frames: [*frames, frames[-1].replace(CALL.key.encode(), b"f" * 24)],
        lambda frames: [frames[0].replace(b"a" * 64, b"b" * 64), *frames[1:]],
        lambda frames: [frames[0][:-1], *frames[1:]],
        lambda frames: [frames[0] + frames[0], *frames[1:]],
        lambda frames: [b"\x80\x04cos\nsystem\n.", *frames[1:]],
        lambda frames: [frames[1], *frames[1:]],
    ],
    ids=["nothing", "one-missing", "not-asked", "another's", "cut", "two-in-one", "pickle", "no-run"],
)
def test_what_is_no_answer_to_the_order_is_not_taken(order: Order, evidence: Evidence, wrong: object) -> None:
    with pytest.raises(WireError):
        read_answer(wrong(pack_evidence(evidence)), order)  # type: ignore[operator]


def test_frames_that_are_no_run_lay_nothing_outside(order: Order, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    frames = pack_order(order.plan, order.submission, order.limits)
    data = {"d" * 64: tmp_path / "data.csv"}
    with pytest.raises(WireError, match="no run"):
        lay_order([frame.replace(b"below/weights.bin", b"../../weights.bin") for frame in frames], data, home)
    with pytest.raises(WireError, match="no run"):
        lay_order(frames[1:], data, home)
    assert not (tmp_path / "weights.bin").exists()
