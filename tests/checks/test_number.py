"""The kind `number`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from grader.checks.number import NumberCheck
from grader.model.evidence import Capture
from grader.model.probe import Look
from grader.model.rubric import Answer
from grader.model.values import Array, Opaque
from tests.checks.check_cases import CAPTURES, WITHOUT_VALUE, capture, section, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
TENSOR = Array(data=np.array([[14.5]], dtype=np.float32), dtype="float32", library="torch")


def check(**fields: Any) -> NumberCheck:
    return NumberCheck(id="loss", of="L", points=1, **fields)


@pytest.mark.parametrize(
    ("fields", "seen", "expected", "verdict"),
    [
        ({}, 14.5, 14.5, ("passed", "right", "1")),
        ({}, 14.5014, 14.5, ("passed", "right", "1")),
        ({}, 14.502, 14.5, ("failed", "values", "0")),
        ({"rtol": 0.01}, 14.6, 14.5, ("passed", "right", "1")),
        ({}, "14.5", 14.5, ("passed", "right", "1")),
        ({}, " 1,228,800 ", 1228800, ("passed", "right", "1")),
        ({}, "29/2", 14.5, ("passed", "right", "1")),
        ({}, "about 14.5", 14.5, ("failed", "wrong_type", "0")),
        ({}, [14.5], 14.5, ("passed", "right", "1")),
        ({}, TENSOR, 14.5, ("passed", "right", "1")),
        ({}, [14.5, 14.5], 14.5, ("failed", "wrong_type", "0")),
        ({}, -14.5, 14.5, ("failed", "values", "0")),
        ({}, 1e-9, 0, ("failed", "values", "0")),
        ({"atol": 1e-8}, 1e-9, 0, ("passed", "right", "1")),
        ({}, float("nan"), 14.5, ("failed", "not_finite", "0")),
        ({}, float("inf"), 14.5, ("failed", "not_finite", "0")),
        ({}, 10**400, 14.5, ("failed", "not_finite", "0")),
        ({}, True, 1, ("failed", "wrong_type", "0")),
        ({}, None, 1, ("failed", "wrong_type", "0")),
        ({"integer": True}, 1200, 1200, ("passed", "right", "1")),
        ({"integer": True}, 1200.0, 1200, ("passed", "right", "1")),
        ({"integer": True, "rtol": 0.5}, 1216, 1200, ("failed", "values", "0")),
        ({}, Opaque(python="Expr"), 1, ("failed", "not_carried", "0")),
        ({}, 1.0, "no number", ("undecided", "no_oracle", "")),
        ({}, 1.0, float("nan"), ("undecided", "no_oracle", "")),
    ],
)
def test_cases(fields: dict[str, Any], seen: Any, expected: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([capture(seen)], [capture(expected)])) == verdict


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    verdict = check().judge([seen], [capture(1.0)])
    assert (verdict.status, verdict.reason.code) == (status, code)


@pytest.mark.parametrize("expected", [seen for seen, _, _ in WITHOUT_VALUE])
def test_a_reference_without_a_value_is_never_the_students_fault(expected: Capture) -> None:
    assert summary(check().judge([capture(1.0)], [expected])) == ("undecided", "no_oracle", "")


def test_the_expected_value_may_be_a_literal_of_the_rubric() -> None:
    literal = check(value=14.5)
    assert literal.expected_probes(Answer(), ()) == ()
    assert literal.judge([capture(14.5)], ()).credit == 1
    assert literal.judge([capture(14)], ()).credit == 0
    assert summary(check().judge([capture(14)], ())) == ("undecided", "no_oracle", "")


def test_a_mistake_is_recognised_by_judging_against_what_it_gives() -> None:
    one = check(mistakes=[{"value": 29.0, "says": "The factor 1/2 is missing."}])
    assert one.judge([capture(29.0)], one.literal(one.mistakes[0].value)).credit == 1
    assert one.expected_probes(Answer(), (), oracle="mistakes.no_half") == (Look(names=("mistakes.no_half",)),)


def test_it_looks_for_the_names_of_the_answer_and_asks_the_reference_for_its_own() -> None:
    answer = Answer(variables={"L": ("L", "loss")})
    assert check().probes(answer) == (Look(names=("L", "loss")),)
    assert check(expect="loss_value").expected_probes(answer, ()) == (Look(names=("loss_value",)),)


def test_the_first_place_that_holds_a_value_counts_and_is_named() -> None:
    second = section("14.5")
    verdict = check().judge([WITHOUT_VALUE[0][0], second], [capture(14.5)])
    assert verdict.place.heading == "Problem 1"


@PROFILE
@given(CAPTURES)
def test_any_capture_gets_a_verdict(seen: Capture) -> None:
    verdict = check().judge([seen], [capture(14.5)])
    assert verdict.credit is None or 0 <= verdict.credit <= 1
    assert verdict.model_dump_json()
