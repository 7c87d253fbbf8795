"""Entries and slices of arrays, and Kronecker's delta."""

from __future__ import annotations

from grader.symbolic.dual import Scalar
from grader.symbolic.environment import Environment
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.indexing import place
from grader.symbolic.tree import Entry, Gradient, Name, Node, Slice, Transpose
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Value, array, flat_position, scalar, sized


def entry(ev: Evaluation, node: Entry, at: Indices) -> Value:
    """An entry, or a slice when an index is missing."""
    if is_delta(ev, node):
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
    found = [place(ev, part, at) for part in node.indices]
    if any(not 0 <= i < size for i, size in zip(found, shape, strict=True)):
        if base_name(node.base) in {ev.resolved(name) for name in ev.environment.zero_outside}:
            return scalar(0)
        raise IllFormed("index_out_of_range", shape=shape_text(base.shape))
    return scalar(base.items[flat_position(shape, found)])


def is_delta(ev: Evaluation, node: Entry) -> bool:
    """Whether an entry is Kronecker's delta."""
    base = node.base
    return (
        isinstance(base, Name) and base.name in ("delta", "\\delta", "δ") and len(node.indices) == 2 and not ev.knows(base.name)
    )


def _delta(ev: Evaluation, node: Entry, at: Indices) -> Value:
    left, right = (place(ev, part, at) for part in node.indices)
    return scalar(int(left == right))


def base_name(node: Node) -> str:
    """The name of the array that an entry is taken from, "" where it has none."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Gradient | Entry | Transpose):
        return base_name(next(node.children()))
    return ""


def slice_axis(ev: Evaluation, node: Entry, size: tuple[int, ...]) -> tuple[int, bool]:
    """The axis that a single index stands on, and whether the slice is turned."""
    environment = ev.environment
    name = base_name(node.base)
    declared = _declared_slice(environment, name, ev.resolved(name))
    if declared is None or declared == "natural":
        return _natural_axis(ev, node, size), False
    return (0 if declared.startswith("row") else 1), "_as_" in declared


def _declared_slice(environment: Environment, *names: str) -> str | None:
    """What the rubric says of slices of an array, under its own name or that of its entries."""
    letters = [letter for letter, array in environment.entries.items() if array in names]
    return next((environment.slices[name] for name in (*names, *letters) if name in environment.slices), None)


def has_loose_slice(ev: Evaluation, node: Node) -> bool:
    """Whether ``x_i`` of a matrix is written and nothing says if it is a row or a column: no proof that shapes do not fit."""
    if isinstance(node, Entry) and isinstance(node.base, Name) and len(node.indices) == 1:
        name = ev.resolved(node.base.name, node.base.label)
        loose = _declared_slice(ev.environment, node.base.name, name) is None
        if loose and ev.knows(name) and len(ev.world.value(name).shape) == 2 and not ev.world.value(name).is_vector:
            return True
    return any(has_loose_slice(ev, child) for child in node.children())


def _natural_axis(ev: Evaluation, node: Entry, size: tuple[int, ...]) -> int:
    index = node.indices[0]
    over = ev.environment.indices.get(index.name) if isinstance(index, Name) else None
    if over is not None:
        fitting = [axis for axis, n in enumerate(size) if n == ev.environment.size(over)]
        if len(fitting) == 1:
            return fitting[0]
    if isinstance(index, Name) and index.name in ev.environment.axis:
        return ev.environment.axis[index.name]
    raise NotUnderstood("slice_not_declared", name=base_name(node.base))


def _slice(ev: Evaluation, node: Entry, base: Array, at: Indices) -> Value:
    if len(base.shape) != 2 or len(node.indices) != 1:
        raise NotUnderstood("slice_of_tensor", shape=shape_text(base.shape))
    axis, turned = slice_axis(ev, node, base.shape)
    items = _line(ev, node.indices[0], base, axis, at)
    as_row = (axis == 0) != turned
    return array((1, len(items)) if as_row else (len(items), 1), items)


def _whole_axes(ev: Evaluation, node: Entry, base: Array, at: Indices) -> Value:
    """``X_{i:}`` is row i, lying, and ``X_{:j}`` column j, standing, whatever the rubric says of ``x_i``."""
    if len(base.shape) != 2 or len(node.indices) != 2:
        raise NotUnderstood("slice_of_tensor", shape=shape_text(base.shape))
    standing = [axis for axis, part in enumerate(node.indices) if not isinstance(part, Slice)]
    if not standing:
        return base
    items = _line(ev, node.indices[standing[0]], base, standing[0], at)
    return array((1, len(items)) if standing[0] == 0 else (len(items), 1), items)


def _line(ev: Evaluation, index: Node, base: Array, axis: int, at: Indices) -> tuple[Scalar, ...]:
    """The entries of one row (axis 0) or column of a matrix."""
    columns, number = base.shape[1], place(ev, index, at)
    if not 0 <= number < base.shape[axis]:
        raise IllFormed("index_out_of_range", shape=shape_text(base.shape))
    return tuple(base.items[number * columns : (number + 1) * columns] if axis == 0 else base.items[number::columns])
