"""Known mistakes are named by value, also where the shapes do not fit, and never when it is not clear which."""

from __future__ import annotations

import pytest

from grader.symbolic.mistakes import faults, name_mistake
from tests.symbolic.deciding import decider, tree

MISTAKES = {
    "no transpose": r"\nabla Y W",
    "wrong order": r"W^T \nabla Y",
    "sign": r"-\nabla Y W^T",
    "activation": r"Y W^T",
    "elementwise": r"\nabla Y \odot W^T",
}


def named(
    seen: str, mistakes: dict[str, str] | None = None, environment: str = "matrix_product", expected: str = r"\nabla X"
) -> str | None:
    trees = {name: tree(environment, text) for name, text in (mistakes or MISTAKES).items()}
    return name_mistake(tree(environment, seen), decider(environment), trees, tree(environment, expected))


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (r"\nabla Y (-W^T)", "sign"),
        (r"(W Y^T)^T", "activation"),
        (r"\nabla Y \cdot W", "no transpose"),
        (r"(\nabla Y^T W)^T", "wrong order"),
        (r"W^T \odot \nabla Y", "elementwise"),
        (r"\nabla Y W^T", None),
        (r"3 \nabla Y W^T", None),
    ],
)
def test_mistake_is_named_by_its_value(seen: str, name: str | None) -> None:
    assert named(seen) == name


def test_two_mistakes_of_one_value_are_not_told_apart() -> None:
    assert named(r"-\nabla Y W^T", {"sign": r"-\nabla Y W^T", "minus": r"\nabla Y (-W)^T"}) is None


def test_mistake_that_is_right_for_equal_sizes_names_nothing() -> None:
    mistakes = {"mean over the classes": r"\frac{1}{c} X^T (P - Y)", "no transpose": r"\frac{1}{N} X (P - Y)"}
    assert named(r"\frac{1}{N} X (P - Y)", mistakes, "softmax_ce_mean", r"\nabla W") == "no transpose"
    assert named(r"\frac{1}{c} X (P - Y)", mistakes, "softmax_ce_mean", r"\nabla W") != "mean over the classes"


def test_a_question_without_fault_has_none() -> None:
    trees = {name: tree("matrix_product", text) for name, text in MISTAKES.items()}
    reference = tree("matrix_product", r"\nabla Y W^T")
    assert faults(decider("matrix_product"), tree("matrix_product", r"\nabla X"), [reference], trees) == ()


def test_all_faults_of_a_question_are_found() -> None:
    texts = {"right after all": r"(W \nabla Y^T)^T", "sign": r"-\nabla Y W^T", "minus": r"\nabla Y (-W^T)", "unread": "q"}
    trees = {name: tree("matrix_product", text) for name, text in texts.items()}
    reference = tree("matrix_product", r"\nabla Y W")
    found = faults(decider("matrix_product"), tree("matrix_product", r"\nabla X"), [reference], trees)
    assert [(fault.code, fault.facts.get("mistake", fault.facts.get("reference"))) for fault in found] == [
        ("reference_not_right", 1),
        ("mistake_not_wrong", "right after all"),
        ("mistake_not_wrong", "unread"),
        ("mistakes_alike", "sign"),
    ]
