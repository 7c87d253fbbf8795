"""Indices: what they run over, entries and slices, sums over them."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from grader.symbolic.ellipsis import has_dots, written_out
from grader.symbolic.tree import (
    Add,
    Entry,
    Fold,
    Gradient,
    Name,
    Negative,
    Node,
    Number,
    Product,
    Relation,
    Slice,
    Transpose,
)
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Value, array, flat_position, scalar, sized

if TYPE_CHECKING:
    from grader.symbolic.dual import Scalar
    from grader.symbolic.evaluate import Evaluator, Indices


def index_or_none(ev: Evaluator, node: Node, at: Indices) -> int | None:
    """What an index expression comes to, in the counting of the text; None when it is not made of indices and sizes."""
    if isinstance(node, Number):
        return node.value.numerator if node.value.denominator == 1 else None
    if isinstance(node, Name):
        if node.name in at:
            return at[node.name]
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


def size_of(ev: Evaluator, node: Node, at: Indices) -> int:
    """A written size as a number."""
    size = index_or_none(ev, node, at)
    if size is None:
        raise NotUnderstood("size")
    return size


def terms_of(ev: Evaluator, node: Add, at: Indices) -> list[Node]:
    """The terms of a sum, with dots written out."""
    if not has_dots(node.terms):
        return list(node.terms)
    return written_out(node.terms, lambda part: index_or_none(ev, part, at))


def entry(ev: Evaluator, node: Entry, at: Indices) -> Value:
    """An entry, or a slice when an index is missing."""
    if _is_delta(ev, node):
        return _delta(ev, node, at)
    base = sized(ev.value(node.base, at))
    shape = base.shape
    if len(shape) == 2 and 1 in shape and len(node.indices) == 1:
        shape = (len(base.items),)
    if any(isinstance(part, Slice) for part in node.indices):
        return _whole_axes(ev, node, base, at)
    if len(node.indices) < len(shape):
        return _slice(ev, node, base, at)
    if not shape:
        raise NotUnderstood("index_of_scalar")
    if len(node.indices) > len(shape):
        raise IllFormed("too_many_indices", shape=shape_text(base.shape), count=len(node.indices))
    found = [_place(ev, part, at) for part in node.indices]
    if any(not 0 <= i < size for i, size in zip(found, shape, strict=True)):
        if _base_name(node.base) in {ev.resolved(name) for name in ev.environment.zero_outside}:
            return scalar(0)
        raise IllFormed("index_out_of_range", shape=shape_text(base.shape))
    return scalar(base.items[flat_position(shape, found)])


def _place(ev: Evaluator, node: Node, at: Indices) -> int:
    value = index_or_none(ev, node, at)
    if value is None:
        raise NotUnderstood("index", name=node.name if isinstance(node, Name) else type(node).__name__)
    return value - ev.environment.base


def _is_delta(ev: Evaluator, node: Entry) -> bool:
    base = node.base
    return (
        isinstance(base, Name) and base.name in ("delta", "\\delta", "δ") and len(node.indices) == 2 and not ev.knows(base.name)
    )


def _delta(ev: Evaluator, node: Entry, at: Indices) -> Value:
    left, right = (_place(ev, part, at) for part in node.indices)
    return scalar(int(left == right))


def _base_name(node: Node) -> str:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Gradient | Entry | Transpose):
        return _base_name(next(node.children()))
    return ""


def slice_axis(ev: Evaluator, node: Entry, size: tuple[int, ...]) -> tuple[int, bool]:
    """The axis that a single index stands on, and whether the slice is turned."""
    environment = ev.environment
    name = _base_name(node.base)
    declared = environment.slices.get(name) or environment.slices.get(ev.resolved(name))
    if declared is None or declared == "natural":
        return _natural_axis(ev, node, size), False
    return (0 if declared.startswith("row") else 1), "_as_" in declared


def _natural_axis(ev: Evaluator, node: Entry, size: tuple[int, ...]) -> int:
    index = node.indices[0]
    over = ev.environment.indices.get(index.name) if isinstance(index, Name) else None
    if over is not None:
        fitting = [axis for axis, n in enumerate(size) if n == ev.environment.size(over)]
        if len(fitting) == 1:
            return fitting[0]
    if isinstance(index, Name) and index.name in ev.environment.axis:
        return ev.environment.axis[index.name]
    raise NotUnderstood("slice_not_declared", name=_base_name(node.base))


def _slice(ev: Evaluator, node: Entry, base: Array, at: Indices) -> Value:
    if len(base.shape) != 2 or len(node.indices) != 1:
        raise NotUnderstood("slice_of_tensor", shape=shape_text(base.shape))
    axis, turned = slice_axis(ev, node, base.shape)
    items = _line(ev, node.indices[0], base, axis, at)
    as_row = (axis == 0) != turned
    return array((1, len(items)) if as_row else (len(items), 1), items)


def _whole_axes(ev: Evaluator, node: Entry, base: Array, at: Indices) -> Value:
    """``X_{i:}`` is row i, lying, and ``X_{:j}`` column j, standing, whatever the rubric says of ``x_i``."""
    if len(base.shape) != 2 or len(node.indices) != 2:
        raise NotUnderstood("slice_of_tensor", shape=shape_text(base.shape))
    standing = [axis for axis, part in enumerate(node.indices) if not isinstance(part, Slice)]
    if not standing:
        return base
    items = _line(ev, node.indices[standing[0]], base, standing[0], at)
    return array((1, len(items)) if standing[0] == 0 else (len(items), 1), items)


def _line(ev: Evaluator, index: Node, base: Array, axis: int, at: Indices) -> tuple[Scalar, ...]:
    """The entries of one row (axis 0) or column of a matrix."""
    columns, place = base.shape[1], _place(ev, index, at)
    if not 0 <= place < base.shape[axis]:
        raise IllFormed("index_out_of_range", shape=shape_text(base.shape))
    return tuple(base.items[place * columns : (place + 1) * columns] if axis == 0 else base.items[place::columns])


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


def free_indices(ev: Evaluator, node: Node, bound: frozenset[str] = frozenset()) -> set[str]:
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
    if isinstance(node, Name):
        return {node.name}
    return set().union(*(letters_in(child) for child in node.children())) if not isinstance(node, Entry) else set()


def _is_index(ev: Evaluator, name: str) -> bool:
    return name in ev.environment.indices or (name not in ev.environment.dims and not ev.knows(name))


def index_range(ev: Evaluator, index: str, trees: tuple[Node, ...], at: Indices) -> range | None:
    """What an index runs over: as declared, else the axes on which it stands; None when nothing tells.

    Raises:
        IllFormed: when it stands on axes of different sizes ("l runs over 3 and 4").
    """
    environment = ev.environment
    sizes = {environment.size(environment.indices[index])} if index in environment.indices else set()
    for tree in trees:
        for use, axis in uses(tree, index):
            size = _axis_size(ev, use, axis, at)
            if size is not None:
                sizes.add(size)
    if len(sizes) > 1:
        low, high = sorted(sizes)[0], sorted(sizes)[-1]
        raise IllFormed("index_range_conflict", index=index, first=low, second=high)
    return range(environment.base, sizes.pop() + environment.base) if sizes else None


def _axis_size(ev: Evaluator, use: Entry, axis: int, at: Indices) -> int | None:
    if _is_delta(ev, use):
        return None
    name = _base_name(use.base)
    resolved = ev.resolved(name)
    if name in ev.environment.zero_outside or resolved in ev.environment.zero_outside:
        return None
    if isinstance(use.base, Name | Gradient) and ev.knows(resolved) and not (isinstance(use.base, Gradient) and use.base.of):
        shape = ev.world.point.root.value(resolved).shape
    else:
        shape = _shape_of(ev, use.base, at)
    if len(use.indices) == 1 and len(shape) == 2:
        if 1 in shape:
            return max(shape)
        return shape[slice_axis(ev, use, shape)[0]]
    if not shape:
        return None
    if axis >= len(shape):
        raise IllFormed("too_many_indices", shape=shape_text(shape), count=len(use.indices))
    return shape[axis]


def _shape_of(ev: Evaluator, node: Node, at: Indices) -> tuple[int, ...]:
    try:
        return sized(ev.value(node, {**dict.fromkeys(free_indices(ev, node), ev.environment.base), **at})).shape
    except NotUnderstood:
        return ()
