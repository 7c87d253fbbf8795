"""The value of a tree at a point, under the conventions of one reading.

Every kind of node has one function here or beside (`products`, `applied`, `indexing`, `derivatives`); what is not
understood raises NotUnderstood, what has no value raises IllFormed. How things were read is left in ``notes``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from grader.symbolic.dual import Dual, Scalar
from grader.symbolic.environment import Environment, Layout
from grader.symbolic.functions import FUNCTIONS
from grader.symbolic.points import Budget, Point, World
from grader.symbolic.scalars import Scalars
from grader.symbolic.tree import (
    Absolute,
    Add,
    Apply,
    Branch,
    Cases,
    Derivative,
    Dots,
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
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import (
    Array,
    Fill,
    Value,
    combine,
    inverse,
    mapped,
    scalar,
    scaled,
    sized,
    summed,
    transpose,
)

Indices: TypeAlias = Mapping[str, int]
NO_INDICES: Indices = {}


@dataclass(frozen=True)
class Reading:
    """The conventions of one attempt: the layout, and the size of fills that no neighbour determines."""

    layout: Layout
    fill_size: int | None = None


@dataclass
class Evaluator:
    """Evaluates trees in one world; ``notes`` collects how they were read."""

    world: World
    reading: Reading
    notes: set[str] = field(default_factory=set)
    within_derivative: bool = False

    @property
    def environment(self) -> Environment:
        return self.world.point.program.environment

    @property
    def scalars(self) -> Scalars:
        return self.world.point.scalars

    @property
    def budget(self) -> Budget:
        return self.world.point.budget

    def value(self, node: Node, at: Indices = NO_INDICES) -> Value:
        """The value of a node with the indices set."""
        self.budget.spend(1)
        rule = RULES.get(type(node))
        if rule is None:
            raise NotUnderstood("construct", kind=type(node).__name__)
        value = rule(self, node, at)
        if isinstance(value, Array):
            self.budget.spend(len(value.items) * _width(value))
        return value

    def array(self, node: Node, at: Indices = NO_INDICES) -> Array:
        """The value, which must have a size of its own."""
        return sized(self.value(node, at))

    def single(self, node: Node, at: Indices = NO_INDICES) -> Scalar:
        """The value, which must be a scalar."""
        value = self.array(node, at)
        if not value.is_scalar:
            raise IllFormed("not_a_scalar", shape=shape_text(value.shape))
        return value.items[0]

    def inside(self, world: World) -> Evaluator:
        """The same reading in another world."""
        return Evaluator(world, self.reading, self.notes, within_derivative=True)

    def resolved(self, name: str, label: str = "") -> str:
        """The declared name that a written name stands for, or the name itself."""
        environment, program = self.environment, self.world.point.program
        full = f"{name}^{label}" if label else name
        for written in (full, name) if label else (full,):
            if program.knows(written):
                return written
            if written in environment.aliases:
                return environment.aliases[written]
        return environment.entries.get(name, full)

    def knows(self, name: str) -> bool:
        return name in self.world.extra or self.world.point.program.knows(name)


Rule: TypeAlias = Callable[[Evaluator, Any, Indices], Value]


def _width(value: Array) -> int:
    first = value.items[0] if value.items else 0
    return 1 + len(first.partials) if isinstance(first, Dual) else 1


def _number(ev: Evaluator, node: Number, at: Indices) -> Value:
    return scalar(ev.scalars.number(node.value))


def _name(ev: Evaluator, node: Name, at: Indices) -> Value:
    name = node.name if node.name in ev.world.extra else ev.resolved(node.name, node.label)
    if name.startswith("grad "):
        return ev.world.gradient(ev.resolved(name[5:].strip()))
    if ev.knows(name):
        return ev.world.value(name)
    if name in at and not (name in ev.environment.losses and ev.within_derivative):
        return scalar(at[name])
    if name in ev.environment.losses:
        return ev.world.loss()
    if name in ev.environment.dims:
        return scalar(ev.environment.dims[name])
    if name == "e":
        return scalar(ev.scalars.apply(FUNCTIONS["exp"], 1))
    raise NotUnderstood("unknown_name", name=name)


def add_values(ev: Evaluator, left: Value, right: Value) -> Value:
    """A sum; fills take the other's shape, and stretching is noted."""
    if isinstance(left, Fill) and isinstance(right, Fill):
        return Fill(left.ones + right.ones, left.identity + right.identity, left.along or right.along)
    if isinstance(left, Fill):
        assert isinstance(right, Array)
        left = _fill_beside(left, right)
    if isinstance(right, Fill):
        right = _fill_beside(right, left)
    if not left.is_scalar and not right.is_scalar and left.shape != right.shape:
        ev.notes.add("broadcast")
    return combine(left, right, lambda a, b: a + b, "sum_shapes")


def _fill_beside(fill: Fill, other: Array) -> Array:
    return sized(fill, other.shape) if other.shape else sized(Fill(fill.ones, 0) if not fill.identity else fill)


def _add(ev: Evaluator, node: Add, at: Indices) -> Value:
    from grader.symbolic.indexing import terms_of  # indices are themselves evaluated: a knot between two files

    terms = terms_of(ev, node, at)
    total = ev.value(terms[0], at)
    for term in terms[1:]:
        total = add_values(ev, total, ev.value(term, at))
    return total


def _negative(ev: Evaluator, node: Negative, at: Indices) -> Value:
    return scaled(ev.value(node.operand, at), -1)


def _quotient(ev: Evaluator, node: Quotient, at: Indices) -> Value:
    under = sized(ev.value(node.under, at))
    over = ev.value(node.over, at)
    if under.is_scalar:
        return scaled(over, ev.scalars.inverse(under.items[0]))
    if not node.elementwise:
        ev.notes.add("fraction_elementwise")
    held = sized(over, under.shape) if isinstance(over, Fill) else over
    if held.shape and held.shape != under.shape:
        ev.notes.add("broadcast")
    return combine(held, mapped(under, ev.scalars.inverse), lambda a, b: a * b, "quotient_shapes")


def _power(ev: Evaluator, node: Power, at: Indices) -> Value:
    if isinstance(node.base, Name) and node.base.name == "e" and not (ev.knows("e") and isinstance(node.exponent, Number)):
        return mapped(ev.value(node.exponent, at), lambda item: ev.scalars.apply(FUNCTIONS["exp"], item))
    if isinstance(node.base, Norm) and node.base.order in ("2", "F") and node.exponent == _TWO:
        return _squares(ev.array(node.base.operand, at))
    base, exponent = ev.array(node.base, at), ev.array(node.exponent, at)
    if not exponent.is_scalar:
        return combine(base, exponent, ev.scalars.power, "power_shapes")
    if base.is_scalar:
        return scalar(ev.scalars.power(base.items[0], exponent.items[0]))
    if node.elementwise:
        return mapped(base, lambda item: ev.scalars.power(item, exponent.items[0]))
    if exponent.items[0] == -1 and len(base.shape) == 2 and base.shape[0] == base.shape[1]:
        return inverse(base, ev.scalars.inverse, ev.scalars.is_zero)
    ev.notes.add("power_elementwise")
    return mapped(base, lambda item: ev.scalars.power(item, exponent.items[0]))


_TWO = Number(2)  # type: ignore[arg-type]  # an int equals the Fraction of the same value


def _squares(value: Array) -> Array:
    return summed(mapped(value, lambda item: item * item), None, keepdims=False)


def _transpose(ev: Evaluator, node: Transpose, at: Indices) -> Value:
    return transpose(ev.value(node.operand, at))


def _inverse(ev: Evaluator, node: Inverse, at: Indices) -> Value:
    value = ev.value(node.operand, at)
    if isinstance(value, Fill) and value.identity and not value.ones:
        return Fill(0, ev.scalars.inverse(value.identity))
    held = sized(value)
    ev.budget.spend(len(held.items) * max(held.shape, default=1) * 2)
    return inverse(held, ev.scalars.inverse, ev.scalars.is_zero)


def _absolute(ev: Evaluator, node: Absolute, at: Indices) -> Value:
    return entrywise(ev, ev.array(node.operand, at), "abs", node)


def entrywise(ev: Evaluator, value: Array, name: str, node: Node) -> Array:
    """A function of `FUNCTIONS` applied to each entry, each entry being a branch of its own."""
    items = []
    for k, item in enumerate(value.items):
        ev.scalars.site = f"{id(node)}/{k}"
        items.append(ev.scalars.apply(FUNCTIONS[name], item))
    return Array(value.shape, tuple(items))


def _norm(ev: Evaluator, node: Norm, at: Indices) -> Value:
    value = ev.array(node.operand, at)
    if node.order in ("2", "F", ""):
        return scalar(ev.scalars.apply(FUNCTIONS["sqrt"], _squares(value).items[0]))
    if node.order == "1":
        return summed(entrywise(ev, value, "abs", node), None, keepdims=False)
    raise NotUnderstood("norm_order", order=node.order)


def _unsupported(ev: Evaluator, node: Node, at: Indices) -> Value:
    raise NotUnderstood("construct", kind=type(node).__name__)


RULES: dict[type[Node], Rule] = {
    Number: _number,
    Name: _name,
    Add: _add,
    Negative: _negative,
    Quotient: _quotient,
    Power: _power,
    Transpose: _transpose,
    Inverse: _inverse,
    Absolute: _absolute,
    Norm: _norm,
    Dots: _unsupported,
    Branch: _unsupported,
}


def _register() -> None:
    from grader.symbolic import applied, conditions, derivatives, indexing, products, summing, written_arrays

    RULES.update(
        {
            Apply: applied.apply,
            Cases: conditions.cases,
            Indicator: conditions.indicator,
            Relation: conditions.relation,
            Matrix: written_arrays.matrix,
            Filled: written_arrays.filled,
            Reshape: written_arrays.reshape,
            Product: products.product,
            Entry: indexing.entry,
            Fold: summing.fold,
            Reduce: applied.reduce,
            Derivative: derivatives.derivative,
            Gradient: derivatives.gradient,
        }
    )


def compute(node: Node, world: World) -> Value:
    """A definition's value: in the declared layout, its notes dropped."""
    return Evaluator(world, Reading(world.point.program.environment.layout)).value(node)


def draw_point(program: Any, scalars: Scalars, style: Any, seed: int) -> Point:
    """A point whose definitions are computed by this evaluator."""
    return Point(program, scalars, style, seed, compute)


_register()
