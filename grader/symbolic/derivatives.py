"""Derivatives as written, computed by seeding the entries of the variable, and laid out by the convention of the reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

from grader.symbolic.dual import partial
from grader.symbolic.environment import Layout
from grader.symbolic.points import World
from grader.symbolic.recognise import recognised, same_value
from grader.symbolic.rewrite import replaced
from grader.symbolic.tree import Apply, Derivative, Entry, Gradient, Name, Node, Transpose
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Shape, Value, array, flat_position, sized, stacking, transpose

if TYPE_CHECKING:
    from grader.symbolic.evaluate import Evaluator, Indices

CUT = "\0by"
"""The name under which an expression that no declared name equals is differentiated by."""


@dataclass(frozen=True)
class Variable:
    """What is differentiated by: a world with it seeded, the positions meant, and its shape there.

    ``stands_for`` are the trees that are this variable in disguise (``W_1 x_1 + b_1`` for ``z``).
    """

    world: World
    name: str
    shape: Shape
    positions: tuple[int, ...]
    stands_for: tuple[Node, ...] = ()
    stacked: bool = False


def derivative(ev: Evaluator, node: Derivative, at: Indices) -> Value:
    """``da/db`` in the layout of the reading."""
    if node.trailing:
        ev.notes.add("operator_after_operand")
    if node.order == 2:
        return _second(ev, node, at)
    if node.order != 1:
        raise NotUnderstood("higher_derivative", order=node.order)
    return in_layout(ev, node, ev.reading.layout, at)


def _second(ev: Evaluator, node: Derivative, at: Indices) -> Value:
    """The second derivative of a scalar by one variable: the Hessian."""
    inner = Derivative(node.of, node.wrt, total=node.total)
    if not ev.array(node.of, at).is_scalar:
        raise NotUnderstood("higher_derivative", order=2)
    return in_layout(ev, Derivative(inner, node.wrt, total=node.total), "mixed", at)


def gradient(ev: Evaluator, node: Gradient, at: Indices) -> Value:
    """``nabla X`` has the shape of X, whatever the layout."""
    if node.of is not None:
        return in_layout(ev, Derivative(node.of, node.wrt), "mixed", at)
    wrt = node.wrt
    if isinstance(wrt, Entry):
        from grader.symbolic.indexing import entry

        return entry(ev, replace(wrt, base=Gradient(wrt.base)), at)
    if isinstance(wrt, Transpose):
        return transpose(gradient(ev, Gradient(wrt.operand), at))
    if isinstance(wrt, Name):
        name = ev.resolved(wrt.name, wrt.label)
        if ev.knows(name):
            return ev.world.gradient(name)
        raise NotUnderstood("unknown_name", name=wrt.name)
    return in_layout(ev, Derivative(_loss_name(ev), wrt), "denominator", at)


def _loss_name(ev: Evaluator) -> Node:
    return Name(ev.environment.losses[0])


def in_layout(ev: Evaluator, node: Derivative | Gradient, layout: Layout, at: Indices) -> Array:
    """The derivative as an array laid out as asked."""
    if isinstance(node, Gradient):
        return sized(gradient(ev, node, at))
    if _is_loss(ev, node.of) and isinstance(node.wrt, Name):
        name = ev.resolved(node.wrt.name, node.wrt.label)
        if ev.knows(name):
            held = ev.world.gradient(name)
            return _turned(held) if layout == "numerator" else held
    if _is_loss(ev, node.of) and isinstance(node.wrt, Entry):
        held = sized(gradient(ev, Gradient(node.wrt), at))
        if held.is_scalar:  # the same in every layout
            return held
    variable = _variable(ev, node.wrt, at)
    of = _replaced(node.of, variable.stands_for, Name(variable.name)) if variable.stands_for else node.of
    if variable.name in ev.world.point.program.defs and not isinstance(of, Name):
        of = _recognised(ev, of, variable.name)
    value = sized(ev.inside(variable.world).value(of, at))
    ev.budget.spend(len(value.items) * len(variable.positions))
    return _laid_out(ev, value, variable, layout)


def _recognised(ev: Evaluator, tree: Node, name: str) -> Node:
    known = ev.world.recognised
    if (tree, name) not in known:
        quiet = replace(ev, notes=set())
        known[tree, name] = recognised(quiet, tree, (name,))
    return known[tree, name]


def _is_loss(ev: Evaluator, node: Node) -> bool:
    return isinstance(node, Name) and node.name in ev.environment.losses and not ev.knows(node.name)


def _turned(value: Array) -> Array:
    turned = transpose(value)
    assert isinstance(turned, Array)
    return turned


def _laid_out(ev: Evaluator, value: Array, variable: Variable, layout: Layout) -> Array:
    tag, shape = variable.world.tag, variable.shape
    if value.is_scalar:
        items = [partial(value.items[0], tag, k) for k in variable.positions]
        if variable.stacked:
            return _row_or_column([items[k] for k in stacking(shape, ev.environment.vec)], as_row=layout == "numerator")
        held = Array(shape, tuple(items))
        return _turned(held) if layout == "numerator" else held
    if not shape:
        held = Array(value.shape, tuple(partial(item, tag, variable.positions[0]) for item in value.items))
        return _turned(held) if layout == "denominator" else held
    across = [variable.positions[k] for k in stacking(shape, ev.environment.vec)]
    if (len(value.shape) == 2 and not value.is_vector) or (len(shape) == 2 and 1 not in shape):
        ev.notes.add("vec_jacobian")
    down = [value.items[k] for k in stacking(value.shape, ev.environment.vec)]
    held = array((len(down), len(across)), (partial(item, tag, k) for item in down for k in across))
    return _turned(held) if layout == "denominator" else held


def _row_or_column(items: list[Any], *, as_row: bool) -> Array:
    return array((1, len(items)) if as_row else (len(items), 1), items)


def _variable(ev: Evaluator, wrt: Node, at: Indices) -> Variable:
    if isinstance(wrt, Transpose):
        return _variable(ev, wrt.operand, at)
    if isinstance(wrt, Apply) and wrt.function == "vec" and len(wrt.arguments) == 1:
        return replace(_variable(ev, wrt.arguments[0], at), stacked=True)
    if isinstance(wrt, Entry):
        return _entry_variable(ev, wrt, at)
    if isinstance(wrt, Name):
        name = ev.resolved(wrt.name, wrt.label)
        if ev.knows(name):
            return _whole(ev, name)
        raise NotUnderstood("unknown_name", name=wrt.name)
    return _expression_variable(ev, wrt, at)


def _whole(ev: Evaluator, name: str) -> Variable:
    equal = ev.world.point.program.own.get(name)
    twin = _named(ev, ev.world.value(name)) if equal is not None else None
    cut = twin or name
    world = ev.world.child(cut)
    shape = ev.world.value(cut).shape
    formula = ev.world.point.program.formula(cut)
    disguises = tuple(tree for tree in (equal if twin else None, formula, Name(name) if twin else None) if tree is not None)
    return Variable(world, cut, shape, tuple(range(prod(shape))), disguises)


def _entry_variable(ev: Evaluator, wrt: Entry, at: Indices) -> Variable:
    """One entry: the whole array is seeded, one position is meant."""
    from grader.symbolic.indexing import _place

    whole = _variable(ev, wrt.base, at)
    shape = whole.shape
    if len(wrt.indices) == 1 and len(shape) == 2 and 1 in shape:
        shape = (prod(shape),)
    if len(wrt.indices) != len(shape):
        return _slice_variable(ev, wrt, whole, at)
    found = [_place(ev, part, at) for part in wrt.indices]
    if any(not 0 <= i < size for i, size in zip(found, shape, strict=True)):
        raise IllFormed("index_out_of_range", shape=shape_text(shape))
    return replace(whole, shape=(), positions=(flat_position(shape, found),))


def _slice_variable(ev: Evaluator, wrt: Entry, whole: Variable, at: Indices) -> Variable:
    from grader.symbolic.indexing import entry

    numbered = Array(whole.shape, tuple(range(prod(whole.shape))))
    if not isinstance(wrt.base, Name) or len(whole.shape) != 2:
        raise NotUnderstood("slice_of_tensor", shape=shape_text(whole.shape))
    ghost = replace(ev, world=_Numbered(ev.world, ev.resolved(wrt.base.name, wrt.base.label), numbered))
    piece = sized(entry(ghost, wrt, at))
    return replace(whole, shape=piece.shape, positions=tuple(piece.items))


class _Numbered(World):
    """A world in which one array holds the numbers of its own positions."""

    def __init__(self, world: World, name: str, numbers: Array) -> None:
        super().__init__(world.point, world.parent, world.cut, world.extra)
        self._world, self._name, self._numbers = world, name, numbers

    def value(self, name: str) -> Array:
        return self._numbers if name == self._name else self._world.value(name)


def _expression_variable(ev: Evaluator, wrt: Node, at: Indices) -> Variable:
    """An expression: the declared name with its value, or else the expression itself wherever it is written."""
    value = ev.array(wrt, at)
    name = _named(ev, value)
    if name is not None:
        formula = ev.world.point.program.formula(name)
        disguises = (wrt,) if formula is None else (wrt, formula)
        return Variable(ev.world.child(name), name, value.shape, tuple(range(len(value.items))), disguises)
    if at:
        raise NotUnderstood("derivative_by_expression")
    return Variable(ev.world.child(CUT, wrt), CUT, value.shape, tuple(range(len(value.items))), (wrt,))


def _named(ev: Evaluator, value: Array) -> str | None:
    """The declared intermediate or given array with exactly this value."""
    program = ev.world.point.program
    for name in (*program.defs, *program.environment.leaves):
        held = ev.world.value(name)
        if same_value(ev, held, value):
            return name
    return None


def _replaced(node: Node, targets: tuple[Node, ...], by: Node) -> Node:
    for target in targets:
        node = replaced(node, target, by)
    return node
