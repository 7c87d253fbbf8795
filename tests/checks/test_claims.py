r"""Values read in what a student wrote: with the words before them, in any of the ways in which they are written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.claims import after_words, claims_about, equations, passages, sentences, standing_alone
from grader.checks.plain_math import plain, symbol
from grader.checks.reports import agreed
from grader.checks.written_values import value_at

COLUMN = [[1.5], [2.25], [-3.125]]
CLAIMS = [
    ("an equation", "So $L = 4.25$.", "L", 4.25),
    ("the end of a chain", r"Thus, $L = 0.5(\vec{t} - \vec{y})^T(\vec{t} - \vec{y}) = \boxed{8.5}$.", "L", 8.5),
    ("equal weights", "The weights: $v_0 = 0.25, v_1 = v_2 = -0.75$.", "v_1", -0.75),
    ("weights in code marks", "`v0 = 0.25`, `v_1 = v_2 = -0.75`", "v_0", 0.25),
    ("two digits in the index", "with $u_{10} = 2$ and $u_{11} = -2$", "u_{11}", -2),
    (
        "a power of ten",
        r"The mean loss over all points is $3.125 \cdot 10^{-5}$ using the lecture's rule.",
        "mean loss",
        3.125e-5,
    ),
    ("times ten", r"$e = 2.5 \times 10^{3}$", "e", 2500),
    ("superscript digits", "e ≈ 2.5·10⁻³", "e", 0.0025),
    ("e notation", "error: 2.5e-3", "error", 0.0025),
    ("a fraction", r"$p = \frac{3}{8}$", "p", 0.375),
    ("a Unicode minus", "w = −0.5", "w", -0.5),
    ("thousands", "Total weights: 1,228,800 in all", "total weights", 1228800),
    ("a sentence with `of`", "it ends with an MSE loss of 0.125 on all points.", "MSE loss", 0.125),
    ("a colon and other words", "- Train error after 3 rounds: 7.0625\n- more", "train error", 7.0625),
    ("the second line of a list", "- a: 1.5\n- Fitted: w=0.375, b=-0.625\n", "b", -0.625),
    ("an equation's number", r"$$\frac{\partial E}{\partial \vec{b}_1} = [3 \quad -4] \quad (17)$$", "dE/db1", [3, -4]),
    (
        "a matrix",
        r"$$\frac{\partial E}{\partial W_1} = \begin{bmatrix} 1 & 2 \\ 3 & -4 \end{bmatrix}, x = 1$$",
        "dE/dW_1",
        [[1, 2], [3, -4]],
    ),
    (
        "a matrix after others",
        r"$$A = \begin{pmatrix} 1 \\ 2 \end{pmatrix}, B = \begin{pmatrix} 3 & 4 \end{pmatrix}$$",
        "B",
        [[3, 4]],
    ),
    ("an array environment", r"$$A = \left[\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right]$$", "A", [[1, 2], [3, 4]]),
    (
        "a matrix below its formula",
        r"$$\vec{V}^* = (X^TX)^{-1}X^T\vec{D} = \begin{bmatrix} 1.5 \\ 2.25 \\ -3.125 \end{bmatrix}$$",
        "V^*",
        COLUMN,
    ),
    ("a decimal comma", "CE = 0,916.", "CE", 0.916),
    ("a decimal comma with two digits", "L = 14,25 in all", "L", 14.25),
    ("times ten without a space", r"$e = 1.008\times10^{-4}$ (mean over $K$)", "e", 1.008e-4),
    ("a power alone", r"$e = 10^{-3}$", "e", 0.001),
    ("groups as LaTeX sets them", r"$P = 1{,}228{,}800$", "P", 1228800),
    ("groups with thin spaces", r"$P = 337\,674$", "P", 337674),
    ("a fraction that ends its sentence", "L = 29/2.", "L", 14.5),
    ("an arrow", r"$w \leftarrow 0.875$", "w", 0.875),
    ("a list without brackets", "s = 1.5, 3.5, -2.5\ny = 1, 1, -1", "s", [1.5, 3.5, -2.5]),
    ("one symbol of a bracket", "(w0, w1, w2) = (1, -2, -3)", "w_1", -2),
    ("rows with semicolons", "dW = [-4 -5; -10 -11]", "dW", [[-4, -5], [-10, -11]]),
    ("a column with semicolons", "db = [-4; -5]", "db", [-4, -5]),
    ("rows between bars", "      | -2  3 |\n dW = | -5  4 |\n", "dW", [[-2, 3], [-5, 4]]),
    ("rows below their label", "Output:\n 0 1.5 2\n 3 4 5\n\nText", "output", [[0, 1.5, 2], [3, 4, 5]]),
    ("nested lists", "dW = [[1, 2], [3, 4]]", "dW", [[1, 2], [3, 4]]),
    ("a printed array", "dW:\n[[ 1.   2.5]\n [-3.   4. ]]", "dW", [[1, 2.5], [-3, 4]]),
    ("a tensor", "dW = tensor([[ 1.0000, -2.5000]], dtype=torch.float64)", "dW", [[1, -2.5]]),
    ("an array in code", "W = np.array([[1., 2],\n              [3., 4]])", "W", [[1, 2], [3, 4]]),
    ("a transposed row", r"$y = [-1, -3]^T$", "y", [[-1], [-3]]),
    ("a transposed matrix", "M = [[1, 2], [3, 4]].T", "M", [[1, 3], [2, 4]]),
    ("a verb of reaching", "The accuracy on the held-out images can reach 0.75 in the third epoch.", "accuracy", 0.75),
    ("a symbol and a verb", "The slope v is 0.375, and the offset u equals -0.5.", "u", -0.5),
    ("a symbol and a colon", "v: 0.375\nu: -0.5", "u", -0.5),
    ("a word in the line before a symbol", "Start: v=2.5, u=1\nFitted values: v=0.375, u=-0.5", "fitted v", 0.375),
    ("a list below its heading", "Start:\n- v: 2\n- u: 1\n\nFitted values:\n\n- v: 0.375\n- u: -0.5", "fitted u", -0.5),
    ("predictions", "Outputs for x=[-1.0, 0.0]: [-1.25 0.5]", "outputs", [-1.25, 0.5]),
]


@pytest.mark.parametrize(("text", "label", "expected"), [case[1:] for case in CLAIMS], ids=[case[0] for case in CLAIMS])
def test_a_claim_is_read_with_its_label(text: str, label: str, expected: object) -> None:
    claim = agreed(claims_about(plain(text), [label]))
    assert claim is not None
    assert claim.written.value.tolist() == expected


NO_CLAIMS = [
    ("one number with a comma, or two", "w = 1,2", "w"),
    ("one number with a space, or two", "P = 337 674", "P"),
    ("part of an expression", "L = 0.5 x_1 + 2", "L"),
    ("a factor", "L = 0.5(t - y)^2", "L"),
    ("another label", "L_2 = 4", "L"),
    ("another case", "l = 4", "L"),
    ("a word of another sentence", "Fitted values follow. Then v = 4", "fitted v"),
    ("a word of another list", "Fitted values:\n- v: 1\n\nStart.\n\n- v: 4\n- fitted u", "fitted u"),
    ("two values", "L = 4. Later L = 5.", "L"),
    ("a list's number", "The losses are as follows:\n\n1. Small.", "follows"),
    ("a rate beside it", "The weight vector with r = 0.01 is given in Figure 3.", "weight vector"),
    ("a comparison", "if L == 4", "L"),
    ("dots in a matrix", r"$A = \begin{bmatrix} 1 & \dots \\ 0 & 2 \end{bmatrix}$", "A"),
    ("rows of different length", "A = [[1, 2], [3]]", "A"),
    ("a fraction by zero", "p = 3/0", "p"),
]


@pytest.mark.parametrize(("text", "label"), [case[1:] for case in NO_CLAIMS], ids=[case[0] for case in NO_CLAIMS])
def test_what_is_no_certain_value_is_not_read(text: str, label: str) -> None:
    assert agreed(claims_about(plain(text), [label])) is None


def test_a_value_written_twice_with_more_and_fewer_digits_is_one() -> None:
    claim = agreed(claims_about(plain("The loss is about 0.33. Exactly, loss = 0.33333."), ["loss"]))
    assert claim is not None
    assert claim.written.number == 0.33333


def test_the_excerpt_is_what_stands_around_the_value() -> None:
    (claim,) = equations(plain("First.\n\nSo $L = \\frac{1}{2}$ here."))
    assert claim.excerpt == "So L = 1/2"


def test_values_that_end_a_calculation_stand_alone() -> None:
    assert [c.written.number for c in standing_alone(plain(r"$$-1 * \log(0.4) = -0.397$$"))] == [-0.397]
    assert [c.written.number for c in standing_alone(plain("Answer below.\n14.5\n3 apples"))] == [14.5]


def test_words_before_a_value_tell_two_of_one_name_apart() -> None:
    text = "Fitted values: w=0.5, b=1\nTrue values: w=3.0, b=2"
    assert [c.written.number for c in claims_about(after_words(text, ["fitted values"]), ["w"])] == [0.5]


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("Start: v=2.5\nFitted: v=0.375", ["v", "fitted v"], 0.375),
        ("The first weight is 2.5. The fitted weight is 0.375.", ["weight", "fitted weight"], 0.375),
        ("Start: v=2.5\nFitted: v=0.375", ["v"], None),
        ("Fitted: v=0.375. So v = 2.5.", ["v", "fitted v"], None),
        ("MSE loss after it: 3.25\nloss: 10.5", ["loss", "MSE loss"], None),
    ],
)
def test_the_more_exact_label_counts_where_other_words_stand_before_the_other_value(
    text: str, labels: list[str], expected: float | None
) -> None:
    claim = agreed(claims_about(plain(text), labels))
    assert (claim.written.number if claim else None) == expected


def test_code_and_output_stand_apart_from_the_students_own_words() -> None:
    found = passages("L = 1.5\n\n```\nL = 0\n```\nend")
    assert ("1.5" in found.prose, "0" in found.prose, found.code.strip()) == (True, False, "L = 0")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\frac{\partial L}{\partial \vec{b}_1}", "dL/db1"),
        (r"W_{LMS}", "W_LMS"),
        (r"\hat{y}_3", "y3"),
        (r"\frac{\partial MSE}{\partial \hat y_3}", "dMSE/dy_3"),
        (r"\hat\theta", r"\theta"),
        ("dCE/dŷ₃", "dCE/dy₃"),
        ("MSE Loss", "mse loss"),
        ("$w_0$", "`w0`"),
    ],
)
def test_labels_are_compared_without_their_dress(one: str, other: str) -> None:
    assert symbol(one) == symbol(other)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
@settings(max_examples=60, derandomize=True, deadline=None, database=None)
def test_what_python_prints_is_read_back(number: float) -> None:
    found = value_at(f"{number!r}.", 0) if "e" in repr(number) else value_at(f"{number!r},", 0)
    assert found is not None
    assert found.number == number


@given(st.lists(st.lists(st.integers(-99, 99), min_size=2, max_size=2), min_size=1, max_size=3))
@settings(max_examples=40, derandomize=True, deadline=None, database=None)
def test_what_numpy_prints_is_read_back(rows: list[list[int]]) -> None:
    array = np.array(rows, dtype=float)
    found = value_at(plain(str(array)), 0)
    assert found is not None
    assert found.value.tolist() == array.tolist()


@given(st.text(alphabet="LW_=[](){}.,:-+*/^\\$ \n0123456789aeT&∂", max_size=60))
@settings(max_examples=200, derandomize=True, deadline=None, database=None)
def test_no_text_makes_the_reading_fail(text: str) -> None:
    found = [*equations(plain(text)), *sentences(plain(text), "L")]
    assert all(claim.excerpt and claim.written.end <= len(plain(text)) for claim in found)


@pytest.mark.parametrize(
    "text", ["[" * 30_000, "= " * 30_000, "\\frac{" * 9_000, "1" * 60_000, "L is " * 12_000, "a:" * 30_000, "_{" * 30_000]
)
def test_hostile_text_takes_little_time(text: str) -> None:
    assert agreed(claims_about(plain(text), ["L", "loss"])) is None
