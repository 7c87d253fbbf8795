"""The kind `call`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from grader.checks.call import CallCheck
from grader.checks.literals import from_value, to_value
from grader.model.evidence import Capture
from grader.model.probe import Call
from grader.model.rubric import Answer
from grader.model.values import Calls, Outcome
from tests.checks.check_cases import CAPTURES, ERROR, NO_LIBRARY, WITHOUT_VALUE, summary

PROFILE = settings(max_examples=50, deadline=None, derandomize=True)
WRONG = ("failed", "wrong_result", "0")
RIGHT = ("passed", "right", "1")
EDGE = ("partial", "edge_cases", "1/2")


def check(**fields: Any) -> CallCheck:
    base = {"id": "c", "points": 1, "of": "f", "dims": {"m": [2, 4], "n": [2, 5]}, "arguments": [{"normal": ["m", "n"]}]}
    return CallCheck.model_validate({**base, **fields})


def run(one: CallCheck, function: Callable[..., Any], mutated: tuple[str, ...] = ()) -> Capture:
    """What the box would bring back of this function."""
    outcomes = []
    for case in one.all_cases:
        try:
            value = to_value(function(*[from_value(a) for a in case.args]))
            outcomes.append(Outcome(value=value, mutated=mutated))
        except ZeroDivisionError:
            outcomes.append(Outcome(error=ERROR))
    return Capture.of(Calls(outcomes=tuple(outcomes)))


def raises(*_: Any) -> Any:
    raise ZeroDivisionError


def double(x: Any) -> Any:
    return 2 * x


def pair(x: Any) -> Any:
    return (x.sum(), x * 2)


def fails_on_edge(x: Any) -> Any:
    return 2 * x if np.asarray(x).shape != (1, 1) else 3 * x


def raises_on_edge(x: Any) -> Any:
    return 2 * x if np.asarray(x).shape != (1, 1) else raises()


def switches(x: Any) -> Any:
    return 2 * x if x.shape[0] % 2 else 2 * x.T


BOTH = {"layouts": ["denominator", "numerator"]}
ONE_BY_ONE = {"edge": [[[[7.0]]]]}


@pytest.mark.parametrize(
    ("fields", "seen", "expected", "verdict"),
    [
        ({}, double, double, RIGHT),
        ({}, lambda x: (2 * x).tolist(), double, RIGHT),
        ({}, lambda x: 2 * x + 1e-9, double, RIGHT),
        ({}, lambda x: 3 * x, double, WRONG),
        ({}, lambda x: 2 * x.T, double, WRONG),
        (BOTH, lambda x: 2 * x.T, double, RIGHT),
        (BOTH, switches, double, ("failed", "layout_switched", "0")),
        ({}, lambda x: None, double, WRONG),
        ({}, lambda x: "2x", double, WRONG),
        ({}, lambda x: x * np.nan, double, WRONG),
        ({}, raises, double, ("failed", "call_raised", "0")),
        (ONE_BY_ONE, double, double, RIGHT),
        (ONE_BY_ONE, fails_on_edge, double, EDGE),
        (ONE_BY_ONE, raises_on_edge, double, EDGE),
        ({**ONE_BY_ONE, "edge_credit": 0}, fails_on_edge, double, ("failed", "edge_cases", "0")),
        ({**ONE_BY_ONE, "edge_credit": "3/4"}, fails_on_edge, double, ("partial", "edge_cases", "3/4")),
        ({}, double, raises, ("undecided", "no_oracle", "")),
        ({}, double, lambda x: x * np.inf, ("undecided", "no_oracle", "")),
        ({"raises": True, **ONE_BY_ONE}, raises_on_edge, raises_on_edge, RIGHT),
        ({"raises": True, **ONE_BY_ONE}, double, raises_on_edge, EDGE),
        ({}, pair, pair, RIGHT),
        ({}, lambda x: [x.sum(), x * 2], pair, RIGHT),
        ({}, lambda x: (x.sum(), x), pair, WRONG),
        ({}, lambda x: x.sum(), pair, WRONG),
        ({}, lambda x: (x.sum(), x * 2, 0), pair, WRONG),
        ({"returns": 1}, pair, double, RIGHT),
        ({"returns": "dx"}, lambda x: {"dx": 2 * x}, double, RIGHT),
        ({"returns": "dx"}, lambda x: {"dy": 2 * x}, double, WRONG),
        ({"returns": 5}, pair, double, WRONG),
        ({}, lambda x: {"a": x}, lambda x: {"a": x}, RIGHT),
        ({}, lambda x: {"b": x}, lambda x: {"a": x}, WRONG),
        ({}, lambda x: " relu ", lambda x: "relu", RIGHT),
        ({}, lambda x: None, lambda x: None, RIGHT),
        ({"dtype": "integer"}, double, double, WRONG),
    ],
)
def test_cases(fields: dict[str, Any], seen: Any, expected: Any, verdict: tuple[str, str, str]) -> None:
    one = check(**fields)
    assert summary(one.judge([run(one, seen)], [run(one, expected)])) == verdict


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    one = check()
    verdict = one.judge([seen], [run(one, double)])
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_a_library_missing_in_a_call_goes_to_a_human() -> None:
    one = check()
    outcomes = tuple(Outcome(error=NO_LIBRARY.error) for _ in one.all_cases)
    verdict = one.judge([Capture.of(Calls(outcomes=outcomes))], [run(one, double)])
    assert summary(verdict) == ("undecided", "environment", "")
    assert verdict.reason.facts["what"] == "sklearn"


def test_the_first_failing_case_is_reported_with_its_inputs_where_these_are_small() -> None:
    one = check(edge=[[[[1.0, 2.0]]]], cases=0)
    facts = one.judge([run(one, lambda x: 3 * x)], [run(one, double)]).reason.facts
    assert facts["inputs"] == {"0": [[1.0, 2.0]]}
    assert (facts["because"], facts["case"], facts["is_edge"], facts["wrong"], facts["cases"]) == ("values", 1, True, 1, 1)
    assert (facts["seen"], facts["expected_value"]) == (3.0, 2.0)
    large = check(arguments=[{"normal": [30, 30]}])
    assert large.judge([run(large, lambda x: 3 * x)], [run(large, double)]).reason.facts["inputs"] is None


def test_changed_arguments_are_noted_and_cost_nothing() -> None:
    one = check()
    verdict = one.judge([run(one, double, mutated=("x",))], [run(one, double)])
    assert verdict.credit == 1
    assert [(n.code, n.facts) for n in verdict.notes] == [("mutated", {"arguments": ["x"]})]


def test_the_accepted_layout_is_noted() -> None:
    one = check(**BOTH)
    verdict = one.judge([run(one, lambda x: 2 * x.T)], [run(one, double)])
    assert [n.facts for n in verdict.notes] == [{"layout": "numerator"}]


def test_student_and_reference_are_called_on_the_same_cases() -> None:
    one = check(seed=3, library="torch", **ONE_BY_ONE)
    (asked,) = one.probes(Answer(functions={"f": ("f", "my_f")}))
    (expected,) = one.expected_probes(Answer(), ())
    (mistaken,) = one.expected_probes(Answer(), (), oracle="mistakes.f")
    assert isinstance(asked, Call)
    assert isinstance(expected, Call)
    assert isinstance(mistaken, Call)
    assert (asked.names, expected.names, mistaken.names) == (("f", "my_f"), ("f",), ("mistakes.f",))
    assert len(asked.cases) == one.count == 6
    assert all(case.as_torch for case in asked.cases)
    assert asked.model_copy(update={"names": ("f",)}).cases[0].args[0].shape == expected.cases[0].args[0].shape
    assert asked.seed == expected.seed == 3


def test_a_literal_mistake_is_a_function_that_always_returns_it() -> None:
    one = check(mistakes=[{"value": 0, "says": "It always returns 0."}])
    assert one.judge([run(one, lambda x: 0)], one.literal(0)).credit == 1
    assert one.judge([run(one, double)], one.literal(0)).credit == 0


@pytest.mark.parametrize("outcomes", [(), (Outcome(value=to_value(1.0)),)])
def test_outcomes_that_did_not_come_back_are_no_fault_of_the_student(outcomes: tuple[Outcome, ...]) -> None:
    one = check()
    assert summary(one.judge([Capture.of(Calls(outcomes=outcomes))], [run(one, double)])) == ("undecided", "box_failed", "")


@pytest.mark.parametrize(
    "fields",
    [
        {"cases": 0},
        {"arguments": [{"normal": ["q"]}]},
        {"dims": {"m": [4, 2], "n": [1, 2]}},
        {"layouts": []},
        {"arguments": [{"nrmal": [2]}]},
    ],
)
def test_faulty_fields_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check(**fields)


def test_a_function_without_arguments_is_called_once() -> None:
    assert check(arguments=[]).count == 1


ONE = check(cases=2)
EXPECTED = run(ONE, double)


@PROFILE
@given(CAPTURES)
def test_any_capture_gets_a_verdict(seen: Capture) -> None:
    verdict = ONE.judge([seen], [EXPECTED])
    assert verdict.credit is None or 0 <= verdict.credit <= 1


@PROFILE
@given(CAPTURES)
def test_any_result_of_a_call_gets_a_verdict(seen: Capture) -> None:
    outcome = Outcome(value=seen.value) if seen.value is not None else Outcome(error=ERROR)
    for expected in (EXPECTED, run(ONE, pair), ONE.literal("relu"), ONE.literal({"a": 1}), ONE.literal(None)):
        verdict = ONE.judge(
            [Capture.of(Calls(outcomes=(outcome, outcome)))], expected if isinstance(expected, tuple) else [expected]
        )
        assert verdict.credit is None or 0 <= verdict.credit <= 1
        assert verdict.model_dump_json()
