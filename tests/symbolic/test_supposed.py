"""What is said under a condition in words is no error where it does not hold without it; all else stays one."""

from __future__ import annotations

import pytest

from grader.symbolic.announced import adapted, symbols_in
from grader.symbolic.read import read_document
from grader.symbolic.steps import check_steps
from tests.symbolic.deciding import decider

RIGHT, WRONG, OPEN, DEFINED = "right", "wrong_here", "not_checkable", "definition"

SUPPOSED = [
    ("a number for a size", "linear_regression", r"for $N = 1$ this is the old rule", [OPEN]),
    ("a number for an array", "elementwise_division", r"For $x = 2$ and $y_{ij} = 4$ it is small.", [OPEN, OPEN]),
    (
        "a case without marks",
        "sigmoid_bce",
        r"case y = 1: $L = -\log p$, so $\frac{\partial L}{\partial w} = -(1 - p) x$",
        [OPEN, OPEN],
    ),
    (
        "a condition behind",
        "elementwise_function",
        r"$\frac{\partial y_{kl}}{\partial x_{ij}} = f'(x_{ij})$ if both are the same",
        [OPEN],
    ),
    ("indices behind", "softmax_ce", r"$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)$ for $i = j$.", [OPEN, OPEN]),
    ("normal equations", "linear_regression", r"Setting this to zero gives $X^T X w = X^T y$", [OPEN]),
    ("the place of the minimum", "linear_regression", r"so the minimum is at $w = (X^T X)^{-1} X^T y$", [OPEN]),
    ("one example", "logistic_regression", r"For one example $\frac{\partial L}{\partial b} = -y (1 - p) + (1 - y) p$", [OPEN]),
]


def said(name: str, text: str) -> list[str]:
    reading = read_document(text, symbols_in(text, decider(name)))
    return [step.outcome for step in check_steps(reading, adapted(decider(name), text, reading.chains)).steps]


@pytest.mark.parametrize(("name", "text", "expected"), [case[1:] for case in SUPPOSED], ids=[case[0] for case in SUPPOSED])
def test_what_holds_under_a_condition_in_words_is_no_error(name: str, text: str, expected: list[str]) -> None:
    assert said(name, text) == expected


CLAIMED = [
    ("a number without a condition", "linear_regression", r"$N = 1$", [WRONG]),
    ("an index that runs", "linear_regression", r"for $i = 1, \dots, N$ it is $\hat y = X^T w$", [WRONG]),
    (
        "a condition in another sentence",
        "sigmoid_bce",
        r"Take the case y = 1. Now $\frac{\partial L}{\partial z} = y - p$",
        [WRONG],
    ),
    (
        "a condition that begins a new sentence",
        "softmax_ce",
        "$\\frac{\\partial L}{\\partial z} = p + y$\n\nIf all is well",
        [WRONG],
    ),
    ("a derivative at the minimum", "linear_regression", r"minimum: $\frac{\partial L}{\partial w} = X^T (y - X w)$", [WRONG]),
    ("normal equations without words", "linear_regression", r"$X^T X w = X^T y$", [WRONG]),
    ("all examples again", "logistic_regression", r"For one example this is easy. Averaging over all, $p = y (1 - y)$", [WRONG]),
    (
        "one example and a wrong sign",
        "logistic_regression",
        r"For one example $\frac{\partial L}{\partial z} = \frac{1}{N} (y - p)$",
        [WRONG],
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), [case[1:] for case in CLAIMED], ids=[case[0] for case in CLAIMED])
def test_what_is_claimed_without_a_condition_stays_an_error(name: str, text: str, expected: list[str]) -> None:
    assert said(name, text) == expected


def test_a_spelling_that_the_text_takes_for_something_of_another_shape_is_the_students_own() -> None:
    text = r"Let $s = \sum_k e^{z_k}$. Then $\frac{\partial L}{\partial z_j} = \frac{e^{z_j}}{s} - y_j$"
    assert said("softmax_ce", text) == [DEFINED, RIGHT]
    assert said("softmax_ce", text.replace("s} - y", "s} + y")) == [DEFINED, WRONG]


def test_a_spelling_of_the_same_shape_stays_what_the_rubric_says() -> None:
    text = r"Let $s = z$. Then $\frac{\partial L}{\partial z} = s - y$"
    assert said("softmax_ce", text) == [WRONG, RIGHT]
