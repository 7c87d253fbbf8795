"""Whatever tree comes in, a decision comes out, within the budget and without an exception."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.symbolic.repair import find_repair
from grader.symbolic.tree import (
    Absolute,
    Add,
    Apply,
    Binder,
    Branch,
    Cases,
    Derivative,
    Dots,
    Entry,
    Filled,
    Fold,
    Gradient,
    Inverse,
    Matrix,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Relation,
    Reshape,
    Transpose,
)
from tests.symbolic.deciding import decider

ENVIRONMENTS = st.sampled_from(["mlp_relu", "softmax_ce_mean", "row_normalise", "elementwise_function", "attention"])
NAMES = st.sampled_from(
    ["X", "Y", "W", "W_1", "x_1", "z", "Z", "P", "A", "Q", "b", "i", "j", "k", "l", "L", "n", "N", "q", "e"]
).map(Name)
NUMBERS = st.sampled_from([0, 1, -1, 2, Fraction(1, 2), 10**11]).map(lambda value: Number(Fraction(value)))
FILLS = st.builds(Filled, st.sampled_from(["zeros", "ones", "identity"]), st.lists(NAMES | NUMBERS, max_size=2).map(tuple))
LETTERS = st.sampled_from("ijkl")
OPERATORS = st.sampled_from(["juxtaposed", "dot", "star", "matmul", "hadamard", "kronecker"])
FUNCTIONS = st.sampled_from(["f", "ReLU", "exp", "log", "softmax", "diag", "tr", "vec", "max", "sqrt", "erf"])


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pairs = st.lists(inner, min_size=1, max_size=3).map(tuple)
    relations = st.builds(Relation, st.sampled_from(["=", "!=", "<", ">=", "otherwise"]), inner, inner)
    bounds = st.none() | inner
    rows = st.lists(inner | st.builds(Dots), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Add, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Negative, inner),
        st.builds(Product, inner, inner, OPERATORS),
        st.builds(Quotient, inner, inner, st.booleans()),
        st.builds(Power, inner, inner),
        st.builds(Transpose, inner),
        st.builds(Inverse, inner),
        st.builds(Absolute, inner),
        st.builds(Entry, inner, pairs),
        st.builds(Entry, NAMES, st.lists(LETTERS.map(Name), min_size=1, max_size=2).map(tuple)),
        st.builds(Derivative, inner, inner, st.sampled_from([1, 1, 2, 3])),
        st.builds(Gradient, inner),
        st.builds(Apply, FUNCTIONS, pairs, st.sampled_from([0, 0, 1, 2])),
        st.builds(Fold, st.sampled_from(["sum", "product", "max"]), st.tuples(st.builds(Binder, LETTERS, bounds, bounds)), inner),
        st.builds(Reduce, st.sampled_from(["sum", "mean", "max"]), inner, st.sampled_from([None, 0, 1, 7]), st.booleans()),
        st.builds(Cases, st.lists(st.builds(Branch, inner, relations), min_size=1, max_size=2).map(tuple)),
        st.builds(Matrix, st.lists(rows, min_size=1, max_size=3).map(tuple)),
        st.builds(Reshape, inner, st.tuples(inner, inner)),
        relations,
    )


TREES = st.recursive(NAMES | NUMBERS | FILLS, _grown, max_leaves=12)
PROFILE = settings(max_examples=120, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@PROFILE
@given(ENVIRONMENTS, TREES, TREES)
def test_every_pair_of_trees_gets_a_decision(name: str, seen: Node, expected: Node) -> None:
    decision = decider(name).decide(seen, expected)
    assert decision.is_equal or decision.reason is not None
    assert decision.model_dump_json()


@PROFILE
@given(ENVIRONMENTS, TREES)
def test_a_formula_with_a_value_equals_itself(name: str, tree: Node) -> None:
    decision = decider(name).decide(tree, tree)
    assert decision.outcome != "different" or decision.reason is None or decision.reason.code not in ("value", "shape")


@settings(PROFILE, max_examples=30)
@given(ENVIRONMENTS, TREES)
def test_the_search_for_a_repair_ends(name: str, seen: Node) -> None:
    found = find_repair(decider(name), seen, Name("Z"))
    assert found is None or found.code
