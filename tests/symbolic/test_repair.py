"""Repairs in words: the one edit that makes a wrong side right."""

from __future__ import annotations

import pytest

from grader.symbolic.repair import find_repair
from grader.symbolic.verdicts import Repair
from tests.symbolic.deciding import decider, tree

REPAIRS = [
    ("matrix_product", r"\nabla x_{ir}", r"\nabla y_{il} w_{rl}", "missing_sum", {"indices": "l"}, "seen"),
    ("matrix_product", r"\nabla y_{il} w_{rl}", r"\sum_l \nabla y_{il} w_{rl}", "missing_sum", {"indices": "l"}, "before"),
    ("matrix_product", r"\nabla x_{ir}", r"\sum_l \nabla y_{kl} w_{rl}", "rename_index", {"old": "k", "new": "i"}, "seen"),
    ("matrix_product", r"y_{ij}", r"\sum_{r=1}^{n} x_{ir} w_{rj}", "sum_bound", {"index": "r", "bound": "f"}, "seen"),
    ("matrix_product", r"\nabla x_{ir}", r"\sum_l \nabla y_{il} w_{ll}", "one_index", None, "seen"),
    ("matrix_product", r"\nabla X", r"\nabla Y W", "transpose_missing", {}, "seen"),
    ("matrix_product", r"Y", r"X W^T", "transpose_removed", {}, "seen"),
    ("matrix_product", r"\nabla W", r"-X^T \nabla Y", "sign", {"where": "all"}, "seen"),
    ("linear_regression", r"\nabla w", r"\frac{1}{N} (X^T X w + X^T y)", "sign", {"where": "term", "term": 2}, "seen"),
    ("linear_regression", r"\nabla w", r"\frac{2}{N} X^T (X w - y)", "factor", {"factor": "1/2"}, "seen"),
    ("linear_regression", r"\nabla w", r"X^T (X w - y)", "factor", {"factor": "1/N"}, "seen"),
    ("elementwise_division", r"\nabla Y", r"-\nabla Z \odot \frac{X}{Y}", "power", {"exponent": "2"}, "seen"),
    ("elementwise_division", r"\nabla X", r"\nabla Z \odot \frac{1}{Y^2}", "power_removed", {}, "seen"),
    ("elementwise_division", r"Z", r"\frac{Y}{X}", "fraction_upside_down", {}, "seen"),
    ("matrix_product", r"\nabla W", r"\nabla Y X^T", "order", {}, "seen"),
    ("matrix_product", r"Y", r"W X", "order", {}, "seen"),
    ("elementwise_function", r"\nabla X", r"\nabla Y \odot F(X)", "prime_missing", {"function": "F"}, "seen"),
    ("mlp_relu", r"\frac{\partial \mathrm{ReLU}(z_1)}{\partial z_1}", r"\mathbb{1}[z_1 < 0]", "condition_turned", {}, "seen"),
]


def repaired(environment: str, expected: str, seen: str) -> Repair | None:
    return find_repair(decider(environment), tree(environment, seen), tree(environment, expected))


@pytest.mark.parametrize(("environment", "expected", "seen", "code", "facts", "side"), REPAIRS)
def test_one_edit_is_found_and_named(
    environment: str, expected: str, seen: str, code: str, facts: dict[str, str | int] | None, side: str
) -> None:
    found = repaired(environment, expected, seen)
    assert found is not None
    assert (found.code, found.side) == (code, side)
    assert facts is None or found.fields == facts


def test_span_points_at_what_to_change() -> None:
    seen = r"\frac{1}{N} (X^T X w + X^T y)"
    found = repaired("linear_regression", r"\nabla w", seen)
    assert found is not None
    assert seen[slice(*found.span)].strip() == "X^T y"


def test_nothing_is_suggested_where_no_single_edit_helps() -> None:
    assert repaired("matrix_product", r"\nabla X", r"X + X") is None
