"""Hostile and absurd inputs are refused quickly, whatever they are."""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from string import ascii_lowercase

import pytest

from grader.symbolic import limits
from grader.symbolic.read import read_document, read_formula, read_latex, read_numpy, read_sympy
from grader.symbolic.reading import Problem
from tests.symbolic.readings import NAMES

N = limits.CHARACTERS
HOSTILE = {
    "sum": "x+" * 3_000,
    "product": "x " * 3_000,
    "open": "(" * N,
    "nested": "(" * 3_000 + ")" * 3_000,
    "braces": "{" * 3_000 + "}" * 3_000,
    "calls": "f(" * 2_000 + "x" + ")" * 2_000,
    "applied": "f(x)" * 1_500,
    "fractions": r"\frac{1}{" * 600 + "1" + "}" * 600,
    "powers": "x^{" * 2_000,
    "tower": "9^{9^{9^{9}}}",
    "python tower": "9**9**9**9",
    "factorial": "99999999!",
    "digits": "9" * N,
    "minus": "-" * N,
    "not": "not " * 1_500 + "x",
    "nabla": r"\nabla" * 1_000,
    "accents": r"\hat" * 1_500,
    "logs": r"\log" * 1_500,
    "sums": r"\sum_i" * 1_000,
    "bars": "|" * N,
    "lists": "[" * 3_000 + "]" * 3_000,
    "cases": r"\begin{cases}" * 400,
    "closed cases": r"\begin{cases}" * 200 + r"\end{cases}" * 200,
    "rows": r"\\" * 3_000,
    "equals": "=" * N,
    "dollars": "$" * N,
    "formulas": "$x$" * 2_000,
    "round": r"\(" * 3_000,
    "ticks": "`" * N,
    "text": r"\text{if " * 750,
    "roman": r"\mathrm{" * 750,
    "doubling": r"\def\a{\a\a}\a",
    "tree of macros": "".join(rf"\def\{first}{{\{second}\{second}}}" for first, second in pairwise(ascii_lowercase)) + r"\a",
    "definitions": r"\newcommand{\a}{" * 350,
    "partials": r"\partial x/" * 500,
    "differentials": "d" * N,
    "scripts": "x" + "^T" * 2_900,
    "primes": "x" + "'" * 5_900,
    "attributes": "x" + ".T" * 2_900,
    "indices": "x" + "[0]" * 1_900,
    "comparisons": "x<" * 2_900 + "x",
    "import": "__import__('os').system('true')",
    "classes": "().__class__.__bases__[0].__subclasses__()",
    "null": "\0" * 100,
    "surrogate": "\ud800 = x",
    "combining": "\u0302" * N,
    "wide": "ŷ" * N,
    "boxes": r"\boxed{" * 700 + "x" + "}" * 700,
    "left": r"\left(" * 900,
    "matrix": r"\begin{bmatrix}" + "1&" * 2_900,
    "comma": ",a" * 3_000,
    "spaces": " " * N,
    "conditionals": "1 if x else " * 400 + "1",
    "belongs": r"\in" * 1_900,
    "operators": r"\frac{\partial}{\partial x}" * 200,
    "percent": "%" * N,
    "lines": "a = b\n" * 1_000,
    "words": "a = " + "word " * 1_000,
    "bullets": "- " * 3_000,
    "therefore": "so " * 1_900 + "a = b",
    "code": "`a = W.T @ y` " * 400,
    "entities": "&nabla;" * 800,
    "tags": "<sub>" * 1_100,
    "scripts without braces": "a_b" * 1_900 + " = c",
    "conditions": "for $i = j$ " * 500,
    "nothing": "",
}
READERS = (read_latex, read_document, partial(read_document, unmarked=True), read_numpy, read_sympy, read_formula)
SECONDS = 2.0
"""Far above the 0.2 s that the slowest of them takes, so that a busy machine does not fail the test."""


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_answered_quickly(text: str) -> None:
    for reader in READERS:
        begin = time.process_time()
        reading = reader(text[:N], NAMES)
        assert time.process_time() - begin < SECONDS
        assert all(isinstance(problem, Problem) for problem in reading.problems)


@pytest.mark.parametrize(
    "name", ["nested", "calls", "fractions", "closed cases", "product", "tower", "digits", "doubling", "scripts", "boxes"]
)
def test_hostile_latex_has_no_tree(name: str) -> None:
    reading = read_latex(HOSTILE[name], NAMES)
    assert reading.problems
    assert all(side.tree is None for chain in reading.chains for side in chain.sides)


def test_a_formula_above_the_cap_is_refused() -> None:
    assert read_latex("x" * (N + 1), NAMES).problems[0].code == "too-long"
    assert read_numpy("x" * (N + 1), NAMES).problems[0].code == "too-long"


def test_honest_depth_is_read() -> None:
    assert not read_latex("(" * 20 + "x" + ")" * 20, NAMES).problems
    assert not read_numpy("(" * 20 + "x" + ")" * 20, NAMES).problems


def test_too_many_levels_are_counted_before_python_would_stop() -> None:
    (only,) = read_latex("(" * 60 + "x" + ")" * 60, NAMES).problems
    assert (only.code, "levels" in only.text) == ("too-deep", True)
