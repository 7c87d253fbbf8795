"""Known mistakes, recognised by value: a name for a wrong answer, never a verdict; and whether they can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from grader.model.verdict import Reason
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


def faults(decider: Decider, expected: Node, references: Sequence[Node], mistakes: Mapping[str, Node]) -> tuple[Reason, ...]:
    """What is wrong with a question: a reference that does not hold, a mistake that is right, two mistakes that are one."""
    found = []
    for number, reference in enumerate(references, start=1):
        if not decider.decide(reference, expected).is_equal:
            found.append(Reason(code="reference_not_right", facts={"reference": number}))
    for name, tree in mistakes.items():
        outcome = decider.decide(tree, expected).outcome
        if outcome != "different":
            found.append(Reason(code="mistake_not_wrong", facts={"mistake": name, "outcome": outcome}))
    for one, other in combinations(mistakes, 2):
        if _agrees(decider, mistakes[one], mistakes[other]):
            found.append(Reason(code="mistakes_alike", facts={"mistake": one, "other": other}))
    return tuple(found)
