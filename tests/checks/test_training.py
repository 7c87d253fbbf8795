"""The kind `training`: what a curve must do, how it is read, and how it is compared."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks.curves import name_of, read_curve
from grader.checks.literals import to_value
from grader.checks.training import TrainingCheck
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look
from grader.model.rubric import Answer
from grader.model.values import Array, Opaque, Record, Text
from grader.model.verdict import Status, Verdict

EPOCHS = np.arange(20)
FALLING = 3 * 0.7**EPOCHS
NOISY = FALLING + 0.02 * np.sin(9.0 * EPOCHS)
RISING = 0.1 * 1.6**EPOCHS
OVERFLOWING = np.where(EPOCHS < 15, RISING, np.inf)
SWINGING = 1 + 0.5 * (-1.0) ** EPOCHS
FLAT = np.ones(20)
LEVEL = np.concatenate([3 * 0.2 ** np.arange(8), np.full(12, 1e-5)])
DAMAGED = np.where(EPOCHS == 7, np.nan, FALLING)


def judge(seen: Any, expected: Any = None, **fields: Any) -> Verdict:
    check = TrainingCheck(id="t", points=1, of="curve", **fields)
    return check.judge([Capture.of(to_value(seen))], [] if expected is None else [Capture.of(to_value(expected))])


BEHAVIOURS = [
    (FALLING, "falls", "right"),
    (NOISY, "falls", "right"),
    (RISING, "falls", "behaviour"),
    (FLAT, "falls", "behaviour"),
    (SWINGING, "falls", "behaviour"),
    (FALLING[::-1], "falls", "behaviour"),
    (np.array([3, 1, 0.1, 0.1, 1, 2, 2.5]), "falls", "behaviour"),
    (DAMAGED, "falls", "not_finite"),
    (FALLING[:2], "falls", "curve_short"),
    (RISING, "diverges", "right"),
    (OVERFLOWING, "diverges", "right"),
    (DAMAGED, "diverges", "right"),
    (FALLING, "diverges", "behaviour"),
    (SWINGING, "diverges", "behaviour"),
    (np.full(20, np.nan), "diverges", "not_finite"),
    (SWINGING, "oscillates", "right"),
    (FALLING, "oscillates", "behaviour"),
    (FLAT, "oscillates", "behaviour"),
    (1 + 1e-6 * (-1.0) ** EPOCHS, "oscillates", "behaviour"),
    (LEVEL, "plateaus", "right"),
    (FLAT, "plateaus", "right"),
    (np.linspace(3, 1, 20), "plateaus", "behaviour"),
    (SWINGING, "plateaus", "behaviour"),
    (np.ones((20, 2)), "falls", "wrong_type"),
]


@pytest.mark.parametrize(("curve", "behaviour", "code"), BEHAVIOURS)
def test_a_curve_does_what_it_must(curve: Any, behaviour: str, code: str) -> None:
    verdict = judge(curve, behaviour=behaviour)
    assert verdict.reason.code == code
    assert verdict.status is (Status.PASSED if code == "right" else Status.FAILED)


def test_a_wrong_behaviour_is_named() -> None:
    assert judge(RISING, behaviour="falls").reason.facts == {"seen": "diverges", "expected": "falls"}


@pytest.mark.parametrize(
    ("curve", "name"),
    [(FALLING, "falls"), (RISING, "diverges"), (SWINGING, "oscillates"), (FLAT, "plateaus"), (EPOCHS + 5.0, "none")],
)
def test_behaviours_have_one_name_each(curve: Any, name: str) -> None:
    assert name_of(curve, 10.0) == name


BOUNDS = [
    ({"length": 20}, "right"),
    ({"length": 19}, "curve_length"),
    ({"length": 19, "offset": (0, 1)}, "right"),
    ({"length": 21, "offset": (0, 1)}, "right"),
    ({"length": 18, "offset": (0, 1)}, "curve_length"),
    ({"below": 0.01}, "right"),
    ({"below": 0.001}, "final_value"),
    ({"above": 0.001}, "right"),
    ({"above": 0.01}, "final_value"),
]


@pytest.mark.parametrize(("fields", "code"), BOUNDS)
def test_length_and_last_entry_are_bounded(fields: dict[str, Any], code: str) -> None:
    assert judge(FALLING, **fields).reason.code == code


def test_nan_is_within_no_bound() -> None:
    curve = [*FALLING[:-1], float("nan")]
    assert judge(curve, below=1.0).status is Status.FAILED
    assert judge(curve, above=-1.0).status is Status.FAILED


LONGER = 3 * 0.7 ** np.arange(21)
AGREEMENT = [
    (FALLING, FALLING, (0,), "right", 0),
    (FALLING * 1.0005, FALLING, (0,), "right", 0),
    (FALLING * 1.002, FALLING, (0,), "values", 0),
    (LONGER[1:], FALLING, (0,), "values", 0),
    (LONGER[1:], FALLING, (0, 1), "right", 1),
    (LONGER[1:], FALLING, (0, -1), "values", 0),
    (FALLING, LONGER[1:], (0, -1), "right", -1),
    (FALLING[1:], FALLING, (0, 1), "right", 1),
    (FALLING[:5], FALLING, (0, 1), "shape", 0),
    (DAMAGED, FALLING, (0,), "not_finite", 0),
]


@pytest.mark.parametrize(("seen", "expected", "offset", "code", "used"), AGREEMENT)
def test_a_curve_agrees_with_the_references_from_an_accepted_epoch_on(
    seen: Any, expected: Any, offset: tuple[int, ...], code: str, used: int
) -> None:
    verdict = judge(seen, expected, expect="curve", offset=offset)
    assert verdict.reason.code == code
    assert [note.facts["offset"] for note in verdict.notes] == ([used] if used else [])


def test_the_expected_value_stands_only_under_its_own_key() -> None:
    facts = judge(FALLING * 1.5, FALLING, expect="curve").reason.facts
    assert facts.pop("expected_value") == 3.0
    assert 3.0 not in facts.values()


def test_trained_weights_are_compared_whatever_their_orientation() -> None:
    weights = np.array([[1.0], [1.0], [-2.0]])
    assert judge(weights * 1.0001, weights.T, expect="W").status is Status.PASSED
    assert judge(weights * 1.1, weights.T, expect="W").status is Status.FAILED


def test_all_requirements_must_be_met_unless_each_earns_its_share() -> None:
    fields: dict[str, Any] = {"behaviour": "falls", "length": 7, "below": 1.0}
    assert judge(FALLING, **fields).credit == 0
    verdict = judge(FALLING, **fields, partial=True)
    assert (verdict.status, verdict.credit, verdict.reason.code) == (Status.PARTIAL, Fraction(2, 3), "curve_length")
    assert [part.code for part in verdict.parts] == ["curve_length"]


READ = {
    "a column": FALLING.reshape(-1, 1),
    "a list of arrays of one entry": [[x] for x in FALLING.tolist()],
    "pairs of epoch and loss": list(zip(range(20), FALLING.tolist(), strict=True)),
    "a dict by epoch": dict(enumerate(FALLING.tolist())),
    "a history with one curve": {"loss": FALLING.tolist(), "epochs": 20},
}


@pytest.mark.parametrize("seen", READ.values(), ids=READ.keys())
def test_curves_are_read_from_what_holds_one(seen: Any) -> None:
    curve = read_curve(to_value(seen))
    assert curve is not None
    assert np.array_equal(curve, FALLING)


def test_a_history_of_several_curves_goes_to_a_human() -> None:
    verdict = judge({"train": FALLING.tolist(), "test": RISING.tolist()}, behaviour="falls")
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "several_curves")


NONE = [
    (Capture(status=CaptureStatus.MISSING, looked_for=("mse",)), Status.FAILED, "missing"),
    (Capture(status=CaptureStatus.BOX_FAILED), Status.UNDECIDED, "box_failed"),
    (Capture.of(Text(text="falls")), Status.FAILED, "wrong_type"),
    (Capture.of(Opaque(python="generator")), Status.FAILED, "not_carried"),
    (Capture.of(Array(data=np.ones(3, complex))), Status.FAILED, "wrong_type"),
    (Capture.of(Array(data=np.zeros(0))), Status.FAILED, "curve_short"),
    (Capture.of(Record(python="dict", entries=(), length=0)), Status.UNDECIDED, "several_curves"),
]


@pytest.mark.parametrize(("capture", "status", "code"), NONE)
def test_what_is_no_curve_is_told_apart(capture: Capture, status: Status, code: str) -> None:
    check = TrainingCheck(id="t", points=1, of="curve", behaviour="falls")
    verdict = check.judge([capture], [])
    assert (verdict.status, verdict.reason.code) == (status, code)


@pytest.mark.parametrize("expected", [Capture(status=CaptureStatus.RAISED), Capture.of(Text(text="?"))])
def test_a_reference_without_a_curve_is_our_fault(expected: Capture) -> None:
    check = TrainingCheck(id="t", points=1, of="curve", behaviour="falls", expect="curve")
    verdict = check.judge([Capture.of(to_value(FALLING))], [expected])
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "no_oracle")


def test_a_literal_stands_in_for_the_reference() -> None:
    assert judge([3.0, 2.0, 1.0], value=[3, 2, 1]).status is Status.PASSED
    assert judge([3.0, 2.0, 1.5], value=[3, 2, 1]).status is Status.FAILED


def test_the_reference_is_asked_only_where_it_is_named() -> None:
    answer = Answer(variables={"curve": ("mse", "loss")})
    check = TrainingCheck(id="t", points=1, of="curve", behaviour="falls")
    assert check.probes(answer) == (Look(names=("mse", "loss")),)
    assert check.expected_probes(answer, []) == ()
    assert check.expected_probes(answer, [], oracle="mistakes.batch") == (Look(names=("mistakes.batch",)),)


def test_a_check_that_asks_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="give at least one"):
        TrainingCheck(id="t", points=1, of="curve")
