"""Notation that a text announces in words, and readings with good will: they hold there and nowhere else."""

from __future__ import annotations

import pytest

from grader.symbolic.announced import adapted, with_changes
from grader.symbolic.environments import named
from grader.symbolic.read import read_document
from grader.symbolic.shapes import symbols_of
from grader.symbolic.steps import check_steps
from tests.symbolic.deciding import changed, decided, decider, outcomes

RIGHT, WRONG, ABUSED, OPEN, DEFINED = "right", "wrong_here", "notation_abused", "not_checkable", "definition"


def announced(name: str, text: str) -> list[str]:
    """The outcomes of the steps under the notation that the text announces."""
    reading = read_document(text, with_changes(text, symbols_of(named(name))))
    return [step.outcome for step in check_steps(reading, adapted(decider(name), text, reading.chains)).steps]


def test_small_changes_are_no_gradients_where_the_change_of_the_loss_is_written() -> None:
    differentials = r"$$dL = \mathrm{tr}(\nabla Z^T dZ)$$ $$dZ = dX \oslash Y$$"
    assert WRONG not in announced("elementwise_division", differentials)
    assert announced("elementwise_division", r"$$dZ = dX \oslash Y$$") == [WRONG]
    assert announced("elementwise_division", r"$$dX = dZ \oslash Y$$") == [RIGHT]


def test_einsteins_sums_hold_where_the_text_names_them() -> None:
    product = r"$Y_{ab} = X_{ac} W_{cb}$ $$\nabla X_{ij} = \nabla Y_{ab} \delta_{ai} \delta_{cj} W_{cb}$$"
    assert announced("matrix_product", "With Einstein's convention " + product) == [RIGHT, RIGHT]
    assert announced("matrix_product", product) == [WRONG, WRONG]


def test_the_letter_of_a_loss_may_be_a_jacobian() -> None:
    jacobian = r"$$J = \operatorname{diag}(p) - p p^T$$"
    assert announced("softmax_ce", jacobian + r" $$\frac{\partial L}{\partial z} = J^T \frac{\partial L}{\partial p}$$") == [
        DEFINED,
        RIGHT,
    ]
    assert announced("softmax_ce", jacobian + r" $$\frac{\partial J}{\partial z} = p - y$$")[0] == WRONG


@pytest.mark.parametrize(
    "words",
    [
        "where $c$ is the true class",
        "with $c$ the correct class",
        "Let $c$ denote the index of the correct class",
        "the true class $c$",
    ],
)
def test_the_letter_of_the_true_class_stands_for_its_place(words: str) -> None:
    text = r"$$L = -\log p_c$$ $$\frac{\partial L}{\partial z_i} = p_i - [i = c]$$ "
    assert announced("softmax_ce", text + words) == [RIGHT, RIGHT]


def test_the_name_of_an_array_stays_what_it_is_whatever_is_said_of_it() -> None:
    text = r"$$\frac{\partial L}{\partial z} = p - y$$ where $y$ is the true class label"
    assert announced("softmax_ce", text) == [RIGHT]


def test_the_name_of_a_one_hot_vector_as_an_index_is_the_class() -> None:
    assert announced("softmax_ce", r"$$L = -\log p_y$$ $$\frac{\partial L}{\partial z_i} = p_i - 1[i = y]$$") == [RIGHT, RIGHT]
    assert announced("softmax_ce", r"$$\frac{\partial L}{\partial z_i} = p_i + 1[i = y]$$") == [WRONG]


def test_products_are_elementwise_where_the_text_says_that_all_are() -> None:
    text = r"$$\nabla Y = -\nabla Z X / Y^2$$"
    assert announced("elementwise_division", text) == [WRONG]
    assert announced("elementwise_division", text + " (all products elementwise)") == [ABUSED]


def test_a_letter_that_no_word_explains_is_no_true_class() -> None:
    assert announced("softmax_ce", r"$$L = -y_k \log p_k$$") == [WRONG]


def test_a_condition_in_words_holds_for_the_formula_after_it() -> None:
    diagonal, other = r"$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)$", r"$\frac{\partial p_i}{\partial z_j} = -p_i p_j$"
    assert announced("softmax_jacobian", rf"For $i = j$: {diagonal}; for $i \neq j$: {other}.")[1:] == [RIGHT, RIGHT]
    assert announced("softmax_jacobian", rf"For $i \neq j$: {diagonal}")[-1] == WRONG
    assert announced("softmax_jacobian", rf"This is for $i = j$. Now {diagonal}")[-1] == WRONG


GOOD_WILL = {
    "the slope of the sigmoid as a product": ("mlp_sigmoid", r"x_2 (1 - x_2)", r"x_2 \odot (1 - x_2)"),
    "a Kronecker sign between equal arrays": ("elementwise_division", r"X \otimes Y", r"X \odot Y"),
    "a star between matrices": ("matrix_product", r"\nabla Y * W^T", r"\nabla Y W^T"),
    "a dot between rows": (
        "batch_norm",
        r"\sum_{i=1}^m \frac{\partial L}{\partial y_i} \cdot \hat x_i",
        r"\nabla \gamma",
    ),
    "a derivative sign before a product": (
        "linear_regression",
        r"\frac{1}{2N} \frac{\partial}{\partial w} (Xw-y)^T (Xw-y)",
        r"\frac{1}{N} X^T (Xw-y)",
    ),
    "a prime on a matrix": ("matrix_product", r"\nabla Y W'", r"\nabla Y W^T"),
    "a derivative of a matrix by its like": ("elementwise_division", r"\frac{\partial Z}{\partial X}", "1 / Y"),
}


@pytest.mark.parametrize("case", GOOD_WILL)
def test_abused_notation_is_read_as_it_is_meant(case: str) -> None:
    assert decided(*GOOD_WILL[case]).outcome == "equal_by_abuse"


UNWILLING = {
    "a product of other columns": ("mlp_sigmoid", r"x_2 (2 - x_2)", r"x_2 \odot (2 - x_2)"),
    "a star between matrices that do not fit": ("matrix_product", r"W * \nabla Y", r"\nabla Y W^T"),
    "a true Kronecker product": ("elementwise_division", r"X \otimes Y", r"X \odot X"),
    "a derivative that is no diagonal": ("row_normalise", r"\frac{\partial Y}{\partial X}", "1 / S"),
}


@pytest.mark.parametrize("case", UNWILLING)
def test_good_will_does_not_make_the_wrong_right(case: str) -> None:
    assert decided(*UNWILLING[case]).outcome == "different"


def test_a_prime_on_a_vector_could_be_a_derivative() -> None:
    assert decided("mlp_sigmoid", "x_2'", "x_2^T").outcome == "undecided"


def test_the_gradient_by_a_soft_name_is_that_by_the_declared_array() -> None:
    assert outcomes(
        "mlp_sigmoid", r"$$\frac{\partial L}{\partial z} = (x_3 - t)^T W_2 \operatorname{diag}(x_2 \odot (1 - x_2))$$"
    ) == [RIGHT]
    numbered = (
        r"$z_1 = W_1 x_1 + b_1$ $$\frac{\partial L}{\partial z_1} = (x_3 - t)^T W_2 \operatorname{diag}(x_2 \odot (1 - x_2))$$"
    )
    assert outcomes("mlp_sigmoid", numbered) == [DEFINED, RIGHT]
    assert outcomes("mlp_sigmoid", numbered.replace("x_3 - t", "t - x_3")) == [DEFINED, WRONG]


def test_the_gradient_by_a_name_that_the_loss_is_not_computed_from_is_not_decided() -> None:
    text = r"$R_{ij} := 1 / Y_{ij}$ $$\nabla R_{ij} = \nabla Z_{ij} X_{ij}$$ $$\frac{\partial Z_{ij}}{\partial R_{ij}} = X_{ij}$$"
    assert outcomes("elementwise_division", text) == [DEFINED, OPEN, OPEN]


def test_a_gradient_set_to_zero_is_an_equation_and_no_claim() -> None:
    text = r"$$\frac{\partial MSE}{\partial W} = -\frac{1}{K} X^T (D - XW) = 0$$"
    assert outcomes("lms", text) == [RIGHT, OPEN]


def test_a_chain_goes_on_after_an_aside() -> None:
    aside = r"\quad\text{the others vanish for all but } k=i"
    text = rf"$$\nabla X_{{ij}} = \sum_l \nabla Y_{{il}} W_{{jl}} {aside}$$ $$= [\nabla Y W^T]_{{ij}}$$"
    assert outcomes("matrix_product", text)[-1] == RIGHT


def test_an_index_may_follow_the_time_of_an_array() -> None:
    text = r"$$\frac{\partial L}{\partial W_{ij}} = \nabla h_{t,i} (1 - h_{t,i}^2) h_{t-1,j}$$"
    assert outcomes("rnn_step", text) == [RIGHT]
    assert outcomes("rnn_step", text.replace("h_{t-1,j}", "h_{t,j}")) == [WRONG]


def test_slices_are_declared_by_the_letter_of_the_entries_as_well() -> None:
    environment = changed("linear_regression", slices={"x": "row_as_column"})
    assert outcomes("linear_regression", r"$$\hat y_i = w^T x_i$$", environment) == [RIGHT]


def test_a_vector_of_numpy_stands_for_a_declared_row() -> None:
    assert decided("softmax_ce_mean", r"dZ.sum(axis=0)", r"\nabla b").is_equal
    assert decided("softmax_ce_mean", r"dZ.sum(axis=1)", r"\nabla b").outcome == "different"
