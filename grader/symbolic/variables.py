"""What a derivative is taken by: a name, an entry or slice of one, or an expression that stands for one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

from grader.symbolic.entries import entry
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.indexing import place
from grader.symbolic.points import World
from grader.symbolic.recognise import same_value
from grader.symbolic.rewrite import replaced
from grader.symbolic.traits import names_in
from grader.symbolic.tree import Apply, Entry, Name, Node, Transpose
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Shape, flat_position, sized

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

    def put_into(self, tree: Node) -> Node:
        """The tree with the variable's name in place of what it stands for."""
        for disguise in self.stands_for:
            tree = replaced(tree, disguise, Name(self.name))
        return tree


def variable_of(ev: Evaluation, wrt: Node, at: Indices) -> Variable:
    """The variable that stands below a derivative."""
    if isinstance(wrt, Transpose):
        return variable_of(ev, wrt.operand, at)
    if isinstance(wrt, Apply) and wrt.function == "vec" and len(wrt.arguments) == 1:
        return replace(variable_of(ev, wrt.arguments[0], at), stacked=True)
    if isinstance(wrt, Entry):
        return _entry_variable(ev, wrt, at)
    if isinstance(wrt, Name):
        name = ev.resolved(wrt.name, wrt.label)
        if ev.knows(name):
            return _whole(ev, name)
        raise NotUnderstood("unknown_name", name=wrt.name)
    return _expression_variable(ev, wrt, at)


def _whole(ev: Evaluation, name: str) -> Variable:
    equal = ev.world.point.program.own.get(name)
    twin = _named(ev, ev.world.value(name)) if equal is not None else None
    cut = twin or name
    world = ev.world.child(cut)
    shape = ev.world.value(cut).shape
    formula = ev.world.point.program.formula(cut)
    disguises = tuple(tree for tree in (equal if twin else None, formula, Name(name) if twin else None) if tree is not None)
    return Variable(world, cut, shape, tuple(range(prod(shape))), disguises)


def declared_twin(ev: Evaluation, name: str) -> str:
    """The name itself, or for one of the student's own the declared array that it is: the loss is computed from no other."""
    if name not in ev.world.point.program.own:
        return name
    twin = _named(ev, ev.world.value(name))
    if twin is None:
        raise NotUnderstood("unknown_name", name=name)
    return twin


def is_cut_off(ev: Evaluation, of: Node, variable: Variable) -> bool:
    """Whether the variable is a name of the student's own that is no declared array, and nothing is computed from it."""
    point = ev.world.point
    if variable.name not in point.program.own:
        return False
    return not any(name == variable.name or variable.name in point.beneath(name) for name in names_in(of))


def _entry_variable(ev: Evaluation, wrt: Entry, at: Indices) -> Variable:
    """One entry: the whole array is seeded, one position is meant."""
    whole = variable_of(ev, wrt.base, at)
    shape = whole.shape
    if len(wrt.indices) == 1 and len(shape) == 2 and 1 in shape:
        shape = (prod(shape),)
    if len(wrt.indices) != len(shape):
        return _slice_variable(ev, wrt, whole, at)
    found = [place(ev, part, at) for part in wrt.indices]
    if any(not 0 <= i < size for i, size in zip(found, shape, strict=True)):
        raise IllFormed("index_out_of_range", shape=shape_text(shape))
    return replace(whole, shape=(), positions=(flat_position(shape, found),))


def _slice_variable(ev: Evaluation, wrt: Entry, whole: Variable, at: Indices) -> Variable:
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


def _expression_variable(ev: Evaluation, wrt: Node, at: Indices) -> Variable:
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


def _named(ev: Evaluation, value: Array) -> str | None:
    """The declared intermediate or given array with exactly this value."""
    program = ev.world.point.program
    for name in (*program.defs, *program.environment.leaves):
        held = ev.world.value(name)
        if same_value(ev, held, value):
            return name
    return None
