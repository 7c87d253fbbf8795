"""Helpers for tests that decide formulas: trees, decisions and steps by environment name."""

from __future__ import annotations

from functools import cache
from typing import Any

from grader.symbolic.decide import Decider
from grader.symbolic.environment import Environment
from grader.symbolic.environments import named
from grader.symbolic.read import read_document, read_formula
from grader.symbolic.reading import Symbols
from grader.symbolic.shapes import symbols_of
from grader.symbolic.steps import check_steps
from grader.symbolic.tree import Node
from grader.symbolic.verdicts import Decision, DerivationVerdict


@cache
def decider(name: str) -> Decider:
    return Decider(named(name))


@cache
def symbols(name: str) -> Symbols:
    return symbols_of(named(name))


def changed(name: str, **fields: Any) -> Environment:
    """A library environment with other fields."""
    return Environment.model_validate({**named(name).model_dump(), **fields})


def tree(name: str, text: str) -> Node:
    """The tree of one formula, read with the symbols of a library environment."""
    reading = read_formula(text, symbols(name))
    (only,) = [side.tree for chain in reading.chains for side in chain.sides]
    assert only is not None, reading.problems
    return only


def decided(name: str, seen: str, expected: str, other: Decider | None = None) -> Decision:
    """A decision in a library environment, or by another decider with its symbols."""
    return (other or decider(name)).decide(tree(name, seen), tree(name, expected))


def steps(name: str, text: str, other: Environment | None = None) -> DerivationVerdict:
    """The verdicts on a text, in a library environment or in another one."""
    environment = other or named(name)
    return check_steps(read_document(text, symbols_of(environment)), Decider(environment) if other else decider(name))


def outcomes(name: str, text: str, other: Environment | None = None) -> list[str]:
    return [step.outcome for step in steps(name, text, other).steps]
