"""Formulas are found in Markdown and LaTeX texts; code and prose are left alone."""

from __future__ import annotations

import pytest

from grader.symbolic import limits
from grader.symbolic.read import read_document
from tests.symbolic.readings import NAMES, sides


@pytest.mark.parametrize(
    "text",
    [
        "so $a = b$ holds",
        "so $$a = b$$ holds",
        r"so \(a = b\) holds",
        r"so \[a = b\] holds",
        r"\begin{align} a &= b \end{align}",
        "$ a = b $",
    ],
)
def test_every_delimiter_is_known(text: str) -> None:
    assert sides(read_document(text, NAMES)) == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "`$a = b$`",
        "```\n$a = b$\n```",
        "~~~ text\n$a = b$\n~~~",
        r"costs \$5 and a = b is \$6",
        "costs $5 and $6",
        "only $X$ here",
        "$i \\ne j$",
    ],
)
def test_code_prose_and_lone_names_state_nothing(text: str) -> None:
    reading = read_document(text, NAMES)
    assert (reading.chains, reading.problems) == ((), ())


def test_displays_come_in_order_with_spans_into_the_document() -> None:
    text = "First $a = b$, then\n\n$$c = d$$\n\nand\n$$= e$$"
    reading = read_document(text, NAMES)
    found = [side for chain in reading.chains for side in chain.sides]
    assert [text[slice(*side.span)] for side in found] == ["a", "b", "c", "d", "e"]
    assert [chain.continues for chain in reading.chains] == [False, False, True]


def test_macros_of_the_preamble_hold_in_every_display() -> None:
    assert sides(read_document("\\newcommand{\\g}{\\nabla X}\n\n$$\\g = 0$$\n\n$$1 = \\g$$", NAMES)) == ["∇X", "0", "1", "∇X"]


def test_a_formula_that_fails_does_not_hide_the_next() -> None:
    reading = read_document("$$a = \\foo$$ and $$c = d$$", NAMES)
    assert (sides(reading), [problem.code for problem in reading.problems]) == (["a", "?", "c", "d"], ["unknown-command"])


def test_a_display_never_closed_is_reported() -> None:
    assert [problem.code for problem in read_document("$$a = b", NAMES).problems] == ["unclosed"]


def test_a_formula_above_the_cap_is_refused_alone() -> None:
    reading = read_document("$$" + "a" * (limits.CHARACTERS + 1) + "$$ and $$c = d$$", NAMES)
    assert (sides(reading), [problem.code for problem in reading.problems]) == (["c", "d"], ["too-long"])


def test_a_document_with_too_much_mathematics_is_read_to_the_cap() -> None:
    display = "$$a" + "+a" * 700 + "=b$$"
    count = limits.FORMULA_CHARACTERS // len(display) + 5
    reading = read_document(display * count, NAMES)
    assert (len(reading.chains) < count, [problem.code for problem in reading.problems]) == (True, ["too-long"])


def test_a_document_above_the_cap_is_refused() -> None:
    assert read_document("a" * (limits.DOCUMENT_CHARACTERS + 1), NAMES).problems[0].code == "too-long"
