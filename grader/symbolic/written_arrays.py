"""Arrays written out entry by entry, filled with 0, 1 or I, or reshaped."""

from __future__ import annotations

from grader.symbolic.ellipsis import matrix_written_out
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.indexing import index_or_none, size_of
from grader.symbolic.tree import Filled, Matrix, Reshape
from grader.symbolic.troubles import IllFormed
from grader.symbolic.values import Array, Fill, Value, array, reshaped, sized, stretched


def reshape(ev: Evaluation, node: Reshape, at: Indices) -> Value:
    return reshaped(ev.array(node.operand, at), tuple(size_of(ev, part, at) for part in node.shape), node.order)


def filled(ev: Evaluation, node: Filled, at: Indices) -> Value:
    sizes = tuple(size_of(ev, part, at) for part in node.shape)
    fill = {"zeros": Fill(), "ones": Fill(ones=1), "identity": Fill(identity=1)}[node.kind]
    if not sizes:
        return fill
    if len(sizes) == 1:
        sizes = (sizes[0], sizes[0]) if node.kind == "identity" else (sizes[0], 1)
    return array(sizes, sized(fill, sizes).items)


def matrix(ev: Evaluation, node: Matrix, at: Indices) -> Value:
    rows = matrix_written_out(node.rows, lambda part: index_or_none(ev, part, at))
    blocks = [_beside([ev.value(item, at) for item in row]) for row in rows]
    width = max(block.shape[1] for block in blocks)
    if any(block.shape[1] != width for block in blocks):
        raise IllFormed("ragged_matrix")
    return array((sum(block.shape[0] for block in blocks), width), (item for block in blocks for item in block.items))


def _beside(values: list[Value]) -> Array:
    """Blocks of equal height set side by side."""
    height = max((v.shape[0] for v in values if isinstance(v, Array) and len(v.shape) == 2), default=1)
    blocks = [_block(value, height) for value in values]
    if any(block.shape[0] != height for block in blocks):
        raise IllFormed("ragged_matrix")
    items = [
        item for r in range(height) for block in blocks for item in block.items[r * block.shape[1] : (r + 1) * block.shape[1]]
    ]
    return Array((height, sum(block.shape[1] for block in blocks)), tuple(items))


def _block(value: Value, height: int) -> Array:
    held = sized(value, (height, height) if isinstance(value, Fill) and value.identity else None)
    if len(held.shape) == 2:
        return held
    if len(held.shape) == 1:
        return Array((1, held.shape[0]), held.items)
    return stretched(Array((1, 1), held.items), (height, 1))
