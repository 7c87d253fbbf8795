"""The shapes of an environment's definitions, by evaluating them once."""

from __future__ import annotations

from grader.symbolic.environment import Environment
from grader.symbolic.evaluate import draw_point
from grader.symbolic.program import hidden, prepare
from grader.symbolic.scalars import Scalars


def defined_shapes(environment: Environment) -> dict[str, tuple[int, ...]]:
    """Name -> shape in numbers, for every definition.

    Raises:
        Trouble: when a definition has no value, which is a fault of the rubric.
    """
    root = draw_point(prepare(environment), Scalars(0), "random", 0).root
    return {name: root.value(hidden(name) if name in environment.soft else name).shape for name in environment.defs}
