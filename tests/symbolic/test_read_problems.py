"""What is not understood, or could be read in two ways, is refused at its place and never guessed."""

from __future__ import annotations

import pytest

from grader.symbolic.read import caret, read_latex
from tests.symbolic.readings import NAMES, problem

REFUSED = [
    (r"x + \foo y", r"\foo", "unknown-command"),
    (r"1/2N", "/2N", "ambiguous"),
    (r"x^10", "10", "ambiguous"),
    (r"X dW", "dW", "ambiguous"),
    (r"x 2", "2", "ambiguous"),
    (r"w_ij", "_ij", "ambiguous"),
    (r"\phi(z)", r"\phi", "ambiguous"),
    (r"q2 + 1", "q2", "ambiguous"),
    (r"2 {a + b}", "{a + b}", "ambiguous"),
    (r"y + (1, 2)", "(1, 2)", "ambiguous"),
    (r"\nabla L", r"\nabla L", "ambiguous"),
    (r"x + \{1, 2\}", r"\{1, 2\}", "unsupported"),
    (r"\mathbb{E}[x]", "E", "unsupported"),
    (r"\int x", r"\int", "unsupported"),
    (r"\log_3 y", "3", "unsupported"),
    (
        r"\frac{\partial^2 L}{\partial a \partial b \partial c}",
        r"\frac{\partial^2 L}{\partial a \partial b \partial c}",
        "unsupported",
    ),
    ("a " * 150, ("a " * 150).strip(), "too-deep"),
    (r"\left. x \right|_{x=0}", r"\left. x \right|", "unsupported"),
    (r"f^{-1}(x)", "f^{-1}", "unsupported"),
    (r"(a + b", "(", "unclosed"),
    (r"a + b)", ")", "unexpected"),
    (r"\frac{a}{}", "{}", "incomplete"),
    (r"x^{99}", "x^{99}", "exponent-too-large"),
    (r"1" * 30, "1" * 30, "number-too-long"),
    (r"\overline{a + b}", r"\overline{a + b}", "unsupported"),
    (r"\tanh[2](z)", "[2]", "ambiguous"),
    (r"\frac{\partial L}{2}", r"\frac{\partial L}{2}", "unsupported"),
    (r"\frac{\partial}{\partial x}", r"\frac{\partial}{\partial x}", "incomplete"),
    (r"\begin{cases} 1 \\ 0 \end{cases}", "1", "incomplete"),
]


@pytest.mark.parametrize(("source", "place", "code"), REFUSED)
def test_a_formula_is_refused_at_its_place(source: str, place: str, code: str) -> None:
    found = problem(source)
    assert (found.code, source[slice(*found.span)]) == (code, place)


@pytest.mark.parametrize("source", [source for source, _, _ in REFUSED])
def test_a_refused_side_has_no_tree(source: str) -> None:
    assert [side.tree for chain in read_latex(source, NAMES).chains for side in chain.sides] == [None]


def test_the_other_sides_of_a_chain_are_still_read() -> None:
    reading = read_latex(r"a = \foo = b", NAMES)
    assert [side.tree is None for side in reading.chains[0].sides] == [False, True, False]


def test_the_words_name_the_offending_text() -> None:
    assert problem(r"\widebar{y}").text == r"at `\widebar`: unknown command"


def test_an_equation_number_without_space_could_be_a_factor() -> None:
    assert problem("y = x (1)").code == "ambiguous"


def test_a_caret_stands_under_the_place() -> None:
    source = "first line\nx + \\foo y"
    assert caret(source, problem(source).span) == "x + \\foo y\n    ^^^^"


def test_a_caret_in_a_long_line_shows_what_surrounds_it() -> None:
    shown, mark = caret("a+" * 500 + "@@" + "+a" * 500, (1000, 1002)).split("\n")
    assert shown[mark.index("^") :].startswith("@@")
    assert len(shown) < 200


def test_a_caret_never_fails_on_any_span() -> None:
    assert caret("", (5, 9)) == "\n^"
