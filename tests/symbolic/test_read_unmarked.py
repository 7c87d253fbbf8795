"""Formulas without marks: what is taken from code and from typed lines, and what is left alone."""

from __future__ import annotations

import pytest

from grader.symbolic.read import read_document, read_latex
from tests.symbolic.readings import NAMES, sides


def read(text: str) -> list[str]:
    return sides(read_document(text, NAMES, unmarked=True))


TAKEN = {
    "a line in Unicode": ("∇X = ∇Y Wᵀ", ["∇X", "∇Y · Wᵀ"]),
    "a line after a word": ("So ∇X = ∇Y Wᵀ.", ["∇X", "∇Y · Wᵀ"]),
    "a line before a remark": ("∇X = ∇Y Wᵀ  (by the chain rule)", ["∇X", "∇Y · Wᵀ"]),
    "a line before a comment": ("a = W.T @ y  # the product", ["a", "Wᵀ @ y"]),
    "an item of a list": ("- ∇X = ∇Y Wᵀ\n- text", ["∇X", "∇Y · Wᵀ"]),
    "indices without braces": ("∇X_ij = Σ_k ∇Y_ik W_jk", ["∇X[i, j]", "Σ{k} (∇Y[i, k] · W[j, k])"]),
    "a power of Python": ("y = t**2", ["y", "t^∘2"]),
    "code in a fence": ("```python\ndY = Z * 2\ndX = dY @ W.T\n```", ["∇Y", "Z ⊙ 2", "dX", "∇Y @ Wᵀ"]),
    "code without a fence": ("e = t - x_3\ng = W_2.T @ e", ["e", "t - x_3", "g", "W_2ᵀ @ e"]),
    "code in a line": ("The answer is `a = W.T @ y`.", ["a", "Wᵀ @ y"]),
    "imports and comments in code": ("```\nimport numpy as np\n# go\na = W.T @ y  # done\n```", ["a", "Wᵀ @ y"]),
    "entities and scripts of HTML": ("&nabla;X = &nabla;Y W<sup>T</sup>", ["∇X", "∇Y · Wᵀ"]),
}


@pytest.mark.parametrize("case", TAKEN)
def test_an_equation_without_marks_is_read(case: str) -> None:
    text, expected = TAKEN[case]
    assert read(text) == expected


LEFT = {
    "a sentence": "The learning rate = 0.1 works well.",
    "words on both sides": "gradient = upstream times local",
    "a name assigned twice": "```\na = W.T @ y\na = a * 2\n```",
    "a name that nothing explains": "```\na = W.T @ rubbish\n```",
    "a letter for a sign": "∇X = ∇Y x Wᵀ",
    "a loop": "```\nfor i in range(3):\n    a = W.T @ y\n```",
    "an update in place": "```\na = W.T @ y\na += y\n```",
    "code that is not understood": "```\na = W.T @ y\nmodel.fit(X)\n```",
}


@pytest.mark.parametrize("case", LEFT)
def test_what_is_no_equation_is_left_alone(case: str) -> None:
    assert read(LEFT[case]) == []


def test_nothing_without_marks_is_read_unless_asked_for() -> None:
    assert sides(read_document("∇X = ∇Y Wᵀ and `a = W.T @ y`", NAMES)) == []


def test_marked_and_unmarked_formulas_come_in_the_order_of_the_text() -> None:
    assert read("$y = t$\n\nz = v\n\n$w = v$") == ["y", "t", "z", "v", "w", "v"]


def test_what_was_read_knows_its_place() -> None:
    text = "Some words.\n\n```\na = W.T @ y\n```\n"
    (chain,) = read_document(text, NAMES, unmarked=True).chains
    assert [text[slice(*side.span)] for side in chain.sides] == ["a", "W.T @ y"]
    assert chain.sides[1].tree is not None
    assert text[slice(*chain.sides[1].tree.span)] == "W.T @ y"


SPELLED = {
    "Matlab's product": ("Z .* X", "Z ⊙ X"),
    "Matlab's quotient": ("Z ./ Y", "Z ⊘ Y"),
    "Matlab's power": ("Y.^2", "Y^∘2"),
    "a number with a point before a sign": ("2.5 * v", "2.5 * v"),
    "an alignment mark before a name": (r"\begin{aligned} &v; \end{aligned}", "v"),
    "an entity": ("&sigma;(z)", "sigma(z)"),
}


@pytest.mark.parametrize("case", SPELLED)
def test_spellings_of_other_systems_are_known(case: str) -> None:
    text, expected = SPELLED[case]
    assert sides(read_latex(text, NAMES)) == [expected]
