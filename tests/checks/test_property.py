"""The kind `property`: what must hold whatever the right answer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from grader.checks.literals import as_array, to_value
from grader.checks.property import PropertyCheck
from grader.model.evidence import Capture
from grader.model.probe import Call, Probe
from grader.model.rubric import Answer
from grader.model.values import Calls, Outcome
from grader.model.verdict import Verdict
from tests.checks.check_cases import CAPTURES, ERROR, WITHOUT_VALUE, capture, summary

ANSWER = Answer(functions={"g": ("g",), "f": ("f",)})
MATRIX = {"arguments": [{"normal": ["m", "n"]}, {"normal": ["n", 1]}], "dims": {"m": [2, 4], "n": [2, 4]}}
GRADIENT = {**MATRIX, "gradient": {"of": "f", "by": 0}}
BACKWARD = {
    "arguments": [{"normal": ["m", "n"]}, {"normal": ["m", "n"]}],
    "dims": {"m": [2, 4], "n": [2, 4]},
    "gradient": {"of": "f", "by": 0, "cotangent": 1},
}


def check(**fields: Any) -> PropertyCheck:
    return PropertyCheck(id="p", of="g", points=1, **fields)


def called(probe: Probe, function: Callable[..., Any]) -> Capture:
    assert isinstance(probe, Call)
    results = [function(*[as_array(value) for value in case.args]) for case in probe.cases]
    return Capture.of(Calls(outcomes=tuple(Outcome(value=to_value(np.asarray(result))) for result in results)))


def judged(made: PropertyCheck, functions: Sequence[Callable[..., Any]]) -> Verdict:
    probes = made.probes(ANSWER)
    return made.judge([called(probe, function) for probe, function in zip(probes, functions, strict=True)], ())


@pytest.mark.parametrize(
    ("fields", "seen", "verdict"),
    [
        ({}, [1.0, 2.0], ("passed", "right", "1")),
        ({}, [1.0, float("nan")], ("failed", "not_finite", "0")),
        ({"finite": False}, [1.0, float("inf")], ("passed", "right", "1")),
        ({}, "some text", ("failed", "wrong_type", "0")),
        ({"shape": [2, 2]}, [[1.0, 2.0], [3.0, 4.0]], ("passed", "right", "1")),
        ({"shape": [2, 2]}, [1.0, 2.0], ("failed", "shape", "0")),
        ({"shape": []}, 3.0, ("passed", "right", "1")),
        ({"within": [0, 1]}, [0.0, 1.0], ("passed", "right", "1")),
        ({"within": [0, 1]}, [0.0, 1.1], ("failed", "outside", "0")),
        ({"sums_to": {}}, [0.25, 0.75], ("passed", "right", "1")),
        ({"sums_to": {"to": 2}}, [0.25, 0.75], ("failed", "sums", "0")),
        ({"sums_to": {"axis": 1}}, [[0.5, 0.5], [1.0, 0.0]], ("passed", "right", "1")),
        ({"sums_to": {"axis": 0}}, [[0.5, 0.5], [1.0, 0.0]], ("failed", "sums", "0")),
        ({"sums_to": {"axis": 1}}, [0.5, 0.5], ("failed", "no_axis", "0")),
        ({"symmetric": True}, [[1.0, 2.0], [2.0, 1.0]], ("passed", "right", "1")),
        ({"symmetric": True}, [[1.0, 2.0], [-2.0, 1.0]], ("failed", "not_symmetric", "0")),
        ({"symmetric": True}, [[1.0, 2.0]], ("failed", "not_square", "0")),
    ],
)
def test_a_value_is_judged_by_what_must_hold(fields: dict[str, Any], seen: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([capture(seen)], ())) == verdict


@pytest.mark.parametrize(
    ("fields", "g", "f", "verdict"),
    [
        (GRADIENT, lambda W, x: W @ x @ x.T, lambda W, x: 0.5 * ((W @ x) ** 2).sum(), ("passed", "right", "1")),
        (GRADIENT, lambda W, x: -W @ x @ x.T, lambda W, x: 0.5 * ((W @ x) ** 2).sum(), ("failed", "gradient_differs", "0")),
        (GRADIENT, lambda W, x: 2 * W @ x @ x.T, lambda W, x: 0.5 * ((W @ x) ** 2).sum(), ("failed", "gradient_differs", "0")),
        (GRADIENT, lambda W, x: W @ x @ x.T + 1e-3, lambda W, x: 0.5 * ((W @ x) ** 2).sum(), ("failed", "gradient_differs", "0")),
        (GRADIENT, lambda W, x: (W @ x @ x.T).T, lambda W, x: 0.5 * ((W @ x) ** 2).sum(), ("failed", "shape", "0")),
        (GRADIENT, lambda W, x: W, lambda W, x: W @ x, ("failed", "wrong_type", "0")),
        (GRADIENT, lambda W, x: np.zeros(W.shape), lambda W, x: np.sin(1e6 * W.sum()), ("undecided", "not_smooth", "")),
        (BACKWARD, lambda z, up: up * (z > 0), lambda z: np.maximum(z, 0), ("passed", "right", "1")),
        (BACKWARD, lambda z, up: up, lambda z: np.maximum(z, 0), ("failed", "gradient_differs", "0")),
        (BACKWARD, lambda z, up: up, lambda z: z.sum(), ("failed", "shape", "0")),
    ],
)
def test_a_gradient_must_fit_the_students_own_function(
    fields: dict[str, Any], g: Callable[..., Any], f: Callable[..., Any], verdict: tuple[str, str, str]
) -> None:
    assert summary(judged(check(**fields), (g, f))) == verdict


@pytest.mark.parametrize("layout", ["numerator", "vec"])
def test_a_gradient_may_be_in_another_layout_where_that_is_accepted(layout: str) -> None:
    made = check(**{**GRADIENT, "gradient": {"of": "f", "by": 0, "layouts": ["denominator", layout]}})
    right = {"numerator": lambda G: G.T, "vec": lambda G: G.reshape(-1, order="F")}[layout]
    assert judged(made, (lambda W, x: right(W @ x @ x.T), lambda W, x: 0.5 * ((W @ x) ** 2).sum())).status == "passed"


def test_a_function_is_judged_in_every_case_and_the_first_wrong_one_is_shown() -> None:
    made = check(arguments=[{"normal": ["n", "k"]}], dims={"n": [1, 3], "k": [2, 4]}, shape=["n", "k"], sums_to={"axis": 1})
    softmax = lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)  # noqa: E731 a formula
    assert judged(made, (softmax,)).status == "passed"
    verdict = judged(made, (lambda x: np.exp(x) / np.exp(x).sum(),))
    assert (verdict.reason.code, verdict.reason.facts["case"], verdict.reason.facts["to"]) == ("sums", 1, 1.0)
    assert judged(made, (lambda x: softmax(x).T,)).reason.facts["because"] == "shape"


def test_a_function_that_raises_fails_with_its_line() -> None:
    made = check(edge=[[1.0]])
    verdict = made.judge([Capture.of(Calls(outcomes=(Outcome(error=ERROR),)))], ())
    assert (verdict.reason.code, verdict.reason.facts["line"]["line"]) == ("call_raised", 7)


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_why(seen: Capture, status: str, code: str) -> None:
    verdict = check().judge([seen], ())
    assert (verdict.status, verdict.reason.code) == (status, code)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"gradient": {"of": "f", "by": 0}}, "needs `arguments`"),
        ({**MATRIX, "gradient": {"of": "f", "by": 2}}, "no argument 2"),
        ({**MATRIX, "gradient": {"of": "f", "by": 0, "cotangent": 0}}, "different arguments"),
        ({"within": [1, 0]}, "range"),
        ({"arguments": [{"normal": ["n"]}], "dims": {"n": [2, 3]}, "shape": ["q"]}, "'q' is not one of the dims"),
    ],
)
def test_a_faulty_property_is_a_fault_of_the_rubric(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check(**fields)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seen=CAPTURES, other=CAPTURES)
def test_whatever_comes_out_of_the_box_gives_a_verdict(seen: Capture, other: Capture) -> None:
    assert isinstance(check(within=[0, 1], sums_to={"axis": 0}, symmetric=True).judge([seen], ()), Verdict)
    assert isinstance(check(**GRADIENT).judge([seen, other], ()), Verdict)
