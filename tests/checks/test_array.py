"""The kind `array`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.checks.array import ArrayCheck
from grader.model.evidence import Capture
from grader.model.values import Array, Opaque, Scalar, Sequence
from tests.checks.check_cases import CAPTURES, WITHOUT_VALUE, capture, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
A = np.array([[0.0, 13.0, 26.0], [0.0, -1.0, -2.0]])
BOTH = {"layouts": ["denominator", "numerator"]}
HALF = Array(data=A.astype(np.float32), dtype="bfloat16", library="torch")
CUT = Sequence(python="list", items=(Scalar(value=1),), length=5)


def check(**fields: Any) -> ArrayCheck:
    return ArrayCheck(id="dW1", of="dW1", points=1, **fields)


@pytest.mark.parametrize(
    ("fields", "seen", "expected", "verdict"),
    [
        ({}, A, A, ("passed", "right", "1")),
        ({}, A.tolist(), A, ("passed", "right", "1")),
        ({}, A.astype(np.float32), A, ("passed", "right", "1")),
        ({}, A.T, A, ("failed", "shape", "0")),
        (BOTH, A.T, A, ("passed", "right", "1")),
        ({}, A + 1e-3, A, ("failed", "values", "0")),
        ({"atol": 1e-2}, A + 1e-3, A, ("passed", "right", "1")),
        ({}, A[:1], A, ("failed", "shape", "0")),
        ({}, 3.0, np.full((2, 3), 3.0), ("failed", "shape", "0")),
        ({}, 3.0, 3.0, ("passed", "right", "1")),
        ({}, np.where(A == 13, np.nan, A), A, ("failed", "not_finite", "0")),
        ({"nonfinite": True}, np.where(A == 13, -np.inf, A), np.where(A == 13, -np.inf, A), ("passed", "right", "1")),
        ({}, A, np.where(A == 13, np.nan, A), ("undecided", "no_oracle", "")),
        ({"dtype": "float"}, A.astype(int), A, ("failed", "dtype", "0")),
        ({"dtype": "integer"}, A.astype(int), A, ("passed", "right", "1")),
        ({"dtype": "float"}, HALF, A, ("passed", "right", "1")),
        ({"dtype": "float32"}, HALF, A, ("failed", "dtype", "0")),
        ({}, [[1, 2], [3]], A, ("failed", "wrong_type", "0")),
        ({}, "A", A, ("failed", "wrong_type", "0")),
        ({}, {"a": 1}, A, ("failed", "wrong_type", "0")),
        ({}, np.array(["a"]), A, ("failed", "wrong_type", "0")),
        ({}, Opaque(python="sparse"), A, ("failed", "not_carried", "0")),
        ({}, CUT, A, ("undecided", "cut", "")),
        ({}, A, "text", ("undecided", "no_oracle", "")),
        ({}, np.zeros((0, 3)), np.zeros((0, 3)), ("passed", "right", "1")),
    ],
)
def test_cases(fields: dict[str, Any], seen: Any, expected: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([capture(seen)], [capture(expected)])) == verdict


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    verdict = check().judge([seen], [capture(A)])
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_it_says_which_layout_was_accepted_when_there_was_a_choice() -> None:
    assert [n.facts["layout"] for n in check(**BOTH).judge([capture(A.T)], [capture(A)]).notes] == ["numerator"]
    assert [n.facts["layout"] for n in check(**BOTH).judge([capture(A)], [capture(A)]).notes] == ["denominator"]
    assert check().judge([capture(A)], [capture(A)]).notes == ()


def test_wrong_entries_are_counted_located_and_shown() -> None:
    seen = A.copy()
    seen[1, 2] = 2.0
    facts = check().judge([capture(seen)], [capture(A)]).reason.facts
    assert facts == {"seen": 2.0, "expected_value": -2.0, "share": pytest.approx(1 / 6), "index": [1, 2], "worst": 4.0}


def test_a_mistake_in_another_accepted_layout_is_recognised_as_well() -> None:
    mistaken = np.array([[1.0, 13.0, 26.0], [3.0, -1.0, -2.0]])
    one = check(**BOTH, mistakes=[{"value": mistaken.tolist(), "says": "The ReLU mask is missing."}])
    assert one.judge([capture(mistaken.T)], one.literal(one.mistakes[0].value)).credit == 1
    assert one.judge([capture(mistaken)], [capture(A)]).credit == 0


@PROFILE
@given(npst.arrays(np.float64, npst.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6)))
def test_the_reference_itself_always_passes(x: Any) -> None:
    for layouts in (["denominator"], ["numerator", "denominator"], ["denominator", "numerator", "vec", "flat"]):
        assert check(layouts=layouts).judge([capture(x)], [capture(x)]).credit == 1


@PROFILE
@given(CAPTURES)
def test_any_capture_gets_a_verdict(seen: Capture) -> None:
    for expected in (A, np.zeros(3), np.array(2.0)):
        verdict = check(layouts=["denominator", "numerator", "vec", "flat"]).judge([seen], [capture(expected)])
        assert verdict.credit is None or 0 <= verdict.credit <= 1
        assert verdict.model_dump_json()
