"""Products, diagonals and inverses of small matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.symbolic.dual import Scalar
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Shape, array, check_size, scalar


def matrix_product(left: Array, right: Array) -> Array:
    """The product of matrices; vectors without orientation contract as in NumPy."""
    rows, inner, depth, columns = *_as_left(left.shape), *_as_right(right.shape)
    if inner != depth:
        raise IllFormed("product_shapes", left=shape_text(left.shape), right=shape_text(right.shape))
    turned = [right.items[c::columns] for c in range(columns)]
    lines = [left.items[r * inner : (r + 1) * inner] for r in range(rows)]
    items = (_dot(line, column) for line in lines for column in turned)
    check_size((rows, columns))
    kept = (left.shape[:1] if len(left.shape) == 2 else ()) + (right.shape[1:] if len(right.shape) == 2 else ())
    return array(kept, items)


def _as_left(shape: Shape) -> tuple[int, int]:
    if len(shape) > 2:
        raise NotUnderstood("product_of_tensor", shape=shape_text(shape))
    return (shape[0], shape[1]) if len(shape) == 2 else (1, shape[0])


def _as_right(shape: Shape) -> tuple[int, int]:
    if len(shape) > 2:
        raise NotUnderstood("product_of_tensor", shape=shape_text(shape))
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[0], 1)


def _dot(left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    total: Scalar = 0
    for a, b in zip(left, right, strict=True):
        total = total + a * b
    return total


def _as_matrix(value: Array) -> tuple[int, int]:
    return _as_right(value.shape) if value.shape else (1, 1)


def kronecker(left: Array, right: Array) -> Array:
    """The Kronecker product of two matrices."""
    (p, q), (r, s) = _as_matrix(left), _as_matrix(right)
    check_size((p * r, q * s))
    items = (
        left.items[a * q + b] * right.items[c * s + d] for a in range(p) for c in range(r) for b in range(q) for d in range(s)
    )
    return array((p * r, q * s), items)


def diagonal(value: Array) -> Array:
    """A vector on the diagonal of a square matrix; of a square matrix, its diagonal as a column."""
    if value.is_scalar:
        return value
    size = len(value.items)
    if value.is_vector:
        check_size((size, size))
        return array((size, size), (value.items[r] if r == c else 0 for r in range(size) for c in range(size)))
    if len(value.shape) != 2 or value.shape[0] != value.shape[1]:
        raise IllFormed("diagonal_not_square", shape=shape_text(value.shape))
    width = value.shape[0]
    return array((width, 1), value.items[:: width + 1])


def inverse(value: Array, invert: Callable[[Scalar], Scalar], is_zero: Callable[[Scalar], bool]) -> Array:
    """The inverse of a square matrix by elimination."""
    if value.is_scalar:
        return scalar(invert(value.items[0]))
    if len(value.shape) != 2 or value.shape[0] != value.shape[1]:
        raise IllFormed("inverse_not_square", shape=shape_text(value.shape))
    size = value.shape[0]
    rows = [[*value.items[r * size : (r + 1) * size], *(1 if c == r else 0 for c in range(size))] for r in range(size)]
    for step in range(size):
        pivot = next((r for r in range(step, size) if not is_zero(rows[r][step])), None)
        if pivot is None:
            raise IllFormed("singular_matrix")
        rows[step], rows[pivot] = rows[pivot], rows[step]
        factor = invert(rows[step][step])
        rows[step] = [item * factor for item in rows[step]]
        for r in range(size):
            if r != step:
                head = rows[r][step]
                rows[r] = [a - head * b for a, b in zip(rows[r], rows[step], strict=True)]
    return Array((size, size), tuple(item for row in rows for item in row[size:]))
