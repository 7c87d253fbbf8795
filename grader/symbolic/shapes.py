"""The shapes of an environment's definitions, by evaluating them once, and so all that the readers must know."""

from __future__ import annotations

from grader.symbolic.environment import Environment
from grader.symbolic.evaluate import draw_point
from grader.symbolic.program import hidden, prepare
from grader.symbolic.reading import Symbols
from grader.symbolic.scalars import Scalars


def defined_shapes(environment: Environment) -> dict[str, tuple[int, ...]]:
    """Name -> shape in numbers, for every definition.

    Raises:
        Trouble: when a definition has no value, which is a fault of the rubric.
    """
    root = draw_point(prepare(environment), Scalars(0), "random", 0).root
    return {name: root.value(hidden(name) if name in environment.soft else name).shape for name in environment.defs}


def symbols_of(environment: Environment) -> Symbols:
    """What the readers must know to read formulas about a problem.

    Raises:
        Trouble: when a definition has no value, which is a fault of the rubric.
    """
    return environment.declared_symbols(defined_shapes(environment))
