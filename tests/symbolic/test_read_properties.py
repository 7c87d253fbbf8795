"""For any text whatever the readers answer; what they show of a formula reads back to the same tree."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.symbolic import tree as t
from grader.symbolic.read import caret, read_document, read_formula, read_latex, read_numpy, read_sympy
from grader.symbolic.reading import Reading
from grader.symbolic.tree import Node
from grader.symbolic.typeset import to_latex, to_text
from tests.symbolic.readings import NAMES, tree
from tests.symbolic.test_read_formulas import SPELLINGS as FORMULAS
from tests.symbolic.test_read_spellings import SPELLINGS as UNUSUAL

QUICK = settings(max_examples=120, derandomize=True, deadline=None, database=None)
ALPHABET = r"""
\frac \partial \nabla \sum \sigma \hat \vec \text{if} \text{diag} \begin{cases} \end{cases}
\begin{bmatrix} \end{bmatrix} \left \right \odot \otimes \cdot \quad \in \mathbb \mathbf \forall
\dots \\ & { } ( ) [ ] | ^ _ ' , ; . = + - / * 1 2 0.5 x y W_1 dZ L i j T d e f \boxed \sqrt $ $$ :=
~
"""
PIECES = ALPHABET.split()
LATEX = st.lists(st.sampled_from(PIECES), max_size=40).flatmap(
    lambda parts: st.sampled_from([" ", ""]).map(lambda gap: gap.join(parts))
)
PYTHON = st.lists(
    st.sampled_from(
        [
            "X",
            "np",
            ".",
            "T",
            "sum",
            "(",
            ")",
            "[",
            "]",
            ",",
            "axis",
            "=",
            "1",
            "0",
            ":",
            "@",
            "*",
            "-",
            "if",
            "else",
            "<",
            "\n",
            " ",
        ]
    ),
    max_size=30,
).map("".join)


def check(text: str, reading: Reading) -> None:
    """A reading is well formed: as many relations as it must have, spans inside the text, a reason for every missing tree."""
    missing = 0
    for chain in reading.chains:
        assert len(chain.relations) == len(chain.sides) - 1
        for side in chain.sides:
            assert text[slice(*side.span)] == side.source
            missing += side.tree is None and not side.text
    assert bool(reading.problems) >= bool(missing)
    for problem in reading.problems:
        assert caret(text, problem.span).count("\n") == 1


@QUICK
@given(st.one_of(LATEX, st.text(max_size=60)))
def test_any_text_is_answered(text: str) -> None:
    for reader in (read_latex, read_document, partial(read_document, unmarked=True), read_formula):
        check(text, reader(text, NAMES))


@QUICK
@given(st.lists(st.one_of(LATEX, PYTHON, st.sampled_from(["`", "```", "\n", " = ", "So ", "$"])), max_size=8).map("".join))
def test_any_mixture_of_code_lines_and_formulas_is_answered(text: str) -> None:
    check(text, read_document(text, NAMES, unmarked=True))


@QUICK
@given(st.one_of(PYTHON, st.text(max_size=40)))
def test_any_python_like_text_is_answered(text: str) -> None:
    for reader in (read_numpy, read_sympy):
        check(text, reader(text, NAMES))


@pytest.mark.parametrize("source", [source for source, _ in (*FORMULAS, *UNUSUAL) if "=" not in source])
def test_what_is_shown_reads_back_to_the_same_tree(source: str) -> None:
    read = tree(source)
    assert tree(to_latex(read)) == read


def leaves() -> st.SearchStrategy[Node]:
    names = st.sampled_from(
        [t.Name("X"), t.Name("W_1"), t.Name("yhat"), t.Name("lambda"), t.Name("MSE"), t.Name("Z", "l"), t.Name("a")]
    )
    numbers = st.integers(0, 999).map(lambda number: t.Number(Fraction(number, 4)))
    entries = st.sampled_from([t.Entry(t.Name("X"), (t.Name("i"), t.Name("j"))), t.Entry(t.Name("z"), (t.Number(Fraction(1)),))])
    filled = st.sampled_from(
        [t.Filled("ones"), t.Filled("zeros", (t.Name("n"),)), t.Filled("identity", (t.Name("m"), t.Name("m")))]
    )
    gradients = st.sampled_from(
        [
            t.Gradient(t.Name("X")),
            t.Gradient(t.Entry(t.Name("Y"), (t.Name("i"), t.Name("k")))),
            t.Gradient(t.Name("W"), t.Name("L")),
        ]
    )
    return st.one_of(names, numbers, entries, filled, gradients)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    operators = st.sampled_from(["juxtaposed", "dot", "times", "star", "matmul", "hadamard", "kronecker", "composed"])
    relations = st.sampled_from(["=", "!=", "<", ">=", ">"])
    condition = st.builds(t.Relation, relations, st.just(t.Name("i")), st.sampled_from([t.Name("k"), t.Number(Fraction(2))]))
    otherwise = st.builds(lambda value: t.Branch(value, t.Relation("otherwise")), inner)
    return st.one_of(
        st.builds(t.Product, inner, inner, operators),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: t.Add(tuple(terms))),
        st.builds(t.Negative, inner),
        st.builds(t.Transpose, inner),
        st.builds(t.Inverse, inner),
        st.builds(t.Power, inner, st.integers(2, 9).map(lambda number: t.Number(Fraction(number))), st.booleans()),
        st.builds(t.Quotient, inner, inner, st.booleans()),
        st.builds(
            t.Derivative,
            inner,
            st.sampled_from([t.Name("X"), t.Entry(t.Name("z"), (t.Name("j"),))]),
            st.sampled_from([1, 2]),
            st.booleans(),
        ),
        st.builds(lambda argument, primes: t.Apply("sigma", (argument,), primes), inner, st.integers(0, 2)),
        st.builds(lambda left, right: t.Apply("max", (left, right)), inner, inner),
        st.builds(t.Absolute, inner),
        st.builds(t.Norm, inner, st.sampled_from(["1", "2", "F", "inf"])),
        st.builds(lambda body: t.Fold("sum", (t.Binder("r", t.Number(Fraction(1)), t.Name("n")),), body), inner),
        st.builds(
            lambda body, item: t.Fold("product", (t.Binder("i"),), body, (item,)),
            inner,
            condition.filter(lambda item: item.operator != "="),
        ),
        st.builds(t.Indicator, condition),
        st.builds(lambda value, item, last: t.Cases((t.Branch(value, item), last)), inner, condition, otherwise),
        st.builds(lambda left, right: t.Matrix(((left, right), (right, t.Dots("diagonal")))), inner, inner),
        st.builds(lambda body: t.Reshape(body, (t.Name("n"), t.Name("m"))), inner),
        st.builds(
            lambda body, axis, keep: t.Reduce("sum", body, axis, keep), inner, st.sampled_from([None, 0, 1]), st.booleans()
        ),
        st.builds(
            lambda base: t.Entry(base, (t.Name("i"), t.Slice())), inner.filter(lambda node: isinstance(node, t.Add | t.Product))
        ),
    )


TREES = st.recursive(leaves(), grown, max_leaves=7)


@settings(QUICK, max_examples=300)
@given(TREES)
def test_any_tree_reads_back_from_its_latex(node: Node) -> None:
    assert tree(to_latex(node)) == node


@QUICK
@given(TREES)
def test_any_tree_has_a_plain_text(node: Node) -> None:
    assert to_text(node)
