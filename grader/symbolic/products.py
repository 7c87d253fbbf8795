"""Products: which of the many that students write is meant, by the shapes and by what the rubric allows."""

from __future__ import annotations

from dataclasses import replace

from grader.symbolic.derivatives import in_layout
from grader.symbolic.entries import has_loose_slice
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.matrices import kronecker, matrix_product
from grader.symbolic.traits import is_masked, is_slope
from grader.symbolic.tree import Apply, Derivative, Entry, Gradient, Name, Node, Product
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Fill, Value, combine, scalar, scaled, sized, stacked, stacking, transpose


def product(ev: Evaluation, node: Product, at: Indices) -> Value:
    """The value of a product as written."""
    wider = _reaching(node) if ev.convention.generous else None
    if wider is not None:
        ev.notes.add("operator_over_product")
        return ev.value(wider, at)
    chained = _chain_through_matrix(ev, node, at)
    if chained is not None:
        return chained
    left, right = ev.value(node.left, at), ev.value(node.right, at)
    if node.operator in ("hadamard", "star", "composed"):
        if ev.convention.generous and node.operator == "star" and _fit(left, right):
            ev.notes.add("star_product")
            return _ordinary(ev, node, left, right)
        left = _entry_by_entry(ev, node.left, left, right, at)
        return multiply(ev, left, _entry_by_entry(ev, node.right, right, left, at))
    if node.operator == "kronecker":
        if ev.convention.generous and _are_alike(left, right):
            ev.notes.add("kronecker_elementwise")
            return multiply(ev, left, right)
        return _kronecker(ev, left, right)
    return _ordinary(ev, node, left, right)


def _reaching(node: Product) -> Node | None:
    """``d/dw (a)^T (b)`` with the derivative over all that follows; None where no operator stands before a product."""
    if node.operator != "juxtaposed":
        return None
    before = node.left if isinstance(node.left, Product) else None
    operator = before.right if before is not None else node.left
    if not isinstance(operator, Derivative) or isinstance(operator.of, Name | Entry | Apply | Product):
        return None
    inner = replace(operator, of=replace(node, left=operator.of))
    return inner if before is None else replace(before, right=inner)


def _fit(left: Value, right: Value) -> bool:
    """Whether two matrices can be multiplied, and not entry by entry."""
    if not isinstance(left, Array) or not isinstance(right, Array) or len(left.shape) != 2 or len(right.shape) != 2:
        return False
    return left.shape != right.shape and left.shape[1] == right.shape[0]


def _are_alike(left: Value, right: Value) -> bool:
    return isinstance(left, Array) and isinstance(right, Array) and left.shape == right.shape and not left.is_scalar


def multiply(ev: Evaluation, left: Value, right: Value) -> Value:
    """Entry by entry; a fill takes the other's shape."""
    if isinstance(left, Fill) and isinstance(right, Fill):
        raise NotUnderstood("fill_of_unknown_size")
    if isinstance(left, Fill):
        left = sized(left, sized(right).shape or None)
    if isinstance(right, Fill):
        right = sized(right, left.shape or None)
    if left.shape and right.shape and left.shape != right.shape:
        ev.notes.add("broadcast")
    return combine(left, right, lambda a, b: a * b, "elementwise_shapes")


def _entry_by_entry(ev: Evaluation, node: Node, value: Value, other: Value, at: Indices) -> Value:
    """``dY/dX`` of an elementwise function beside an array of the shape of X: its diagonal, in that shape."""
    if not isinstance(node, Derivative) or not isinstance(value, Array) or not isinstance(other, Array):
        return value
    shape, size = other.shape, len(other.items)
    if size < 2 or value.shape != (size, size) or ev.array(node.of, at).shape != shape or ev.array(node.wrt, at).shape != shape:
        return value
    if any(not ev.scalars.is_zero(value.items[r * size + c]) for r in range(size) for c in range(size) if r != c):
        return value
    ev.notes.add("derivative_entrywise")
    items = list(other.items)
    for place, position in enumerate(stacking(shape, ev.environment.vec)):
        items[position] = value.items[place * size + place]
    return Array(shape, tuple(items))


def _kronecker(ev: Evaluation, left: Value, right: Value) -> Value:
    if isinstance(left, Fill) or isinstance(right, Fill):
        size = ev.convention.fill_size
        if size is None:
            raise NotUnderstood("fill_of_unknown_size")
        left, right = _filled_in(left, size), _filled_in(right, size)
    ev.budget.spend(len(left.items) * len(right.items))
    return kronecker(left, right)


def _filled_in(value: Value, size: int) -> Array:
    if isinstance(value, Array):
        return value
    if value.identity:
        return sized(value, (size, size))
    return sized(value, (1, size) if value.along == "row" else (size, 1))


def _ordinary(ev: Evaluation, node: Product, left: Value, right: Value) -> Value:
    if isinstance(left, Fill) or isinstance(right, Fill):
        return _with_fill(ev, left, right)
    if left.is_scalar:
        return scaled(right, left.items[0])
    if right.is_scalar:
        return scaled(left, right.items[0])
    if ev.convention.generous and (is_masked(node) or is_slope(node)) and left.shape == right.shape:
        ev.notes.add("juxtaposed_elementwise")
        return multiply(ev, left, right)
    if node.operator == "dot" and left.shape == right.shape and left.is_vector:
        if ev.convention.generous:
            ev.notes.add("juxtaposed_elementwise")
            return multiply(ev, left, right)
        ev.notes.add("dot_inner_product")
        return scalar(sum((a * b for a, b in zip(left.items[1:], right.items[1:], strict=True)), left.items[0] * right.items[0]))
    if _inner_size(left, last=True) == _inner_size(right, last=False):
        ev.budget.spend(len(left.items) * (right.shape[1] if len(right.shape) == 2 else 1))
        return matrix_product(left, right)
    if left.shape == right.shape and ev.environment.juxtaposed_elementwise and node.operator != "matmul":
        ev.notes.add("juxtaposed_elementwise")
        return combine(left, right, lambda a, b: a * b, "elementwise_shapes")
    if any(has_loose_slice(ev, part) for part in (node.left, node.right)):
        raise NotUnderstood("slice_not_declared", name="")
    raise IllFormed("product_shapes", left=shape_text(left.shape), right=shape_text(right.shape))


def _inner_size(value: Array, *, last: bool) -> int:
    if len(value.shape) > 2:
        raise NotUnderstood("product_of_tensor", shape=shape_text(value.shape))
    return value.shape[-1] if last else value.shape[0]


def _with_fill(ev: Evaluation, left: Value, right: Value) -> Value:
    """Products with 0, 1 or I of a size not written: it is what the neighbour needs, or what this reading tries."""
    if isinstance(left, Fill) and isinstance(right, Fill):
        return _two_fills(ev, left, right)
    fill, other = (left, right) if isinstance(left, Fill) else (right, left)
    assert isinstance(fill, Fill)
    assert isinstance(other, Array)
    if other.is_scalar:
        return scaled(fill, other.items[0])
    if fill.identity and not fill.ones:
        return scaled(other, fill.identity)
    if fill.identity:
        raise NotUnderstood("fill_of_unknown_size")
    return _ones_times(ev, fill, other) if fill is left else _times_ones(ev, other, fill)


def _ones_times(ev: Evaluation, fill: Fill, other: Array) -> Value:
    if fill.along == "row":
        return matrix_product(sized(fill, (1, other.shape[0])), other)
    if fill.along == "both" and ev.convention.fill_size:
        return matrix_product(sized(fill, (ev.convention.fill_size, other.shape[0])), other)
    if len(other.shape) == 2 and other.shape[0] == 1 and ev.convention.fill_size:
        return matrix_product(sized(fill, (ev.convention.fill_size, 1)), other)
    if not fill.ones:
        return Fill()
    raise NotUnderstood("fill_of_unknown_size")


def _times_ones(ev: Evaluation, other: Array, fill: Fill) -> Value:
    if fill.along == "row" and len(other.shape) == 2 and other.shape[1] == 1:
        if ev.convention.fill_size is None:
            raise NotUnderstood("fill_of_unknown_size")
        return matrix_product(other, sized(fill, (1, ev.convention.fill_size)))
    if fill.along == "both" and ev.convention.fill_size:
        return matrix_product(other, sized(fill, (other.shape[-1], ev.convention.fill_size)))
    if fill.along not in ("row", "both"):
        if len(other.shape) == 2 and other.shape[1] == 1:
            raise IllFormed("product_shapes", left=shape_text(other.shape), right="column")
        return matrix_product(other, sized(fill, (other.shape[-1], 1)))
    if not fill.ones:
        return Fill()
    raise NotUnderstood("fill_of_unknown_size")


def _two_fills(ev: Evaluation, left: Fill, right: Fill) -> Value:
    if left.identity and not left.ones:
        return scaled(right, left.identity)
    if right.identity and not right.ones:
        return scaled(left, right.identity)
    if not left.ones or not right.ones:
        return Fill()
    if left.along != "row" and right.along == "row" and not left.identity and not right.identity:
        return Fill(ones=left.ones * right.ones, along="both")
    raise NotUnderstood("fill_of_unknown_size")


def _chain_through_matrix(ev: Evaluation, node: Product, at: Indices) -> Value | None:
    """``dl/dY dY/dX`` for matrices, read with Y as one long vector; None where the product is an ordinary one."""
    left, right = node.left, node.right
    if node.operator not in ("juxtaposed", "dot", "times") or not isinstance(right, Derivative):
        return None
    if not isinstance(left, Derivative | Gradient) or left.wrt != right.of or right.order != 1:
        return None
    middle = ev.array(left.wrt, at)
    if len(middle.shape) != 2 or middle.is_vector:
        return None
    top = _rows(ev, left, at)
    if len(top.items) != len(middle.items):
        return None
    return _contracted(ev, top, right, len(middle.items), at)


def _rows(ev: Evaluation, node: Derivative | Gradient, at: Indices) -> Array:
    """The gradient of a scalar by a matrix as a row, in the order of stacked columns."""
    shaped = in_layout(ev, node, "denominator", at)
    turned = transpose(stacked(shaped, ev.environment.vec))
    assert isinstance(turned, Array)
    return turned


def _contracted(ev: Evaluation, row: Array, right: Derivative, size: int, at: Indices) -> Value:
    inner = in_layout(ev, right, "numerator", at)
    wrt = ev.array(right.wrt, at)
    ev.notes.add("vec_rows")
    ev.budget.spend(size * max(1, len(wrt.items)))
    if wrt.is_scalar:
        column = stacked(inner, ev.environment.vec)
        return matrix_product(row, column)
    return matrix_product(row, inner)
