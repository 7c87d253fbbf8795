"""What a text states about a quantity, however the quantity is named."""

from __future__ import annotations

import pytest

from grader.symbolic.answers import quantity_key, statements
from grader.symbolic.environments import named
from grader.symbolic.read import read_document, read_formula
from grader.symbolic.shapes import symbols_of
from grader.symbolic.tree import Node
from grader.symbolic.typeset import to_text

MLP = named("mlp_sigmoid")


def tree(text: str, environment: str = "mlp_sigmoid") -> Node:
    found = read_formula(text, symbols_of(named(environment))).chains[0].sides[0].tree
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (r"\frac{\partial L}{\partial W_1}", "grad W_1"),
        (r"\nabla W_1", "grad W_1"),
        (r"\nabla_{W_1} L", "grad W_1"),
        (r"\left(\frac{\partial L}{\partial W_1}\right)^T", "grad W_1"),
        (r"\frac{\partial L}{\partial \text{vec}(W_1)}", "grad W_1"),
        (r"\frac{\partial x_3}{\partial x_2}", "d x_3 / d x_2"),
        ("L", "loss"),
        ("x_3", "x_3"),
        ("x_3 + t", ""),
    ],
)
def test_a_quantity_has_one_key_for_all_its_spellings(text: str, key: str) -> None:
    assert quantity_key(tree(text), MLP) == key


@pytest.mark.parametrize(
    ("text", "key"), [(r"\nabla x_{ij}", "grad X"), ("G", "grad Y"), (r"\nabla Y", "grad Y"), (r"dY", "grad Y")]
)
def test_entries_aliases_and_the_given_gradient_are_the_same_quantity(text: str, key: str) -> None:
    assert quantity_key(tree(text, "matrix_product"), named("matrix_product")) == key


def stated(text: str) -> list[str]:
    reading = read_document(text, symbols_of(MLP))
    return [to_text(one.seen) for one in statements(reading, MLP, tree(r"\frac{\partial L}{\partial b_2}"))]


def test_the_last_side_of_each_chain_with_that_head_is_stated() -> None:
    assert stated(
        r"$$\frac{\partial L}{\partial b_2} = t = x_3$$ then $$\frac{\partial L}{\partial b_1} = t, \nabla b_2 = b_2$$"
    ) == [
        "x_3",
        "b_2",
    ]


def test_a_display_that_goes_on_belongs_to_the_head_before() -> None:
    assert stated(r"$$\frac{\partial L}{\partial b_2} = t$$ and so $$= x_3$$")[-1] == "x_3"


def test_a_text_that_is_one_formula_states_it() -> None:
    assert stated(r"$$x_3 - t$$") == ["x_3 - t"]


def test_a_text_about_other_things_states_nothing() -> None:
    assert stated(r"$$\frac{\partial L}{\partial b_1} = t$$ $$x_3 = t$$") == []
