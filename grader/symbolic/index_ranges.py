"""What an index runs over: as the axes tell on which it stands, or as declared where they do not."""

from __future__ import annotations

from grader.symbolic.entries import base_name, is_delta, slice_axis
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.indexing import free_indices, uses
from grader.symbolic.tree import Entry, Gradient, Name, Node
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import sized


def index_range(ev: Evaluation, index: str, trees: tuple[Node, ...], at: Indices) -> range | None:
    """What an index runs over: the axes on which it stands, else as declared; None when nothing tells.

    Raises:
        IllFormed: when it stands on axes of different sizes ("l runs over 3 and 4").
    """
    environment = ev.environment
    sizes = set()
    for tree in trees:
        for use, axis in uses(tree, index):
            size = _axis_size(ev, use, axis, at)
            if size is not None:
                sizes.add(size)
    if len(sizes) > 1:
        low, high = sorted(sizes)[0], sorted(sizes)[-1]
        raise IllFormed("index_range_conflict", index=index, first=low, second=high)
    if not sizes and index in environment.indices:
        sizes.add(environment.size(environment.indices[index]))
    return range(environment.base, sizes.pop() + environment.base) if sizes else None


def _axis_size(ev: Evaluation, use: Entry, axis: int, at: Indices) -> int | None:
    if is_delta(ev, use):
        return None
    name = base_name(use.base)
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


def _shape_of(ev: Evaluation, node: Node, at: Indices) -> tuple[int, ...]:
    try:
        return sized(ev.value(node, {**dict.fromkeys(free_indices(ev, node), ev.environment.base), **at})).shape
    except NotUnderstood:
        return ()
