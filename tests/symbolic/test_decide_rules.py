"""Conventions, shapes, branches, proofs and bounds of single decisions."""

from __future__ import annotations

import pytest

from grader.symbolic.decide import Decider
from grader.symbolic.final import forbidden_symbols, is_accepted
from grader.symbolic.points import Budget
from grader.symbolic.tree import Name, Node, Product
from tests.symbolic.deciding import changed, decided, decider, outcomes, tree

MLP = "mlp_sigmoid"
SCORES = "softmax_ce"


@pytest.mark.parametrize(
    ("environment", "layout"),
    [("mlp_sigmoid", "denominator"), ("mlp_sigmoid_denominator", "numerator")],
)
def test_gradient_in_the_layout_not_declared_is_told_apart(environment: str, layout: str) -> None:
    other = r"(x_3 - t) x_2^T" if layout == "denominator" else r"x_2 (x_3 - t)^T"
    decision = decided(environment, other, r"\frac{\partial L}{\partial W_2}")
    assert (decision.outcome, decision.layout) == ("equal_in_other_layout", layout)


def test_nabla_requires_the_shape_of_its_array_in_every_layout() -> None:
    decision = decided(MLP, r"x_2 (x_3 - t)^T", r"\nabla W_2")
    assert decision.outcome == "different"
    assert decision.reason is not None
    assert decision.reason.facts == {"seen": "3x2", "expected": "2x3"}


def test_transposed_answer_counts_where_the_rubric_accepts_it() -> None:
    accepting = Decider(changed(MLP, accept=["transpose"]))
    decision = decided(MLP, r"x_2 (x_3 - t)^T", r"\nabla W_2", accepting)
    assert decision.outcome == "equal_in_other_layout"
    assert "equal_transpose" in [note.code for note in decision.notes]


def test_kronecker_order_is_told_apart_against_vec() -> None:
    asked = r"\frac{\partial (W_1 x_1)}{\partial \text{vec}(W_1)}"
    assert decided(MLP, r"x_1^T \otimes I_{m \times m}", asked).outcome == "equal"
    assert decided(MLP, r"I_{m \times m} \otimes x_1^T", asked).outcome == "different"


@pytest.mark.parametrize(("shape", "outcome"), [("m, k", "equal"), ("k, m", "different")])
def test_reshape_of_the_stacked_gradient_has_one_right_shape(shape: str, outcome: str) -> None:
    seen = rf"(-(t - x_3)^T (x_2^T \otimes I_{{k \times k}})).\text{{reshape}}({shape})"
    assert decided(MLP, seen, r"\frac{\partial L}{\partial W_2}").outcome == outcome


def test_stacked_gradient_without_reshape_is_right_up_to_vec() -> None:
    decision = decided(MLP, r"-(t - x_3)^T (x_2^T \otimes I_{k \times k})", r"\frac{\partial L}{\partial W_2}")
    assert decision.outcome == "equal_in_other_layout"
    assert "equal_vec" in [note.code for note in decision.notes]


def test_row_vector_is_not_taken_for_a_matrix_without_vec_in_sight() -> None:
    assert decided(MLP, "x_1^T", r"\nabla W_1").outcome == "different"


def test_juxtaposition_is_elementwise_only_where_allowed_and_is_reported() -> None:
    seen = r"\frac{\partial l}{\partial Y} F'(X)"
    decision = decided("elementwise_function", seen, r"\nabla X")
    assert decision.outcome == "equal_by_abuse"
    assert "juxtaposed_elementwise" in [note.code for note in decision.notes]
    strict = Decider(changed("elementwise_function", juxtaposed_elementwise=False))
    assert decided("elementwise_function", seen, r"\nabla X", strict).outcome == "different"


def test_missing_sum_is_right_only_under_the_einstein_convention() -> None:
    seen = r"\frac{\partial l}{\partial y_{kl}} \frac{\partial y_{kl}}{\partial x_{ir}}"
    assert decided("matrix_product", seen, r"\nabla x_{ir}").outcome == "different"
    einstein = Decider(changed("matrix_product", einstein=True))
    assert decided("matrix_product", seen, r"\nabla x_{ir}", einstein).outcome == "equal"


@pytest.mark.parametrize(
    ("seen", "code", "facts"),
    [
        ("W_1 x_3", "product_shapes", {"left": "3x4", "right": "2x1", "side": "seen"}),
        ("x_1 + b_1", "sum_shapes", {"left": "4x1", "right": "3x1", "side": "seen"}),
        (r"W_1 \odot W_2", "elementwise_shapes", {"left": "3x4", "right": "2x3", "side": "seen"}),
        (r"W_1^{-1} b_1", "inverse_not_square", {"shape": "3x4", "side": "seen"}),
        (r"\operatorname{tr}(W_1)", "trace_not_square", {"shape": "3x4", "side": "seen"}),
        ("W_1.reshape(n, k)", "reshape_size", {"size": 12, "shape": "4x2", "side": "seen"}),
    ],
)
def test_shape_errors_name_the_shapes(seen: str, code: str, facts: dict[str, object]) -> None:
    decision = decided(MLP, seen, "z")
    assert decision.outcome == "different"
    assert decision.reason is not None
    assert (decision.reason.code, decision.reason.facts) == (code, facts)


def test_index_over_two_sizes_is_an_error_in_words() -> None:
    decision = decided("matrix_product", r"\sum_k x_{ik} y_{kj}", "y_{ij}")
    assert decision.reason is not None
    assert decision.reason.code == "index_range_conflict"
    assert decision.reason.facts["index"] == "k"


def test_an_index_runs_over_the_axes_it_stands_on_whatever_its_letter_is_declared_for() -> None:
    assert decided("matrix_product", r"\sum_k x_{ik} w_{kj}", "y_{ij}").outcome == "equal"
    assert decided("row_normalise", r"\frac{x_{ij}}{\sum_k x_{ik}}", "y_{ij}").outcome == "equal"
    assert decided("row_normalise", r"\frac{x_{ij}}{\sum_k x_{kj}}", "y_{ij}").outcome == "different"


def test_both_sides_of_a_relu_are_visited() -> None:
    decision = decided("mlp_relu", r"\max(0, z)", "x_2")
    assert decision.outcome == "equal"
    assert decision.unvisited == 0
    assert decision.how == "proved"
    assert decided("mlp_relu", "z", "x_2").outcome == "different"
    assert decided("mlp_relu", "0 z", "x_2").outcome == "different"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (r"|z|", r"\max(0, z) + \max(0, -z)"),
        (r"|z| \odot |z|", r"z \odot z"),
        (r"\frac{z + |z|}{2}", "x_2"),
        (r"\mathbb{1}[z > 0] \odot \mathbb{1}[z > 0]", r"1 - \mathbb{1}[z < 0]"),
        (r"\begin{cases} z_i & z_i > 0 \\ 0 & \text{else} \end{cases}", r"\max(z_i, 0)"),
    ],
)
def test_identities_of_branches_are_proved_for_both_sides(seen: str, expected: str) -> None:
    assert decided("mlp_relu", seen, expected).how == "proved"


def test_a_decision_does_not_depend_on_the_ones_before() -> None:
    fresh = Decider(changed("mlp_relu"))
    asked = (r"\max(0, 1 + t^T t) z", r"(1 + t^T t) z")
    alone = decided("mlp_relu", *asked, fresh)
    decided("mlp_relu", r"\nabla W_1", "x_2", fresh)
    decided("mlp_relu", r"\max(0, z)", "x_2", fresh)
    assert decided("mlp_relu", *asked, fresh) == alone


def test_a_branch_that_no_point_reaches_is_counted() -> None:
    assert decided("mlp_relu", r"\max(0, 1 + t^T t) z", r"(1 + t^T t) z").unvisited == 1


def test_polynomial_identities_are_proved_and_identities_of_exp_hold_at_points() -> None:
    assert decided("linear_regression", r"\frac{1}{N} X^T (X w - y)", r"\nabla w").how == "proved"
    softmax = decided("softmax_jacobian", r"\frac{e^{z}}{\sum_k e^{z_k}}", "p")
    assert softmax.how == "proved"
    sigmoid = decided("sigmoid_bce", r"1 - \sigma(-z)", "p")
    assert (sigmoid.outcome, sigmoid.how) == ("equal", "points")
    assert sigmoid.points >= 2


def test_counterexample_has_small_numbers_that_give_both_values() -> None:
    decision = decided("elementwise_division", r"\nabla Z \odot Y", r"\nabla X")
    example = decision.counterexample
    assert example is not None
    row, column = (place - 1 for place in example.position)
    given = {name: value[row][column] for name, value in example.values.items() if isinstance(value, list)}
    assert all(abs(value) <= 3 for value in given.values())
    assert example.seen == str(given["G"] * given["Y"])
    assert example.expected != example.seen


def test_counterexample_of_a_generic_function_takes_a_square() -> None:
    example = decided("elementwise_function", r"\nabla Y \odot F(X)", r"\nabla X").counterexample
    assert example is not None
    assert example.functions == {"F": "x^2", "f": "x^2"}
    row, column = (place - 1 for place in example.position)
    given = {name: value[row][column] for name, value in example.values.items() if isinstance(value, list)}
    assert example.seen == str(given["G"] * given["X"] ** 2)
    assert example.expected == str(given["G"] * 2 * given["X"])


def test_the_same_seed_gives_the_same_decision() -> None:
    first = decided(MLP, "z + x_2", "z - x_2", Decider(changed(MLP), seed=7))
    second = decided(MLP, "z + x_2", "z - x_2", Decider(changed(MLP), seed=7))
    assert first == second
    assert first.seed == 7


@pytest.mark.parametrize(("seen", "code"), [("q", "unknown_name"), (r"\mathrm{erf}(z)", "unknown_function")])
def test_what_is_not_declared_is_undecided_and_not_wrong(seen: str, code: str) -> None:
    decision = decided(MLP, seen, "z")
    assert decision.outcome == "undecided"
    assert decision.reason is not None
    assert decision.reason.code == code


def test_numbers_without_data_are_undecided() -> None:
    decision = decided(MLP, r"\begin{bmatrix} 7 \\ 8 \\ 9 \end{bmatrix}", "z")
    assert decision.outcome == "undecided"
    assert decision.reason is not None
    assert decision.reason.code == "needs_data"


@pytest.mark.parametrize(
    ("seen", "outcome"), [("14.5", "equal"), ("14.4", "different"), ("14", "different"), ("15", "different")]
)
def test_numbers_are_compared_at_the_data_of_the_rubric(seen: str, outcome: str) -> None:
    assert decided("mlp_relu_numbers", seen, "L").outcome == outcome


def test_rounded_decimals_are_accepted_to_their_last_place() -> None:
    data = {"z": [[0], [1], [2]], "y": [[0], [0], [1]]}
    given = Decider(changed(SCORES, data=data))
    assert decided(SCORES, "0.4076", "L", given).outcome == "equal"
    assert decided(SCORES, "0.41", "L", given).outcome == "equal"
    assert decided(SCORES, "0.42", "L", given).outcome == "different"
    assert decided(SCORES, "0.1770", "L", given).outcome == "different"


def test_dots_in_a_matrix_stand_for_what_is_left_out() -> None:
    assert decided("copied_columns", r"\begin{bmatrix} x & x & \cdots & x \end{bmatrix}", "Y").outcome != "equal"
    assert decided(MLP, r"[x_{1,1}, x_{1,2}, \dots, x_{1,n}]^T", "x_1").outcome in ("equal", "undecided")
    assert decided("softmax_ce", r"[p_1 - y_1, \dots, p_c - y_c]^T", r"\nabla z").outcome == "equal"
    assert decided("softmax_ce", r"[p_1 - y_1, \dots, p_c + y_c]^T", r"\nabla z").outcome != "equal"


def test_dots_in_a_sum_stand_for_what_is_left_out() -> None:
    right = r"x_{i1} w_{1j} + x_{i2} w_{2j} + \cdots + x_{if} w_{fj}"
    assert decided("matrix_product", right, "y_{ij}").outcome == "equal"
    assert decided("matrix_product", right.replace("w_{2j}", "w_{1j}"), "y_{ij}").outcome != "equal"


def test_hessian_of_least_squares() -> None:
    asked = r"\frac{\partial^2 L}{\partial w^2}"
    assert decided("linear_regression", r"\frac{1}{N} X^T X", asked).outcome == "equal"
    assert decided("linear_regression", r"\frac{1}{N} X X^T", asked).outcome == "different"


@pytest.mark.parametrize(
    ("answer", "forbidden"),
    [
        (r"\nabla Z \odot \frac{1}{Y}", ()),
        (r"\nabla X", ("grad X",)),
        (r"\frac{\partial l}{\partial X}", ("grad X",)),
        (r"\sum_{kl} \nabla z_{kl} \frac{\partial z_{kl}}{\partial x_{ij}}", ("d Z / d X",)),
    ],
)
def test_final_answer_may_use_only_allowed_symbols(answer: str, forbidden: tuple[str, ...]) -> None:
    environment = decider("elementwise_division").environment
    assert forbidden_symbols(tree("elementwise_division", answer), environment) == forbidden


def test_without_a_list_a_restated_gradient_is_still_refused() -> None:
    environment = changed("elementwise_division", allowed_in_final=[])
    assert forbidden_symbols(tree("elementwise_division", r"\nabla X"), environment) == ("grad X",)
    assert forbidden_symbols(tree("elementwise_division", "X / Y"), environment) == ()


def _nested(levels: int) -> Node:
    node: Node = Name("W_2")
    for _ in range(levels):
        node = Product(node, Name("z"), "kronecker")
    return node


def test_too_much_work_is_undecided() -> None:
    decision = decider(MLP).decide(_nested(12), Name("z"))
    assert decision.outcome == "undecided"


def test_a_tree_too_deep_is_undecided() -> None:
    node: Node = Name("z")
    for _ in range(20_000):
        node = Product(Name("k"), node)
    assert decider(MLP).decide(node, Name("z")).reason is not None
    assert decider(MLP).decide(node, Name("z")).outcome == "undecided"


def test_the_budget_is_shared_over_all_readings() -> None:
    decision = decider(MLP).decide(tree(MLP, r"\frac{\partial L}{\partial W_1}"), tree(MLP, "z"), budget=Budget(50))
    assert decision.reason is not None
    assert decision.reason.code == "too_much_work"


def test_restated_question_is_refused_as_a_final_answer() -> None:
    asked = tree("elementwise_division", r"\nabla X")
    environment = decider("elementwise_division").environment
    assert forbidden_symbols(asked, environment, asked) == ("grad X",)
    assert forbidden_symbols(tree("elementwise_division", r"\nabla Z / Y"), environment, asked) == ()


@pytest.mark.parametrize(("accept", "accepted"), [([], False), (["denominator"], True), (["mixed"], False)])
def test_other_layout_counts_where_the_rubric_accepts_it(accept: list[str], accepted: bool) -> None:
    environment = changed(MLP, accept=accept)
    decision = decided(MLP, "(x_3 - t) x_2^T", r"\frac{\partial L}{\partial W_2}", Decider(environment))
    assert is_accepted(decision, environment) is accepted


def test_vec_may_stack_rows_where_the_rubric_says_so() -> None:
    asked = r"\frac{\partial (W_1 x_1)}{\partial \text{vec}(W_1)}"
    rows = Decider(changed(MLP, vec="rows"))
    assert decided(MLP, r"I_{m \times m} \otimes x_1^T", asked, rows).outcome == "equal"
    assert decided(MLP, r"x_1^T \otimes I_{m \times m}", asked, rows).outcome == "different"


@pytest.mark.parametrize(
    ("environment", "seen", "expected", "note"),
    [
        (MLP, r"(1 + e^{-z})^{-1}", "x_2", "power_elementwise"),
        ("mlp_relu", r"z \cdot \mathbf{1}_{z > 0}", "x_2", "juxtaposed_elementwise"),
        (MLP, r"\sigma(z) (1 - \sigma(z))", r"\sigma'(z)", "juxtaposed_elementwise"),
        (MLP, r"\sigma(z) (1 - \sigma(z))", r"\frac{d \sigma(z)}{d z}", "juxtaposed_elementwise"),
    ],
)
def test_abused_notation_is_read_with_good_will_where_that_makes_it_right(
    environment: str, seen: str, expected: str, note: str
) -> None:
    decision = decided(environment, seen, expected)
    assert decision.is_equal
    assert note in [told.code for told in decision.notes]


@pytest.mark.parametrize(
    ("environment", "seen", "expected", "code"),
    [
        (MLP, r"(2 + e^{-z})^{-1}", "x_2", "inverse_not_square"),
        ("mlp_relu", r"2 z \cdot \mathbf{1}_{z > 0}", "x_2", "shape"),
        (MLP, r"\sigma(z) (1 + \sigma(z))", r"\sigma'(z)", "product_shapes"),
        (MLP, r"x_2 x_2", r"x_2 \odot x_2", "product_shapes"),
        (MLP, r"\sigma(z) (1 - \sigma(z))", r"\frac{\partial \sigma(z)}{\partial z}", "product_shapes"),
    ],
)
def test_good_will_makes_nothing_right_that_is_wrong(environment: str, seen: str, expected: str, code: str) -> None:
    decision = decided(environment, seen, expected)
    assert decision.outcome == "different"
    assert decision.reason is not None
    assert decision.reason.code == code


def test_the_sign_of_nothing_is_nothing() -> None:
    assert decided("mlp_relu", r"\operatorname{sgn}(x_2)", r"\mathbb{1}[z > 0]").outcome == "equal"
    assert decided("mlp_relu", r"\operatorname{sgn}(z)", r"\mathbb{1}[z > 0]").outcome == "different"


@pytest.mark.parametrize(
    ("range_", "outcome"), [(r"\forall i", "right"), (r"i = 1, \dots, c", "right"), (r"i = 2, \dots, c", "right")]
)
def test_a_range_beside_a_formula_for_entries_is_kept(range_: str, outcome: str) -> None:
    assert outcomes("softmax_ce", rf"$\frac{{\partial L}}{{\partial z_i}} = p_i - y_i, \quad {range_}$") == ["right"]
    assert outcomes("softmax_ce", rf"$\frac{{\partial L}}{{\partial z_i}} = p_i + y_i, \quad {range_}$") == ["wrong_here"]


def test_differentials_are_told_and_never_called_wrong() -> None:
    text = r"$\mathrm{d}L = \operatorname{tr}(G^T \mathrm{d}Y) = \operatorname{tr}(G^T \mathrm{d}X W)$"
    assert outcomes("matrix_product", text) == ["not_checkable", "not_checkable"]


def test_an_aside_in_brackets_states_nothing() -> None:
    rows = r"\frac{\partial L}{\partial b_2} &= (x_3 - t)^T I && \text{(as } t = 0\text{)} \\ &= (x_3 - t)^T"
    text = rf"\begin{{align}} {rows} \end{{align}}"
    assert outcomes(MLP, text) == ["right", "right"]


@pytest.mark.parametrize("sign", [r"\overset{(1)}{=}", r"\stackrel{\text{def}}{=}", r"\underset{x}{=}"])
def test_what_is_printed_over_a_sign_says_nothing(sign: str) -> None:
    assert outcomes(MLP, rf"$x_2 {sign} \sigma(z)$") == ["right"]
    assert outcomes(MLP, rf"$x_2 {sign} \sigma(z)^2$") == ["wrong_here"]


@pytest.mark.parametrize("sign", [r"\overset{!}{=}", r"\overset{?}{=}"])
def test_what_is_only_wished_is_not_decided(sign: str) -> None:
    assert "wrong_here" not in outcomes(MLP, rf"$x_2 {sign} \sigma(z)^2$")


def test_an_upper_index_may_be_a_power_and_is_left_open() -> None:
    text = r"$\frac{\partial L}{\partial W_{2,ij}} = (x_3^i - t^i) x_2^j$"
    assert outcomes(MLP, text) == ["not_checkable"]


def test_good_will_is_shown_in_every_layout() -> None:
    text = r"$\frac{\partial L}{\partial Y} = -\frac{\partial L}{\partial Z} \odot X \odot (Y \odot Y)^{-1}$"
    numerator = changed("elementwise_division", layout="numerator", accept=("denominator",))
    assert "wrong_here" not in outcomes("elementwise_division", text)
    assert "wrong_here" not in outcomes("elementwise_division", text, numerator)
