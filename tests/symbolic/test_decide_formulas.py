"""Right spellings are accepted and wrong variants rejected, formula by formula, in the library's environments."""

from __future__ import annotations

from functools import cache

import pytest

from grader.symbolic.decide import Decider
from grader.symbolic.environments import named
from grader.symbolic.read import read_formula
from grader.symbolic.reading import Symbols
from grader.symbolic.shapes import symbols_of
from grader.symbolic.tree import Node
from grader.symbolic.verdicts import Decision
from tests.symbolic.formulas import TABLE

RIGHT = [(row.environment, row.asked, text) for row in TABLE for text in row.right]
WRONG = [(row.environment, row.asked, text) for row in TABLE for text in row.wrong]


@cache
def decider(name: str) -> Decider:
    return Decider(named(name))


@cache
def symbols(name: str) -> Symbols:
    return symbols_of(named(name))


def tree(name: str, text: str) -> Node:
    reading = read_formula(text, symbols(name))
    found = [side.tree for chain in reading.chains for side in chain.sides]
    (only,) = found
    assert only is not None, reading.problems
    return only


def decided(name: str, asked: str, text: str) -> Decision:
    return decider(name).decide(tree(name, text), tree(name, asked))


@pytest.mark.parametrize(("name", "asked", "text"), RIGHT)
def test_right_spelling_is_accepted(name: str, asked: str, text: str) -> None:
    assert decided(name, asked, text).is_equal


@pytest.mark.parametrize(("name", "asked", "text"), WRONG)
def test_wrong_variant_is_rejected(name: str, asked: str, text: str) -> None:
    assert decided(name, asked, text).outcome == "different"
