"""Whole derivations: where an error enters, where it is only carried on, and what is not judged."""

from __future__ import annotations

import pytest

from tests.symbolic.deciding import changed, outcomes, steps

RIGHT, WRONG, CARRIED, SLIP = "right", "wrong_here", "carried", "slip_not_carried"

CHAINS = [
    ("each step right", "matrix_product", r"$$\nabla X = \nabla Y W^T = (W \nabla Y^T)^T$$", [RIGHT, RIGHT]),
    ("wrong at the end", "matrix_product", r"$$\nabla X = \nabla Y W^T = W^T \nabla Y$$", [RIGHT, WRONG]),
    (
        "wrong in the middle, carried to the end",
        "linear_regression",
        r"$$\nabla w = \frac{1}{N} X^T (y - X w) = \frac{1}{N} (X^T y - X^T X w)$$",
        [WRONG, CARRIED],
    ),
    (
        "a slip that the next side does not use",
        "linear_regression",
        r"$$\nabla w = \frac{1}{N} X^T (y - X w) = \frac{1}{N} (X^T X w - X^T y)$$",
        [WRONG, SLIP],
    ),
    (
        "two different errors",
        "linear_regression",
        r"$$\nabla w = \frac{1}{N} X^T (y - X w) = \frac{1}{N} X^T X w$$",
        [WRONG, WRONG],
    ),
    (
        "sum forgotten, then put back",
        "matrix_product",
        r"$$\nabla w_{rj} = \frac{\partial l}{\partial y_{kl}} \frac{\partial y_{kl}}{\partial w_{rj}}"
        r" = \sum_k \sum_l \nabla y_{kl} \frac{\partial y_{kl}}{\partial w_{rj}}$$",
        [WRONG, SLIP],
    ),
    (
        "an error in an entry, carried to the matrix",
        "elementwise_division",
        r"$$\nabla y_{ij} = \nabla z_{ij} \frac{x_{ij}}{y_{ij}}$$ so $$\nabla Y = \nabla Z \odot \frac{X}{Y}$$",
        [WRONG, CARRIED],
    ),
    (
        "another error in the matrix than in an entry",
        "elementwise_division",
        r"$$\nabla y_{ij} = \nabla z_{ij} \frac{x_{ij}}{y_{ij}}$$ so $$\nabla Y = \nabla Z \odot X$$",
        [WRONG, WRONG],
    ),
    (
        "errors about two inputs, of which none follows from the other",
        "elementwise_division",
        r"$$\nabla X = \frac{1}{Y}$$ and $$\nabla Y = -\nabla Z \odot \frac{X}{Y}$$",
        [WRONG, WRONG],
    ),
    (
        "a display that goes on",
        "softmax_ce",
        "$$\\nabla z = \\hat{y} - y$$\n\n$$= \\mathrm{softmax}(z) - y$$",
        [RIGHT, RIGHT],
    ),
    (
        "aligned rows",
        "logistic_regression",
        r"\begin{align} \nabla w &= X^T \nabla z \\ &= \frac{1}{N} X^T (p - y) \\ &= X^T (p - y) \end{align}",
        [RIGHT, RIGHT, WRONG],
    ),
    (
        "the other layout",
        "mlp_sigmoid",
        r"$$\frac{\partial L}{\partial W_2} = (x_3 - t) x_2^T$$",
        ["right_other_layout"],
    ),
    ("abuse", "elementwise_function", r"$$\nabla X = \nabla Y F'(X) = F'(X) \odot \nabla Y$$", ["notation_abused", RIGHT]),
    ("a side not read", "matrix_product", r"$$\nabla X = \nabla Y \unheardof W^T = \nabla Y W^T$$", ["not_checkable", RIGHT]),
    ("a name nobody declared", "matrix_product", r"$$\nabla X = \nabla Y V^T$$", ["not_checkable"]),
]


@pytest.mark.parametrize(("environment", "text", "expected"), [row[1:] for row in CHAINS], ids=[row[0] for row in CHAINS])
def test_each_side_gets_its_verdict(environment: str, text: str, expected: list[str]) -> None:
    assert outcomes(environment, text) == expected


RESTATED = r"""\begin{aligned}
\nabla w &= \frac{1}{N} X^T (X w - y) \\
\nabla w &= \frac{1}{N} X^T (X w + y) \\
\nabla w &= \frac{1}{N} (X^T X w + X^T y) \\
\nabla w &= \frac{1}{N} (X^T X w - X^T y)
\end{aligned}"""


def test_lines_with_the_same_head_are_compared_line_to_line() -> None:
    verdict = steps("linear_regression", RESTATED)
    assert [step.outcome for step in verdict.steps] == [RIGHT, WRONG, CARRIED, RIGHT]
    assert verdict.steps[1].reasons[0].code == "line_does_not_follow"
    assert verdict.steps[2].reasons[0].code == "follows_line_before"


def test_own_definition_is_used_before_and_after_its_line() -> None:
    text = (
        r"$$\nabla W_1 = (W_2^T \delta \odot v) x_1^T$$ with $$\delta = x_3 - t$$ and "
        r"$$v_i = \begin{cases} 1 & z_i > 0 \\ 0 & \text{else} \end{cases}$$ so $$\nabla b_2 = \delta$$"
    )
    assert outcomes("mlp_relu_denominator", text) == [RIGHT, "definition", "definition", RIGHT]


def test_soft_name_may_be_used_for_something_else() -> None:
    text = r"$$z = \sigma(W_1 x_1 + b_1)$$ $$\frac{\partial L}{\partial b_1} = (x_3 - t)^T W_2 \mathrm{diag}(z \odot (1 - z))$$"
    assert outcomes("mlp_sigmoid", text) == ["definition", RIGHT]
    assert outcomes("mlp_sigmoid", r"$$z = W_1 x_1 + b_1$$") == [RIGHT]


FOLLOWING = [
    (
        "a wrong gradient of an intermediate",
        "mlp_sigmoid_denominator",
        r"$$\nabla x_3 = t - x_3$$ $$\nabla W_2 = (t - x_3) x_2^T$$ $$\nabla b_1 = W_2^T (t - x_3) \odot \sigma'(z)$$",
        [WRONG, CARRIED, CARRIED],
    ),
    (
        "a wrong forward formula",
        "linear_regression",
        r"$$\hat{y} = X^T w$$ $$\nabla w = \frac{1}{N} X^T (X w - y)$$",
        [WRONG, RIGHT],
    ),
    (
        "a wrong Jacobian put into a product",
        "mlp_sigmoid",
        r"$$\frac{\partial x_2}{\partial z} = \mathrm{diag}(x_2)$$ "
        r"$$\frac{\partial L}{\partial b_1} = \frac{\partial L}{\partial x_3} W_2 \frac{\partial x_2}{\partial z}"
        r" = -(t - x_3)^T W_2 \mathrm{diag}(x_2)$$",
        [WRONG, RIGHT, CARRIED],
    ),
    (
        "a new error after a wrong result is not excused",
        "mlp_sigmoid_denominator",
        r"$$\nabla x_3 = t - x_3$$ $$\nabla W_2 = (t + x_3) x_2^T$$",
        [WRONG, WRONG],
    ),
]


@pytest.mark.parametrize(("environment", "text", "expected"), [row[1:] for row in FOLLOWING], ids=[row[0] for row in FOLLOWING])
def test_follow_through_of_own_earlier_results(environment: str, text: str, expected: list[str]) -> None:
    assert outcomes(environment, text) == expected


def test_follow_through_names_the_earlier_chain() -> None:
    verdict = steps("mlp_sigmoid_denominator", r"$$\nabla x_3 = t - x_3$$ $$\nabla W_2 = (t - x_3) x_2^T$$")
    assert verdict.steps[1].reasons[0].code == "follows_own_earlier"
    assert verdict.steps[1].reasons[0].facts == {"chain": 0}


def test_written_shape_is_checked_and_not_dropped() -> None:
    right = steps("matrix_product", r"$$\nabla X = \nabla Y W^T \in \mathbb{R}^{n \times f}$$").steps[0]
    wrong = steps("matrix_product", r"$$\nabla X = \nabla Y W^T \in \mathbb{R}^{f \times n}$$").steps[0]
    assert right.reasons == ()
    assert [(reason.code, reason.facts) for reason in wrong.reasons] == [
        ("shape_annotation", {"written": "3x2", "actual": "2x3"})
    ]


def test_side_condition_limits_what_is_claimed() -> None:
    text = r"$\frac{\partial p_i}{\partial z_j} = -p_i p_j, \forall i \neq j$"
    assert outcomes("softmax_jacobian", text) == [RIGHT]
    assert outcomes("softmax_jacobian", r"$\frac{\partial p_i}{\partial z_j} = -p_i p_j$") == [WRONG]


def test_condition_in_running_text_claims_nothing() -> None:
    assert outcomes("elementwise_division", "non-zero only when $i = k$") == ["not_checkable"]


def test_slices_read_as_the_rubric_declares() -> None:
    text = r"$$\sum_l \nabla y_{kl} w_{rl} = \nabla y_k w_r^T$$ $$\sum_l \nabla y_{kl} w_{rl} = \nabla y_k w_r$$"
    assert outcomes("matrix_product", text) == [RIGHT, "not_checkable"]  # undeclared: no proof that shapes do not fit
    assert outcomes("matrix_product", text, changed("matrix_product", slices={"W": "natural", "Y": "natural"})) == [RIGHT, WRONG]
    turned = changed("matrix_product", slices={"W": "row_as_column", "Y": "natural"})
    assert outcomes("matrix_product", text, turned) == [WRONG, RIGHT]


def test_incomplete_cases_are_noted() -> None:
    text = r"$$\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i (1 - p_i) & i = j, i = 1 \\ -p_i p_j & i \ne j \end{cases}$$"
    (step,) = steps("softmax_jacobian", text).steps
    assert step.outcome == RIGHT
    assert "incomplete_cases" in [reason.code for reason in step.reasons]


def test_verdicts_round_trip_through_json() -> None:
    verdict = steps("linear_regression", RESTATED)
    assert type(verdict).model_validate_json(verdict.model_dump_json()) == verdict
