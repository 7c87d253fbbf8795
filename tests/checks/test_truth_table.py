"""The kind `truth_table`, and the logic below it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.checks.logic import FUNCTIONS, Unit, name_of, rows, truth_of
from grader.checks.truth_table import TruthTableCheck
from grader.model.evidence import Capture
from grader.model.probe import Look
from grader.model.rubric import Answer
from grader.model.values import Opaque
from tests.checks.check_cases import CAPTURES, WITHOUT_VALUE, capture, summary

PROFILE = settings(max_examples=50, deadline=None, derandomize=True)
RIGHT = ("passed", "right", "1")
WRONG = ("failed", "wrong_function", "0")
XOR_LAYER = {"inputs": 2, "function": "xor", "first_layer": [[0.5, -1, 1], [0.5, 1, -1]]}


def check(**fields: Any) -> TruthTableCheck:
    return TruthTableCheck.model_validate({"id": "w", "points": 1, "of": "w", "inputs": 2, "function": "nand", **fields})


@pytest.mark.parametrize(
    ("fields", "weights", "verdict"),
    [
        ({}, [0.5, -0.5, -0.5], RIGHT),
        ({}, [1, -1, -1], RIGHT),
        ({}, [30.0, -20.0, -20.0], RIGHT),
        ({}, (0.5, np.array([-0.5, -0.5])), RIGHT),
        ({}, [[0.5], [-0.5], [-0.5]], RIGHT),
        ({}, ["0.5", "-0.5", "-0.5"], RIGHT),
        ({}, [-0.5, 0.5, 0.5], WRONG),
        ({}, [0.0, -0.5, -0.5], WRONG),
        ({}, [1.0, -0.5, -0.5], WRONG),
        ({"zero": "negative"}, [1.0, -0.5, -0.5], RIGHT),
        ({"zero": "positive"}, [1.0, -0.5, -0.5], WRONG),
        ({"bias": "last"}, [-0.5, -0.5, 0.5], RIGHT),
        ({"bias": "none"}, [1.0, 1.0], WRONG),
        ({"levels": "binary"}, [1.5, -1, -1], RIGHT),
        ({}, [1.5, -1, -1], RIGHT),
        ({"levels": "binary"}, [0.5, -0.5, -0.5], WRONG),
        ({"levels": ["bipolar", "binary"]}, [0.75, -0.5, -0.5], RIGHT),
        ({"function": [1, 1, 1, 0]}, [0.5, -0.5, -0.5], RIGHT),
        ({"function": [1, 1, 1, -1]}, [0.5, -0.5, -0.5], RIGHT),
        ({"function": "majority", "inputs": 3}, [0, 0.5, 0.5, 0.5], RIGHT),
        ({"function": "majority", "inputs": 3}, [1, 0.5, 0.5, 0.5], WRONG),
        (XOR_LAYER, [1, -1, -1], RIGHT),
        (XOR_LAYER, [-1, -1, -1], WRONG),
        ({}, [0.5, -0.5], ("failed", "weight_count", "0")),
        ({}, [0.5, -0.5, -0.5, 1], ("failed", "weight_count", "0")),
        ({}, [float("nan"), 1, 1], ("failed", "not_finite", "0")),
        ({}, [1e308, 1e308, 1e308], WRONG),
        ({}, "w", ("failed", "wrong_type", "0")),
        ({}, [True, False, True], ("failed", "wrong_type", "0")),
        ({}, Opaque(python="Unit"), ("failed", "not_carried", "0")),
    ],
)
def test_any_right_weights_pass(fields: dict[str, Any], weights: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([capture(weights)], ())) == verdict


def test_weights_may_stand_in_variables_of_their_own() -> None:
    one = check(of=["w0", "w1", "w2"])
    assert one.judge([capture(0.5), capture(-0.5), capture(-0.5)], ()).credit == 1
    answer = Answer(variables={"w0": ("w0",), "w1": ("w1",), "w2": ("w2", "w_2")})
    assert one.probes(answer) == (Look(names=("w0",)), Look(names=("w1",)), Look(names=("w2", "w_2")))


def test_the_margin_is_noted_and_the_function_realised_is_named() -> None:
    right = check().judge([capture([0.5, -0.5, -0.5])], ())
    assert [(n.code, n.facts) for n in right.notes] == [("margin", {"margin": 0.5, "levels": "bipolar"})]
    facts = check().judge([capture([-0.5, 0.5, 0.5])], ()).reason.facts
    assert (facts["realised"], facts["wrong_rows"]) == ("and", [[-1, -1], [-1, 1], [1, -1], [1, 1]])
    zero = check().judge([capture([1.0, -0.5, -0.5])], ()).reason.facts
    assert (zero["zero_rows"], zero["realised"]) == ([[1, 1]], "")


@pytest.mark.parametrize(
    ("fields", "seen", "verdict"),
    [
        ({"features": "s"}, [[0.5, -0.5, -0.5], [1.5, 0.5, 0.5, -0.5]], RIGHT),
        ({"features": "s"}, [[0.5, -0.5, -0.5], [[1.5], [0.5], [0.5], [-0.5]]], RIGHT),
        ({"features": "s"}, [[1, -1, -1], [3, 1, 1, -1]], RIGHT),
        ({"features": "s"}, [[-1, 1, 1], [-3, -1, -1, 1]], RIGHT),
        ({"features": "s"}, [[0.5, -0.5, -0.5], [1.5, 0.5, 0.5, 0.5]], ("partial", "wrong_rows", "3/4")),
        ({"features": "s"}, [[0.5, -0.5, -0.5], [9, 9, 9, 9]], ("failed", "wrong_rows", "0")),
        ({"features": "s"}, [[0.5, -0.5, -0.5], [1.5, 0.5, 0.5]], ("failed", "wrong_type", "0")),
        ({"features": "s"}, [[0.5, -0.5, -0.5], [1.5, 0.5, float("nan"), -0.5]], ("partial", "wrong_rows", "3/4")),
        (
            {"features": "s"},
            [[0.5, -0.5, -0.5], [[1, 1, -0.5, -1], [-1, 1, 0.5, 1], [1, -1, 0.5, 1], [-1, -1, 1.5, 1]]],
            RIGHT,
        ),
        (
            {"features": "s"},
            [[0.5, -0.5, -0.5], [[1, 1, -0.5], [1, 1, 0.5], [1, -1, 0.5], [-1, -1, 1.5]]],
            ("failed", "wrong_type", "0"),
        ),
        ({"outputs": "y"}, [[0.5, -0.5, -0.5], [1, 1, 1, -1]], RIGHT),
        ({"outputs": "y"}, [[0.5, -0.5, -0.5], [1, 1, 1, 0]], RIGHT),
        ({"outputs": "y"}, [[0.5, -0.5, -0.5], [1, 1, 1, 1]], ("partial", "wrong_rows", "3/4")),
        ({"features": "s", "outputs": "y"}, [[1, -1, -1], [3, 1, 1, -1], [1, 1, 1, 1]], ("partial", "wrong_rows", "7/8")),
        ({"features": "s", "compare": {"function": 1}}, [[-1, 1, 1], [-3, -1, -1, 1]], ("partial", "wrong_function", "1/2")),
        ({"features": "s", "compare": {"function": 3}}, [[1, -1, -1], [0, 0, 0, 0]], ("partial", "wrong_rows", "3/4")),
        ({"of": (), "weights": [0.5, -2, 1], "features": "s", "function": ""}, [[1.5, 3.5, -2.5, -0.5]], RIGHT),
        ({"of": (), "weights": [0.5, -2, 1], "outputs": "y", "function": ""}, [[1, 1, -1, -1]], RIGHT),
        ({"of": (), "weights": [0.5, -2, 1], "outputs": "y", "function": ""}, [[1, 1, 1, 1]], ("partial", "wrong_rows", "1/2")),
    ],
)
def test_tables_are_judged_by_the_students_own_weights(fields: dict[str, Any], seen: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([capture(each) for each in seen], ())) == verdict


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    weights = capture([0.5, -0.5, -0.5])
    for verdict in (check().judge([seen], ()), check(features="s").judge([weights, seen], ())):
        assert (verdict.status, verdict.reason.code) == (status, code)


def test_a_mistake_is_another_function_realised() -> None:
    one = check(mistakes=[{"value": "and", "says": "This is AND."}])
    assert one.judge([capture([-0.5, 0.5, 0.5])], one.literal("and")).credit == 1
    assert one.judge([capture([0.5, 0.5, 0.5])], one.literal("and")).credit == 0
    assert one.judge([capture([0.5, 0.5, 0.5])], one.literal([0, 1, 1, 1])).credit == 1
    assert summary(one.judge([capture([0.5, 0.5, 0.5])], one.literal("andd"))) == ("undecided", "no_oracle", "")


def test_a_mistake_in_a_table_is_the_column_it_gives() -> None:
    one = check(features="s", mistakes=[{"value": [1.0, 0.0, 0.0, -1.0], "says": "The bias is missing."}])
    literal = one.literal(one.mistakes[0].value)
    weights = capture([0.5, -0.5, -0.5])
    assert one.judge([weights, capture([1, 0, 0, -1])], literal).credit == 1
    assert one.judge([weights, capture([1, 0, 0, 1])], literal).credit == 0


@PROFILE
@given(st.sampled_from(["and", "or", "nand", "nor"]), st.integers(1, 5), st.floats(0.1, 10))
def test_the_textbook_weights_realise_their_function_at_any_size_and_scale(name: str, inputs: int, scale: float) -> None:
    bias = {"and": 1 - inputs, "or": inputs - 1, "nand": inputs - 1, "nor": 1 - inputs}[name]
    sign = 1 if name in ("and", "or") else -1
    weights = [scale * bias, *[sign * scale] * inputs]
    one = check(function=name, inputs=inputs)
    assert one.judge([capture(weights)], ()).credit == 1


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_every_named_function_is_recognised_again(name: str) -> None:
    assert truth_of(name_of(truth_of(name, 3), 3), 3) == truth_of(name, 3)


def test_rows_count_up_with_the_first_input_most_significant() -> None:
    assert rows(2) == ((False, False), (False, True), (True, False), (True, True))
    assert name_of((False, False, True, True), 2) == "x1"
    assert name_of((True, False, True, False), 2) == "not_x2"


def test_a_sum_that_is_zero_but_for_rounding_is_zero() -> None:
    assert Unit((0.3, 0.1, 0.2), 2, "bipolar").features()[0] == 0.0


@pytest.mark.parametrize(
    "fields",
    [
        {"function": "nandd"},
        {"function": [1, 0]},
        {"function": ""},
        {"of": ()},
        {"weights": [1, 2, 3]},
        {"of": (), "weights": [1, 2], "features": "s"},
        {"of": (), "weights": [1, 2, 3]},
        {"first_layer": [[1, 2]]},
        {"first_layer": [[0, 1, 1], [1, 2, 4]]},
        {"inputs": 0},
    ],
)
def test_inconsistent_fields_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check(**fields)


@PROFILE
@given(CAPTURES, CAPTURES)
def test_any_captures_get_a_verdict(seen: Capture, table: Capture) -> None:
    for verdict in (
        check().judge([seen], ()),
        check(features="s").judge([capture([0.5, -0.5, -0.5]), table], ()),
        check(outputs="y", compare={"function": 1}).judge([seen, table], ()),
        check(of=["a", "b"], bias="none").judge([seen, table], ()),
    ):
        assert verdict.credit is None or 0 <= verdict.credit <= 1
        assert verdict.model_dump_json()
