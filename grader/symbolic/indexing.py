"""Index expressions: what they come to, and which letters of a formula stand free."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from grader.symbolic.dual import base
from grader.symbolic.ellipsis import has_dots, written_out
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.tree import Add, Entry, Fold, Name, Negative, Node, Number, Product, Relation
from grader.symbolic.troubles import NotUnderstood


def index_or_none(ev: Evaluation, node: Node, at: Indices) -> int | None:
    """What an index expression comes to, in the counting of the text; None when it is not made of indices and sizes."""
    if isinstance(node, Number):
        return node.value.numerator if node.value.denominator == 1 else None
    if isinstance(node, Name):
        if node.name in at:
            return at[node.name]
        if node.name in ev.environment.true_class:
            return true_class(ev)
        return ev.environment.dims.get(node.name) if not ev.knows(node.name) else None
    if isinstance(node, Negative):
        inner = index_or_none(ev, node.operand, at)
        return None if inner is None else -inner
    if isinstance(node, Add | Product):
        parts = [index_or_none(ev, part, at) for part in node.children()]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return sum(known) if isinstance(node, Add) else prod(known)
    return None


def true_class(ev: Evaluation, name: str = "") -> int | None:
    """The place of the 1 in the (first) one-hot vector, in the counting of the text; None where there is none."""
    for hot in (name,) if name else ev.environment.onehot:
        held = ev.world.value(hot) if hot in ev.environment.onehot else None
        if held is not None and held.is_vector:
            places = (place for place, item in enumerate(held.items) if not ev.scalars.is_zero(base(item)))
            return ev.environment.base + next(places)
    return None


def label_or_none(ev: Evaluation, node: Node) -> int | None:
    """``p_y`` and ``[i = y]``: the place of the 1 in y, which many write for the class itself."""
    return true_class(ev, ev.resolved(node.name, node.label)) if isinstance(node, Name) else None


def size_of(ev: Evaluation, node: Node, at: Indices) -> int:
    """A written size as a number."""
    size = index_or_none(ev, node, at)
    if size is None:
        raise NotUnderstood("size")
    return size


def terms_of(ev: Evaluation, node: Add, at: Indices) -> list[Node]:
    """The terms of a sum, with dots written out."""
    if not has_dots(node.terms):
        return list(node.terms)
    return written_out(node.terms, lambda part: index_or_none(ev, part, at))


def place(ev: Evaluation, node: Node, at: Indices) -> int:
    """What an index expression comes to, counted from 0."""
    value = index_or_none(ev, node, at)
    value = label_or_none(ev, node) if value is None else value
    if value is None:
        raise NotUnderstood("index", name=node.name if isinstance(node, Name) else type(node).__name__)
    return value - ev.environment.base


def uses(node: Node, index: str) -> Iterator[tuple[Entry, int]]:
    """Every entry in which the free index stands alone on an axis."""
    if isinstance(node, Fold) and any(binder.index == index for binder in node.binders):
        return
    if isinstance(node, Entry):
        for axis, part in enumerate(node.indices):
            if isinstance(part, Name) and part.name == index:
                yield node, axis
    for child in node.children():
        yield from uses(child, index)


def free_indices(ev: Evaluation, node: Node, bound: frozenset[str] = frozenset()) -> set[str]:
    """The index letters of a tree that no sum binds."""
    if isinstance(node, Fold):
        outer: set[str] = set()
        inner = bound | {binder.index for binder in node.binders}
        for child in (node.body, *node.conditions):
            outer |= free_indices(ev, child, inner)
        return outer
    found: set[str] = set()
    if isinstance(node, Entry):
        for part in node.indices:
            found |= {name for name in letters_in(part) if name not in bound and _is_index(ev, name)}
        return found | free_indices(ev, node.base, bound)
    if isinstance(node, Relation):
        sides = (node.left, node.right)
        found |= {side.name for side in sides if isinstance(side, Name) and side.name not in bound and _is_index(ev, side.name)}
    for child in node.children():
        found |= free_indices(ev, child, bound)
    return found


def letters_in(node: Node) -> set[str]:
    """The names in an index expression, those of entries within it left out."""
    if isinstance(node, Name):
        return {node.name}
    return set().union(*(letters_in(child) for child in node.children())) if not isinstance(node, Entry) else set()


def _is_index(ev: Evaluation, name: str) -> bool:
    if name in ev.environment.true_class:
        return False
    return name in ev.environment.indices or (name not in ev.environment.dims and not ev.knows(name))
