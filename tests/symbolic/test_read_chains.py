"""Displays are cut into chains, with their conditions, labels, shapes and prose."""

from __future__ import annotations

import pytest

from grader.symbolic.read import read_latex
from grader.symbolic.reading import Chain
from grader.symbolic.typeset import to_text
from tests.symbolic.readings import NAMES, sides


def chains(text: str) -> tuple[Chain, ...]:
    reading = read_latex(text, NAMES)
    assert not reading.problems, reading.problems
    return reading.chains


def shown(text: str) -> list[str]:
    """Each chain as its sides joined by its relations."""
    found = []
    for chain in chains(text):
        parts = ["…" if side.tree is None else to_text(side.tree) for side in chain.sides]
        rest = [f" {relation} {part}" for relation, part in zip(chain.relations, parts[1:], strict=True)]
        found.append(parts[0] + "".join(rest))
    return found


ALIGNED = [
    (r"\begin{aligned} a &= b + c \\ &= d \end{aligned}", ["a = b + c = d"]),
    (r"\begin{align*} a &= b \\ c &= d \end{align*}", ["a = b", "c = d"]),
    (r"\begin{align} a &= b \\ &\quad + c \\ &= d \end{align}", ["a = b + c = d"]),
    (r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}", ["a = b = c"]),
    (r"\begin{array}{rcl} a &=& b \\ c &=& d \end{array}", ["a = b", "c = d"]),
    (r"\begin{gathered} a = b \\ c = d \end{gathered}", ["a = b", "c = d"]),
    (r"\begin{equation} \begin{split} a & = b - \\ & c \end{split} \end{equation}", ["a = b - c"]),
    (r"\begin{align} a &= b & c &= d \end{align}", ["a = b", "c = d"]),
    (r"\begin{aligned} a = \\ b \end{aligned}", ["a = b"]),
    (r"\begin{aligned} a &= b \\ &- c \end{aligned}", ["a = b - c"]),
    (r"\begin{aligned} a &= b \\ -c &= d \end{aligned}", ["a = b", "-c = d"]),
    (r"\left\{ \begin{aligned} a &= b \\ c &= d \end{aligned} \right.", ["a = b", "c = d"]),
    (r"{a = b}", ["a = b"]),
    (r"a = b \\[2pt] = c \\(d) = e", ["a = b = c", "d = e"]),
    (
        r"f(z) = \left\{ \begin{aligned} z, & \quad z > 0 \\ 0, & \quad z \leq 0 \end{aligned} \right.",
        ["f(z) = {z if z > 0; 0 if z ≤ 0}"],
    ),
    (r"\begin{aligned} a &= b \\[2pt] &= c \\(d) &= e \end{aligned}", ["a = b = c", "d = e"]),
]


@pytest.mark.parametrize(("text", "expected"), ALIGNED)
def test_rows_make_chains(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


SEPARATED = [
    (r"a = b, c = d", ["a = b", "c = d"]),
    (r"a = b; \text{ similarly, } c = d", ["a = b", "c = d"]),
    (r"a = b \quad c = d", ["a = b", "c = d"]),
    (r"a = b \Rightarrow c = d", ["a = b", "c = d"]),
    (r"a = b, \text{ given that } W_1 x_1 = [2, 2]^T", ["a = b", "W_1 · x_1 = [2, 2]ᵀ"]),
    (r"a = b.", ["a = b"]),
    (r"a := b", ["a := b"]),
    (r"a \approx 0.5", ["a ~ 0.5"]),
    (r"a \propto b", ["a prop b"]),
    (r"W \leftarrow W - \eta \nabla W", ["W := W - eta · ∇W"]),
]


@pytest.mark.parametrize(("text", "expected"), SEPARATED)
def test_separators_part_statements(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (r"a = b \quad (9)", "9"),
        (r"a = b \tag{3.1}", "3.1"),
        (r"a = \boxed{b} \in \mathbb{R}^{n} \qquad (12a)", "12a"),
        (r"\begin{align} a &= b \\ &= c \tag{7} \end{align}", "7"),
        (r"a = b", ""),
    ],
)
def test_equation_labels_are_no_factors(text: str, label: str) -> None:
    (only,) = chains(text)
    assert (only.label, len(only.sides) > 1) == (label, True)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (r"a \in \mathbb{R}^{n \times m}", ["n", "m"]),
        (r"a \in \mathbb{R}^{1 \times (m \cdot n)}", ["1", "m · n"]),
        (r"a \in R^n", ["n"]),
        (r"a \in \mathbb R", []),
        (r"a \quad (m \times k)", ["m", "k"]),
        (r"\boxed{a \in \mathbb{R}^{2 \times 2}}", ["2", "2"]),
    ],
)
def test_shape_notes_are_kept_beside_the_side(text: str, shape: list[str]) -> None:
    ((side,),) = (chain.sides for chain in chains(text))
    assert side.shape is not None
    assert ([to_text(size) for size in side.shape], to_text(side.tree) if side.tree else "") == (shape, "a")


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        (r"a = 0, \forall i \neq j", ["i ≠ j"]),
        (r"a = 0 \quad \text{for } i \neq j", ["i ≠ j"]),
        (r"a = 0 \text{ if } i = k, j = l", ["i = k", "j = l"]),
        (r"x_i = 0, \quad i = 1, \ldots, n", ["i = 1..n"]),
        (r"x_i = 0 \text{ for all } i = 1, 2, \dots, n", ["i = 1..n"]),
        (r"a = 0 \quad \forall i", ["i"]),
        (r"a = 0, i \neq j", ["i ≠ j"]),
    ],
)
def test_conditions_attach_to_their_chain(text: str, conditions: list[str]) -> None:
    (only,) = chains(text)
    assert [to_text(condition) for condition in only.conditions] == conditions


def test_a_display_that_begins_with_equals_continues() -> None:
    (only,) = chains("= a = b")
    assert (only.continues, len(only.sides), only.relations) == (True, 2, ("=",))


def test_prose_in_the_place_of_a_side_is_marked() -> None:
    (only,) = chains(r"y = \text{some random vector}")
    assert [side.text for side in only.sides] == [False, True]


def test_a_declaration_after_an_equation_is_a_chain_of_its_own() -> None:
    first, second = chains(r"a = b, \text{ for } W_1 \in \mathbb{R}^{m \times n}")
    assert (len(first.sides), len(second.sides), second.sides[0].shape is not None) == (2, 1, True)


def test_a_box_around_part_of_a_side_is_a_bracket() -> None:
    assert sides(read_latex(r"a = 2 \boxed{b + c}", NAMES)) == ["a", "2 · (b + c)"]


def test_the_source_of_a_side_is_quoted_with_its_brackets() -> None:
    (only,) = chains(r"a = \left( b + c \right) d")
    assert only.sides[1].source == r"\left( b + c \right) d"


def test_an_empty_side_is_a_problem() -> None:
    assert [problem.code for problem in read_latex("a = = b", NAMES).problems] == ["incomplete"]
