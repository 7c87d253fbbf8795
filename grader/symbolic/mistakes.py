"""Known mistakes, recognised by value: a name for a wrong answer, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.symbolic.decide import Decider
from grader.symbolic.environment import Environment
from grader.symbolic.points import Budget
from grader.symbolic.tree import Node

EQUAL_SIZE = 3
"""The size all dimensions get for naming answers whose shapes do not fit."""


def name_mistake(seen: Node, decider: Decider, mistakes: Mapping[str, Node], expected: Node | None = None) -> str | None:
    """The known mistake that a wrong answer is; None where none or several agree.

    Answers without a value (a missing transpose) are compared with all dimensions equal, where they have one; a mistake that
    agrees with the expected answer there says nothing and is left out.
    """
    found = _matching(seen, decider, mistakes)
    if found:
        return found[0] if len(found) == 1 else None
    level = decider.with_program(replace(decider.program, environment=_with_equal_sizes(decider)))
    if expected is not None and _agrees(level, seen, expected):
        return None
    telling = {name: tree for name, tree in mistakes.items() if expected is None or not _agrees(level, tree, expected)}
    shapeless = {name: tree for name, tree in telling.items() if not _agrees(decider, tree, tree)}
    found = _matching(seen, level, shapeless)
    return found[0] if len(found) == 1 else None


def _with_equal_sizes(decider: Decider) -> Environment:
    environment = decider.environment
    return environment.model_copy(update={"dims": dict.fromkeys(environment.dims, EQUAL_SIZE), "data": {}})


def _matching(seen: Node, decider: Decider, mistakes: Mapping[str, Node]) -> list[str]:
    return [name for name, tree in mistakes.items() if _agrees(decider, seen, tree)]


def _agrees(decider: Decider, seen: Node, expected: Node) -> bool:
    return decider.agrees(seen, expected, (), Budget())
