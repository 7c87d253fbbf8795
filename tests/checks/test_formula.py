"""Kind `formula`: a formula as text against the declared problem."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from grader.checks.formula import FormulaCheck
from grader.model.evidence import Capture
from grader.model.values import Scalar, Section, Text, Value
from grader.model.verdict import Status

WIENER: dict[str, Any] = {
    "id": "w",
    "points": 1,
    "environment": "lms",
    "quantity": "W^*",
    "reference": "(X^T X)^{-1} X^T D",
    "mistakes": [{"id": "no-inverse", "formula": "X^T D", "credit": "1/4", "says": "No inverse."}],
}


def status(value: Value, **fields: Any) -> str:
    verdict = FormulaCheck.model_validate({**WIENER, **fields}).judge((Capture.of(value),), ())
    return f"{verdict.status.value} {verdict.mistake}".strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(X^T X)^{-1} X^T D", "passed"),
        (r"W^* = \left(X^\top X\right)^{-1} X^\top D", "passed"),
        ("$W^* = (X^T X)^{-1} X^T D$", "passed"),
        ("np.linalg.inv(X.T @ X) @ X.T @ D", "passed"),
        ("np.linalg.solve(X.T @ X, X.T @ D)", "passed"),
        ("X^T D", "partial no-inverse"),
        ("X.T @ D", "partial no-inverse"),
        ("(X X^T)^{-1} X^T D", "failed"),
        ("X D", "failed"),
        (r"\mystery{X}", "undecided"),
        ("", "failed"),
    ],
)
def test_a_string_is_decided_by_its_value(text: str, expected: str) -> None:
    assert status(Text(text=text)) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("(X^T X)^{-1} X^T D", "passed"), ("X^T D", "partial no-inverse"), ("X X^T D", "failed"), ("", "undecided")],
)
def test_the_formula_before_its_value_is_judged(formula: str, expected: str) -> None:
    chain = f"$$W^* = {formula} {'=' if formula else ''} \\begin{{bmatrix}} 1.5 \\\\ -2.25 \\end{{bmatrix}}$$"
    assert status(Section(part="a", heading="b", text=chain)) == expected


def test_numbers_put_in_over_several_sides_are_passed_over() -> None:
    put_in = r"\begin{bmatrix} 4 & 1.5 \\ 1.5 & 3 \end{bmatrix}^{-1} \begin{bmatrix} 2.5 \\ -1 \end{bmatrix}"
    for formula, expected in (("R^{-1} P", "passed"), ("R P", "failed")):
        chain = rf"$W^* = {formula} = {put_in} = \begin{{bmatrix}} 0.92 \\ -0.79 \end{{bmatrix}}$ with $R = X^T X$, $P = X^T D$"
        assert status(Section(part="a", heading="b", text=chain)) == expected


def test_under_a_heading_the_formula_is_found_by_what_it_is_about() -> None:
    text = r"We minimise $MSE = \frac{1}{2K} (D - X W)^T (D - X W)$ and get $W^* = (X^T X)^{-1} X^T D$, as in the lecture."
    assert status(Section(part="a", heading="b", text=text)) == "passed"
    assert status(Section(part="a", heading="b", text=text.replace("^{-1}", ""))) == "failed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The inverse of the correlation matrix, times the correlation with the target.", "failed"),
        ("It is the product inverse(X^T X)*(X^T D).", "undecided"),
        ("The number is (inputs + 1) \\* outputs, and/or less.", "undecided"),
        ("With $K$ points we take $(X^T X)^{-1} X^T D$.", "undecided"),
        ("See `solve(A, b)`.", "undecided"),
        ("A well-known and/or simple result, as in the lecture.", "failed"),
    ],
)
def test_what_looks_like_a_formula_among_words_is_left_to_a_human(text: str, expected: str) -> None:
    assert status(Section(part="a", heading="b", text=text)) == expected


def test_a_number_is_compared_with_the_value_on_the_given_numbers() -> None:
    fields: dict[str, Any] = {"environment": "mlp_relu_numbers", "quantity": "L", "reference": r"\frac{29}{2}", "mistakes": []}
    assert status(Scalar(value=14.5), **fields) == "passed"
    assert status(Text(text="29/2"), **fields) == "passed"
    assert status(Scalar(value=29.0), **fields) == "failed"


def test_another_right_formula_is_accepted_in_place_of_the_quantity() -> None:
    check = FormulaCheck.model_validate({**WIENER, "also": [{"value": "2 X^T D", "says": "doubled"}]})
    seen = (Capture.of(Text(text="X^T D + X^T D")),)
    assert check.judge(seen, ()).status is Status.FAILED
    assert check.judge(seen, check.literal("2 X^T D")).status is Status.PASSED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\nabla X = \nabla Y / S$", "partial constant"),
        (r"$\nabla x_{ij} = \frac{\nabla y_{ij}}{\sum_l x_{il}}$", "partial constant"),
        (r"$\nabla x_{kl} = \frac{\nabla y_{kl}}{\sum_j x_{kj}}$", "partial constant"),
        (r"$\nabla x_{ij} = \frac{\nabla y_{ji}}{\sum_l x_{il}}$", "failed"),
        (r"$\nabla x_{ij} = \frac{\nabla y_{ij}}{\sum_l x_{jl}}$", "failed"),
    ],
)
def test_a_known_mistake_is_recognised_in_a_formula_for_the_entries(text: str, expected: str) -> None:
    fields = {
        "environment": "row_normalise",
        "quantity": r"\nabla X",
        "reference": r"(\nabla Y - ((\nabla Y \odot Y) \mathbf{1}) \mathbf{1}^T) / S",
        "mistakes": [{"id": "constant", "formula": r"\nabla Y / S", "credit": "1/4", "says": "The sum is not constant."}],
    }
    assert status(Section(part="a", heading="b", text=text), **fields) == expected


@pytest.mark.parametrize(
    ("row", "column", "expected"), [("i", "j", "partial plus"), ("j", "i", "partial plus"), ("k", "j", "failed")]
)
def test_a_known_mistake_is_recognised_entry_by_entry_in_either_layout(row: str, column: str, expected: str) -> None:
    fields = {
        "environment": "mlp_sigmoid",
        "quantity": r"\frac{\partial L}{\partial W_2}",
        "reference": "-x_2 (t - x_3)^T",
        "layouts": ["numerator", "denominator"],
        "mistakes": [{"id": "plus", "formula": "x_2 (t - x_3)^T", "credit": "1/2", "says": "The sign is wrong."}],
    }
    text = rf"$\frac{{\partial L}}{{\partial W_{{2,ij}}}} = x_{{2,{column}}} (t_{row} - x_{{3,{row}}})$"
    assert status(Section(part="a", heading="b", text=text), **fields) == expected


LINEAR: dict[str, Any] = {
    "environment": {"leaves": {"n": [], "m": []}, "defs": {"P": "n * m + m"}},
    "quantity": "P",
    "reference": "(n + 1) m",
    "mistakes": [],
    "words": {"n": ["inputs", "in-features"], "m": ["outputs", "out-features"]},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"The formula is (in-features+1)\*(out-features). For others it differs.", "passed"),
        ("There are (number of inputs + 1) * number of outputs.", "passed"),
        ("`in_features * out_features + out_features`", "passed"),
        (r"It has in\_features × out\_features + out\_features entries (784 of them).", "passed"),
        ("A layer has inputs times outputs plus outputs.", "passed"),
        ("A layer has inputs * outputs weights and a bias for each of the outputs.", "undecided"),
        ("It is (inputs + 1) * outputs, or inputs * outputs.", "undecided"),
        ("It is (inputs + 1 * outputs", "undecided"),
        ("Take inputs/outputs.", "undecided"),
        ("With $P = n m$ it would be (inputs + 1) * outputs.", "failed"),
        ("It has many inputs.", "failed"),
    ],
)
def test_a_formula_in_words_is_right_or_left_to_a_human(text: str, expected: str) -> None:
    assert status(Section(part="a", heading="b", text=text), **LINEAR) == expected


def test_what_was_read_in_words_is_told() -> None:
    check = FormulaCheck.model_validate({**WIENER, **LINEAR})
    value = Section(part="a", heading="b", text="So it is (inputs + 1) * outputs.")
    (note,) = [n for n in check.judge((Capture.of(value),), ()).notes if n.code == "read_from_text"]
    assert note.facts == {"read": "(n+1)*m", "excerpt": "(inputs + 1) * outputs"}


def test_words_are_for_declared_symbols() -> None:
    with pytest.raises(ValidationError, match="`words` has q"):
        FormulaCheck.model_validate({**WIENER, **LINEAR, "words": {"q": ["inputs"]}})
