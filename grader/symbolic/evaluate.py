"""The value of a tree at a point, under the conventions of one reading.

Every kind of node has one rule, in a module of its own kind; this one stands above them and says which is which. What is not
understood raises NotUnderstood, what has no value raises IllFormed. How things were read is left in ``notes``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from grader.symbolic import (
    applied,
    arithmetic,
    conditions,
    derivatives,
    entries,
    leaves,
    products,
    summing,
    written_arrays,
)
from grader.symbolic.dual import Dual
from grader.symbolic.evaluation import NO_INDICES, Convention, Evaluation, Indices
from grader.symbolic.points import Point, Style, World
from grader.symbolic.program import Program
from grader.symbolic.scalars import Scalars
from grader.symbolic.tree import (
    Absolute,
    Add,
    Apply,
    Cases,
    Derivative,
    Entry,
    Filled,
    Fold,
    Gradient,
    Indicator,
    Inverse,
    Matrix,
    Name,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Relation,
    Reshape,
    Transpose,
)
from grader.symbolic.troubles import NotUnderstood
from grader.symbolic.values import Array, Value

Rule: TypeAlias = Callable[[Evaluation, Any, Indices], Value]

RULES: Mapping[type[Node], Rule] = {
    Number: leaves.number_value,
    Name: leaves.name_value,
    Add: arithmetic.add,
    Negative: arithmetic.negative,
    Quotient: arithmetic.quotient,
    Power: arithmetic.power,
    Transpose: arithmetic.transposed,
    Inverse: arithmetic.inverted,
    Absolute: arithmetic.absolute,
    Norm: arithmetic.norm,
    Product: products.product,
    Apply: applied.apply,
    Reduce: applied.reduce,
    Cases: conditions.cases,
    Indicator: conditions.indicator,
    Relation: conditions.relation,
    Matrix: written_arrays.matrix,
    Filled: written_arrays.filled,
    Reshape: written_arrays.reshape,
    Entry: entries.entry,
    Fold: summing.fold,
    Derivative: derivatives.derivative,
    Gradient: derivatives.gradient,
}
"""What has no rule (dots, a branch by itself) has no value alone: it is understood only within what it stands in."""


class Evaluator(Evaluation):
    """Evaluates trees by the rules above."""

    def value(self, node: Node, at: Indices = NO_INDICES) -> Value:
        self.budget.spend(1)
        rule = RULES.get(type(node))
        if rule is None:
            raise NotUnderstood("construct", kind=type(node).__name__)
        value = rule(self, node, at)
        if isinstance(value, Array):
            self.budget.spend(len(value.items) * _width(value))
        return value


def _width(value: Array) -> int:
    first = value.items[0] if value.items else 0
    return 1 + len(first.partials) if isinstance(first, Dual) else 1


def compute(node: Node, world: World) -> Value:
    """A definition's value: in the declared layout, its notes dropped."""
    return Evaluator(world, Convention(world.point.program.environment.layout)).value(node)


def draw_point(program: Program, scalars: Scalars, style: Style, seed: int) -> Point:
    """A point whose definitions are computed by this evaluator."""
    return Point(program, scalars, style, seed, compute)
