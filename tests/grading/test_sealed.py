"""Sealed answers: what is within the rubric's tolerance always matches, what is clearly off never does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import Rubric
from grader.checks.literals import to_value
from grader.grading import seals as sealing
from grader.grading.items import items_of
from grader.grading.sealed import Seal, Sealed, judge_sealed, seal
from grader.model.evidence import Capture
from grader.model.values import Calls, Outcome, Ran
from tests.grading.build import rubric

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
SALT = "0123456789abcdef"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost little: their price is not what is tested here."""
    monkeypatch.setattr(sealing, "WORK", 2)


def one(check: str, answer: str = "variables: {x: x}") -> Rubric:
    return rubric(f'- {{id: "1", title: One, points: 1, answer: {{{answer}}}, checks: [{{id: c, points: 1, {check}}}]}}')


def sealed_of(made: Rubric, expected: Any) -> Seal | None:
    (item,) = items_of(made)
    probes = item.check.expected_probes(item.question.answer, ())
    value = expected if isinstance(expected, Calls | Ran) else to_value(expected)
    document = json.loads(json.dumps(seal(made, {p.key: Capture.of(value) for p in probes}, lambda name: SALT + name)))
    return Sealed.model_validate(document).answers.get("1/c")


def verdict_of(made: Rubric, expected: Any, seen: Any) -> str:
    found = sealed_of(made, expected)
    assert found is not None
    value = seen if isinstance(seen, Calls | Ran) else to_value(seen)
    (item,) = items_of(made)
    verdict = judge_sealed(item.check, found, [Capture.of(value)])
    return "" if verdict is None else verdict.status.value if verdict.reason.code == "right" else verdict.reason.code


NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6) | st.sampled_from([0.0, 1.0, -14.5])


@PROFILE
@given(
    right=NUMBERS, share=st.floats(-1, 1), rtol=st.sampled_from([0.0, 1e-6, 1e-4, 0.1]), atol=st.sampled_from([0.0, 1e-3, 1.0])
)
def test_a_number_within_tolerance_always_matches(right: float, share: float, rtol: float, atol: float) -> None:
    made = one(f"kind: number, of: x, rtol: {rtol!r}, atol: {atol!r}")
    seen = right + 0.999 * share * (atol + rtol * abs(right))
    assert verdict_of(made, right, seen) == "passed"


@PROFILE
@given(right=NUMBERS, sign=st.sampled_from([-1, 1]), rtol=st.sampled_from([1e-6, 1e-4, 0.01]), atol=st.sampled_from([0.0, 1e-3]))
def test_a_number_off_by_two_tolerances_never_matches(right: float, sign: int, rtol: float, atol: float) -> None:
    made = one(f"kind: number, of: x, rtol: {rtol!r}, atol: {atol!r}")
    off = 2 * (atol + rtol * abs(right)) or 1e-3
    assert verdict_of(made, right, right + sign * off) == "sealed_differs"


@pytest.mark.parametrize(
    ("seen", "verdict"), [(7, "passed"), (7.0, "passed"), (8, "sealed_differs"), (7.5, "sealed_differs"), ("seven", "")]
)
def test_an_integer_must_be_the_very_one(seen: Any, verdict: str) -> None:
    assert verdict_of(one("kind: number, of: x, integer: true"), 7, seen) == verdict


@PROFILE
@given(seed=st.integers(0, 10**6), share=st.floats(-1, 1))
def test_an_array_within_tolerance_always_matches(seed: int, share: float) -> None:
    right = np.random.default_rng(seed).normal(size=(3, 2)) * 10.0 ** (seed % 7 - 3)
    made = one("kind: array, of: x, rtol: 1.0e-4, atol: 1.0e-7")
    assert verdict_of(made, right, right + 0.999 * share * (1e-7 + 1e-4 * np.abs(right))) == "passed"


@pytest.mark.parametrize(
    ("layouts", "change", "verdict"),
    [
        ("denominator", lambda A: A, "passed"),
        ("denominator", lambda A: A.T, "shape"),
        ("denominator, numerator", lambda A: A.T, "passed"),
        ("denominator, vec", lambda A: A.reshape(1, -1, order="F"), "passed"),
        ("denominator, vec", lambda A: A.reshape(-1), "sealed_differs"),
        ("flat", lambda A: A[None], "passed"),
        ("denominator", lambda A: -A, "sealed_differs"),
        ("denominator", lambda A: A * 1.01, "sealed_differs"),
        ("denominator", lambda A: A[::-1], "sealed_differs"),
        ("denominator", lambda A: A + np.eye(3, 2) * 0.1, "sealed_differs"),
    ],
)
def test_an_array_is_recognised_in_every_accepted_layout(layouts: str, change: Any, verdict: str) -> None:
    right = np.arange(1.0, 7.0).reshape(3, 2)
    assert verdict_of(one(f"kind: array, of: x, layouts: [{layouts}]"), right, change(right)) == verdict


def test_the_results_of_a_function_are_recognised_together() -> None:
    made = one("kind: call, of: f, arguments: [{normal: [n]}], dims: {n: [2, 4]}, cases: 3", "functions: {f: f}")
    right = [np.array([1.0, 2.0]), np.array([3.0]), np.array([4.0, 5.0])]

    def calls(arrays: list[Any]) -> Calls:
        return Calls(outcomes=tuple(Outcome(value=to_value(array)) for array in arrays))

    assert verdict_of(made, calls(right), calls(right)) == "passed"
    assert verdict_of(made, calls(right), calls([*right[:2], np.array([5.0, 4.0])])) == "sealed_differs"
    assert verdict_of(made, calls(right), calls([right[0], right[0], right[2]])) == "shape"


@pytest.mark.parametrize(("seen", "verdict"), [("B", "passed"), ("b)", "passed"), ("A", "sealed_differs"), ("A or B?", "")])
def test_a_choice_is_recognised(seen: str, verdict: str) -> None:
    assert verdict_of(one("kind: choice, of: x, options: [A, B, C], correct: B"), None, seen) == verdict


@pytest.mark.parametrize(("seen", "verdict"), [(2.0, "passed"), (4.0, "passed"), (8.0, "passed"), (6.0, "sealed_differs")])
def test_every_convention_that_is_right_matches(seen: float, verdict: str) -> None:
    also = "also: [{value: 4, says: summed}, {value: 8.0, says: twice}]"
    assert verdict_of(one(f"kind: number, of: x, {also}"), 2.0, seen) == verdict


def test_conventions_of_other_shapes_match_too() -> None:
    made = one("kind: array, of: x, also: [{value: [[1, 2], [3, 4]], says: as a matrix}]")
    right = np.array([5.0, 6.0])
    seen = (right, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 5.0]]), np.zeros(3))
    assert [verdict_of(made, right, each) for each in seen] == ["passed", "passed", "sealed_differs", "shape"]


@pytest.mark.parametrize(
    ("seen", "verdict"), [("7\n", "passed"), ("7\r\n", "passed"), ("8\n", "sealed_differs"), ("7 8", "sealed_differs")]
)
def test_a_whole_output_is_recognised(seen: str, verdict: str) -> None:
    made = one("kind: program, of: x, run: 'python {file}', output: '7'", "files: {x: a.py}")
    assert verdict_of(made, None, Ran(exit_code=0, stdout=seen)) == verdict


@pytest.mark.parametrize("more", ["compare: tokens", "compare: included", "compare: regex", "shown: true"])
def test_parts_patterns_and_told_outputs_are_not_sealed(more: str) -> None:
    assert sealed_of(one(f"kind: program, of: x, run: 'python {{file}}', output: '7', {more}", "files: {x: a.py}"), None) is None


@pytest.mark.parametrize(
    "check",
    [
        "kind: number, of: x, visibility: hidden",
        "kind: number, of: x, also: [{value: three, says: another convention}]",
        "kind: number, of: x, also: [{expect: y, says: another convention that the reference does not have}]",
        "kind: array, of: x, nonfinite: true",
    ],
)
def test_what_is_not_for_students_or_cannot_be_sealed_whole_is_not_sealed(check: str) -> None:
    assert sealed_of(one(check), [1.0, 2.0] if "array" in check else 1.0) is None


def test_neither_the_value_nor_its_digits_are_in_the_sealed_document() -> None:
    made = one("kind: array, of: x")
    found = sealed_of(made, np.array([1234.5678, 8765.4321]))
    assert found is not None
    text = found.model_dump_json()
    assert "1234" not in text.replace(SALT, "")
    assert all(step == 2.0 ** round(np.log2(step)) for look in found.looks for step in look.steps)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("entry", range(6))
def test_one_entry_that_is_clearly_off_is_noticed(entry: int, sign: int) -> None:
    right = np.arange(1.0, 7.0)
    seen = right.copy()
    seen[entry] += sign * 5 * float((1e-8 + 1e-5 * right).sum())
    assert verdict_of(one("kind: array, of: x"), right, seen) == "sealed_differs"
