"""Expressions that are a declared quantity in other words: ``W_1 x_1 + b_1`` where ``z`` is declared, told by their value."""

from __future__ import annotations

from collections.abc import Iterable

from grader.symbolic.compare import equal
from grader.symbolic.evaluation import Evaluation
from grader.symbolic.rewrite import places, replaced
from grader.symbolic.scalars import BadPoint
from grader.symbolic.tree import Add, Apply, Matrix, Name, Node, Product, Quotient
from grader.symbolic.troubles import NoCase, Trouble
from grader.symbolic.values import Array, Value, sized

COMPOSITE = (Add, Product, Apply, Quotient, Matrix)
MAX_PLACES = 60


def same_value(ev: Evaluation, left: Array, right: Array) -> bool:
    """Equal in shape and in every entry at this point."""
    return left.shape == right.shape and all(equal(ev.scalars, a, b) for a, b in zip(left.items, right.items, strict=True))


def recognised(ev: Evaluation, tree: Node, names: Iterable[str]) -> Node:
    """The tree with each composite part that has the value of one of the names replaced by the name, outermost first."""
    held = {name: ev.world.value(name) for name in names}
    for _ in range(MAX_PLACES):
        found = _first(ev, tree, held)
        if found is None:
            return tree
        part, name = found
        tree = replaced(tree, part, Name(name))
    return tree


def _first(ev: Evaluation, tree: Node, held: dict[str, Array]) -> tuple[Node, str] | None:
    for count, place in enumerate(places(tree)):
        if count > MAX_PLACES:
            return None
        if not isinstance(place.node, COMPOSITE):
            continue
        value = _valued(ev, place.node)
        for name, other in held.items():
            if value is not None and not value.is_scalar and same_value(ev, value, other):
                return place.node, name
    return None


def _valued(ev: Evaluation, node: Node) -> Array | None:
    try:
        value: Value = ev.value(node)
        return sized(value)
    except (Trouble, BadPoint, NoCase):
        return None
