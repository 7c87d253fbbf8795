"""One point: numbers for every given array, and all that follows from them, with derivatives by cutting the computation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from random import Random
from typing import Any, Literal, TypeAlias

from grader.symbolic.dual import Dual, Scalar, partial
from grader.symbolic.program import Program, has_gradient
from grader.symbolic.scalars import Scalars
from grader.symbolic.traits import names_in
from grader.symbolic.tree import Node
from grader.symbolic.troubles import IllFormed, NotUnderstood, OverBudget, shape_text
from grader.symbolic.values import Array, Shape, Value, positions, scalar, sized, transpose

Style: TypeAlias = Literal["random", "moderate", "positive", "small", "data"]
"""Leaves in -99991..99991; in -2..2 by ten-thousandths (for exp); the same above zero (for logarithms of what may be negative);
whole numbers in -3..3; the numbers the rubric gives."""

Compute: TypeAlias = "Callable[[Node, World], Value]"


class Budget:
    """Scalar operations left for all readings of one decision together."""

    def __init__(self, operations: int = 150_000, assignments: int = 5_000) -> None:
        self.operations = operations
        self.assignments = assignments

    def spend(self, operations: int) -> None:
        """Raises OverBudget when nothing is left."""
        self.operations -= operations
        if self.operations < 0:
            raise OverBudget("too_much_work")

    def assign(self, count: int) -> None:
        """The same for assignments of free indices."""
        self.assignments -= count
        if self.assignments < 0:
            raise OverBudget("too_many_index_values")


class Point:
    """Numbers drawn for a program's leaves; ``kinks`` holds, for each definition, which side of its branches was met."""

    def __init__(self, program: Program, scalars: Scalars, style: Style, seed: int, compute: Compute) -> None:
        self.program = program
        self.scalars = scalars
        self.style = style
        self.seed = seed
        self.compute = compute
        self.budget = Budget()
        self.kinks: dict[str, dict[str, set[bool]]] = {}
        self.given: dict[str, Array] = {}
        self._beneath: dict[str, frozenset[str]] = {}
        self.root = World(self, None, "", {})

    def leaf(self, name: str) -> Array:
        """The numbers of a given array."""
        if name not in self.given:
            environment = self.program.environment
            shape = environment.shape(name) if name in environment.leaves else self._shape_of_upstream(name)
            self.given[name] = self._drawn(name, shape)
        return self.given[name]

    def _shape_of_upstream(self, name: str) -> Shape:
        of = next(array for array, upstream in self.program.environment.upstream.items() if upstream == name)
        return self.root.value(of).shape

    def _drawn(self, name: str, shape: Shape) -> Array:
        environment = self.program.environment
        if self.style == "data" and name in environment.data:
            return _given(environment.data[name], shape, name, self.scalars)
        dice = Random(f"{self.seed}/{name}")
        if name in environment.onehot:
            self.scalars.assumed = True
            return _one_hot(shape, environment.onehot[name], dice)
        draw = _DRAWS[self.style]
        drawn = [draw(dice) for _ in range(prod(shape))]
        if name in environment.positive:
            drawn = [abs(item) for item in drawn]
        return Array(shape, tuple(self.scalars.leaf(item) for item in drawn))

    def beneath(self, name: str) -> frozenset[str]:
        """All names that a name is computed from."""
        if name not in self._beneath:
            self._beneath[name] = frozenset()  # a definition in terms of itself stops here
            formula = self.program.formula(name)
            direct = self._resolved(names_in(formula)) if formula is not None else set()
            self._beneath[name] = frozenset(direct).union(*(self.beneath(other) for other in direct))
        return self._beneath[name]

    def branches_of(self, *trees: Node) -> Iterator[tuple[str, set[bool]]]:
        """Which sides were met of every branch that the trees depend on by name."""
        direct = self._resolved(set().union(*map(names_in, trees)))
        if any(has_gradient(tree) for tree in trees):
            direct |= self._resolved({self.program.environment.losses[0]})
        for name in sorted(direct.union(*(self.beneath(other) for other in direct))):
            if self.program.formula(name) is not None:
                self.root.value(name)
                yield from self.kinks.get(name, {}).items()

    def _resolved(self, names: set[str]) -> set[str]:
        environment = self.program.environment
        reached = {environment.aliases.get(name, environment.entries.get(name, name)) for name in names}
        if names & set(environment.losses):
            reached |= names_in(self.program.loss) if self.program.loss else set(environment.upstream)
        return names | reached


def _whole(dice: Random) -> Fraction:
    return Fraction(dice.choice((-1, 1)) * dice.randint(1, 99_991))


def _moderate(dice: Random) -> Fraction:
    return Fraction(dice.choice((-1, 1)) * dice.randint(500, 20_000), 10_000)


def _little(dice: Random) -> Fraction:
    return Fraction(dice.choice((-3, -2, -1, 1, 2, 3)))


_DRAWS: Mapping[Style, Callable[[Random], Fraction]] = {
    "random": _whole,
    "moderate": _moderate,
    "positive": lambda dice: abs(_moderate(dice)),
    "small": _little,
    "data": _little,
}


def _one_hot(shape: Shape, axis: int, dice: Random) -> Array:
    axis = axis + len(shape) if axis < 0 else axis
    chosen: dict[tuple[int, ...], int] = {}
    items = []
    for at in positions(shape):
        rest = at[:axis] + at[axis + 1 :]
        if rest not in chosen:
            chosen[rest] = dice.randrange(shape[axis])
        items.append(1 if chosen[rest] == at[axis] else 0)
    return Array(shape, tuple(items))


def _given(data: Any, shape: Shape, name: str, scalars: Scalars) -> Array:
    flat: list[Fraction] = []
    _flatten(data, flat)
    if len(flat) != prod(shape):
        raise NotUnderstood("data_of_wrong_size", name=name, shape=shape_text(shape), size=len(flat))
    return Array(shape, tuple(scalars.number(item) for item in flat))


def _flatten(data: Any, into: list[Fraction]) -> None:
    if isinstance(data, list | tuple):
        for item in data:
            _flatten(item, into)
    else:
        into.append(Fraction(str(data)))


class World:
    """The values of all names, with the entries of at most one more array seeded for differentiation than in ``parent``.

    ``extra`` holds an expression to differentiate by, under a name of its own.
    """

    def __init__(self, point: Point, parent: World | None, cut: str, extra: Mapping[str, Node]) -> None:
        self.point = point
        self.parent = parent
        self.cut = cut
        self.extra = extra
        self.tag: int = parent.tag + 1 if parent else 0
        self._values: dict[str, Array] = {}
        self._children: dict[object, World] = {}
        self._gradients: dict[str, Array] = {}
        self.recognised: dict[tuple[Node, str], Node] = {}
        """(tree, name) -> the tree with the name put in for parts of its value."""

    def value(self, name: str) -> Array:
        """The value of a name that the program knows."""
        if name not in self._values:
            self._values[name] = self._worked_out(name)
        return self._values[name]

    def _worked_out(self, name: str) -> Array:
        if self.parent is not None and name == self.cut:
            return self._seeded(self.parent.value(name) if name not in self.extra else self._extra_value(name))
        formula = self.point.program.formula(name)
        if formula is None:
            return self.point.leaf(name)
        if self.parent is not None and self.cut not in self.point.beneath(name):
            return self.parent.value(name)
        return self._defined(name, formula)

    def _extra_value(self, name: str) -> Array:
        assert self.parent is not None
        return sized(self.point.compute(self.extra[name], self.parent))

    def _defined(self, name: str, formula: Node) -> Array:
        if self.tag > 4:
            raise NotUnderstood("too_many_derivatives")
        scalars = self.point.scalars
        outside, scalars.kinks = scalars.kinks, self.point.kinks.setdefault(name, {})
        try:
            return sized(self.point.compute(formula, self))
        finally:
            scalars.kinks = outside

    def _seeded(self, value: Array) -> Array:
        return Array(value.shape, tuple(Dual(self.tag, item, {k: 1}) for k, item in enumerate(value.items)))

    def child(self, cut: str, expression: Node | None = None) -> World:
        """The world in which the entries of ``cut`` are seeded."""
        key = (cut, expression)
        if key not in self._children:
            extra = {**self.extra, cut: expression} if expression is not None else self.extra
            self._children[key] = World(self.point, self, cut, extra)
        return self._children[key]

    def loss(self) -> Array:
        """The declared loss, or the sum of the given upstream gradient times its array."""
        program = self.point.program
        if program.upstream:
            ((name, tree),) = program.upstream.items()
            return self._contracted(name, sized(self.point.compute(tree, self.point.root)))
        if program.loss is not None:
            return self._defined("", program.loss)
        totals = [self._contracted(name, self.point.leaf(given)) for name, given in program.environment.upstream.items()]
        if not totals:
            raise NotUnderstood("no_loss_declared")
        return scalar(sum((total.items[0] for total in totals[1:]), totals[0].items[0]))

    def _contracted(self, name: str, upstream: Array) -> Array:
        value = self.value(name)
        if upstream.shape != value.shape:
            upstream = sized(transpose(upstream))
        if upstream.shape != value.shape:
            raise IllFormed("gradient_shape", shape=shape_text(upstream.shape), of=name)
        items: Sequence[Scalar] = [a * b for a, b in zip(upstream.items, value.items, strict=True)]
        return scalar(sum(items[1:], items[0]))

    def gradient(self, name: str) -> Array:
        """The gradient of the loss by a name, in the shape of the name."""
        if name not in self._gradients:
            program = self.point.program
            given = program.environment.upstream.get(name)
            if given and not program.upstream and len(program.environment.upstream) == 1:
                self._gradients[name] = self.point.leaf(given)
            else:
                self._gradients[name] = self._differentiated(name)
        return self._gradients[name]

    def _differentiated(self, name: str) -> Array:
        seeded = self.child(name)
        total = seeded.loss().items[0]
        shape = seeded.value(name).shape
        return Array(shape, tuple(partial(total, seeded.tag, k) for k in range(prod(shape))))
