"""Branches that turn at different places are told apart, and those that turn together are not."""

from __future__ import annotations

import pytest

from grader.symbolic.mistakes import name_mistake
from grader.symbolic.points import Budget
from tests.symbolic.deciding import decided, decider, tree

MASK = r"\text{ReLU}'(z)"


def agrees(seen: str, expected: str) -> bool:
    return decider("mlp_relu").agrees(tree("mlp_relu", seen), tree("mlp_relu", expected), (), Budget())


@pytest.mark.parametrize(
    "seen",
    [
        r"\mathbb{1}[z > 1]",
        r"\mathbb{1}[z > \frac{1}{10}]",
        r"\mathbb{1}[z > -\frac{1}{2}]",
        r"\mathbb{1}[z + x_2 > 1]",
    ],
)
def test_mask_with_another_threshold_is_rejected(seen: str) -> None:
    assert decided("mlp_relu", seen, MASK).outcome == "different"
    assert not agrees(seen, MASK)


@pytest.mark.parametrize(
    "seen",
    [r"\mathbb{1}[2 z > 0]", r"\mathbb{1}[x_2 > 0]", r"1 - \mathbb{1}[z < 0]", r"\mathbb{1}[z > 0] \odot \mathbb{1}[3 z > 0]"],
)
def test_mask_written_in_another_way_is_accepted(seen: str) -> None:
    assert decided("mlp_relu", seen, MASK).outcome == "equal"
    assert agrees(seen, MASK)


def test_bend_at_another_place_is_rejected() -> None:
    assert decided("mlp_relu", r"\max(\frac{1}{10}, z)", r"\max(0, z)").outcome == "different"
    assert decided("mlp_relu", r"\max(0, z - \frac{1}{10})", r"\max(0, z)").outcome == "different"


def test_threshold_is_told_apart_where_exp_occurs() -> None:
    right = r"\frac{1}{N} X^T ((P - Y) W_2^T \odot \mathbb{1}[Z_1 > 0])"
    assert decided("mlp_relu_batch", right, r"\nabla W_1").outcome == "equal"
    assert decided("mlp_relu_batch", right.replace("> 0", "> 1"), r"\nabla W_1").outcome == "different"


def test_wrong_answer_is_not_named_after_a_mistake_with_another_threshold() -> None:
    mistakes = {"sign": tree("mlp_relu", r"-\mathbb{1}[z > 0]")}
    for threshold, name in (("0", "sign"), ("1", None)):
        seen = tree("mlp_relu", rf"-\mathbb{{1}}[z > {threshold}]")
        assert name_mistake(seen, decider("mlp_relu"), mistakes, tree("mlp_relu", MASK)) == name
