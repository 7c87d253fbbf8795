"""Small explicit arrays, and fills (0, 1, I) whose size follows from what they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from grader.symbolic.dual import Scalar
from grader.symbolic.troubles import IllFormed, NotUnderstood, OverBudget, shape_text

Shape: TypeAlias = tuple[int, ...]
MAX_ITEMS = 4_096


@dataclass(frozen=True, slots=True)
class Array:
    """Row-major entries; the shape () is a scalar, (n,) is NumPy's vector without orientation."""

    shape: Shape
    items: tuple[Scalar, ...]

    @property
    def is_scalar(self) -> bool:
        return not self.shape

    @property
    def is_vector(self) -> bool:
        """One axis, or two of which one has size 1."""
        return len(self.shape) == 1 or (len(self.shape) == 2 and 1 in self.shape)


@dataclass(frozen=True, slots=True)
class Fill:
    """``ones`` times an array of ones plus ``identity`` times I, of a size not written; both 0 make zeros.

    ``along`` is "row" or "column" once a vector's orientation is known (``\\mathbf 1^T``), "both" for a matrix, else "".
    """

    ones: Scalar = 0
    identity: Scalar = 0
    along: str = ""


Value: TypeAlias = Array | Fill


def scalar(item: Scalar) -> Array:
    return Array((), (item,))


def array(shape: Shape, items: Iterable[Scalar]) -> Array:
    """An array; one of shape 1x1 is the scalar in it."""
    held = tuple(items)
    if len(held) > MAX_ITEMS:
        raise OverBudget("array_too_large", size=len(held))
    if len(shape) == 2 and shape == (1, 1):
        return Array((), held)
    return Array(shape, held)


def transpose(value: Value) -> Value:
    """Rows to columns; a scalar or a vector without orientation stays."""
    if isinstance(value, Fill):
        turned = {"": "row", "row": "column", "column": "row", "both": "both"}[value.along] if not value.identity else ""
        return Fill(value.ones, value.identity, turned)
    if len(value.shape) < 2:
        return value
    if len(value.shape) > 2:
        raise NotUnderstood("transpose_of_tensor", shape=shape_text(value.shape))
    rows, columns = value.shape
    return Array((columns, rows), tuple(value.items[r * columns + c] for c in range(columns) for r in range(rows)))


def mapped(value: Value, change: Callable[[Scalar], Scalar]) -> Array:
    """The change applied to each entry."""
    held = sized(value)
    return Array(held.shape, tuple(change(item) for item in held.items))


def sized(value: Value, shape: Shape | None = None) -> Array:
    """A fill written out in this shape (as a scalar where no shape is known); arrays stay."""
    if isinstance(value, Array):
        return value
    if shape is None or not shape:
        if value.identity:
            raise NotUnderstood("identity_of_unknown_size")
        return scalar(value.ones)
    check_size(shape)
    if not value.identity:
        return Array(shape, (value.ones,) * prod(shape))
    if len(shape) != 2 or shape[0] != shape[1]:
        raise IllFormed("identity_not_square", shape=shape_text(shape))
    size = shape[0]
    return Array(shape, tuple(value.ones + (value.identity if r == c else 0) for r in range(size) for c in range(size)))


def check_size(shape: Shape) -> None:
    """Raises OverBudget for a shape of more entries than are worked with."""
    if any(size < 1 for size in shape):
        raise IllFormed("no_such_size", shape=shape_text(shape))
    if prod(shape) > MAX_ITEMS:
        raise OverBudget("array_too_large", size=prod(shape))


def broadcast_shape(left: Shape, right: Shape) -> Shape | None:
    """The greater of the two shapes when the other stretches to it (NumPy's rule); None if neither does."""
    width = max(len(left), len(right))
    padded = [(1,) * (width - len(shape)) + shape for shape in (left, right)]
    joint = tuple(max(a, b) for a, b in zip(*padded, strict=True))
    fits = all(a in (1, c) and b in (1, c) for a, b, c in zip(*padded, joint, strict=True))
    return joint if fits and joint in (padded[0], padded[1]) else None


def stretched(value: Array, shape: Shape) -> Array:
    """The array repeated along its axes of size 1 to fill the shape."""
    if value.shape == shape:
        return value
    own = (1,) * (len(shape) - len(value.shape)) + value.shape
    strides = _strides(own)
    steps = [0 if size == 1 else stride for size, stride in zip(own, strides, strict=True)]
    return Array(shape, tuple(value.items[sum(a * b for a, b in zip(at, steps, strict=True))] for at in positions(shape)))


def positions(shape: Shape) -> list[tuple[int, ...]]:
    """All index tuples of a shape, counted from 0, in row-major order."""
    found: list[tuple[int, ...]] = [()]
    for size in shape:
        found = [(*at, i) for at in found for i in range(size)]
    return found


def _strides(shape: Shape) -> list[int]:
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def flat_position(shape: Shape, at: Sequence[int]) -> int:
    """Where the entry stands in row-major order."""
    return sum(i * stride for i, stride in zip(at, _strides(shape), strict=True))


def combine(left: Array, right: Array, change: Callable[[Scalar, Scalar], Scalar], what: str) -> Array:
    """Entry by entry, after stretching; the error says what was attempted ("sum of 2x3 and 2x4")."""
    if left.shape == right.shape:
        return Array(left.shape, tuple(change(a, b) for a, b in zip(left.items, right.items, strict=True)))
    shape = broadcast_shape(left.shape, right.shape)
    if shape is None:
        raise IllFormed(what, left=shape_text(left.shape), right=shape_text(right.shape))
    one, other = stretched(left, shape), stretched(right, shape)
    return array(shape, (change(a, b) for a, b in zip(one.items, other.items, strict=True)))


def scaled(value: Value, factor: Scalar) -> Value:
    if isinstance(value, Fill):
        return Fill(value.ones * factor, value.identity * factor, value.along)
    return Array(value.shape, tuple(item * factor for item in value.items))


def stacked(value: Array, order: str = "columns") -> Array:
    """vec: the columns (or the rows) one below the other, as a column."""
    turned = transpose(value) if len(value.shape) == 2 and order == "columns" else value
    assert isinstance(turned, Array)
    return array((len(value.items), 1), turned.items)


def stacking(shape: Shape, order: str = "columns") -> list[int]:
    """Row-major positions in the order in which vec stacks them."""
    if len(shape) != 2 or order == "rows":
        return list(range(prod(shape)))
    return [r * shape[1] + c for c in range(shape[1]) for r in range(shape[0])]


def reshaped(value: Array, shape: Shape, order: str = "C") -> Array:
    """Row-major (NumPy) reshape, or column-major with order F; -1 is worked out."""
    size = len(value.items)
    if shape.count(-1) == 1:
        known = prod(n for n in shape if n != -1)
        shape = tuple(size // known if n == -1 and known else n for n in shape)
    if prod(shape) != size or any(n < 1 for n in shape):
        raise IllFormed("reshape_size", size=size, shape=shape_text(shape))
    if order == "C" or len(shape) != 2:
        return array(shape, value.items)
    items = stacked(value).items
    return array(shape, (items[c * shape[0] + r] for r in range(shape[0]) for c in range(shape[1])))


def summed(value: Array, axis: int | None, keepdims: bool) -> Array:
    """NumPy's sum over one axis, or over all entries."""
    return folded(value, axis, keepdims, _total)


def folded(value: Array, axis: int | None, keepdims: bool, fold: Callable[[Sequence[Scalar]], Scalar]) -> Array:
    """All entries, or those along one axis, folded to one."""
    if value.is_scalar:
        return scalar(fold(value.items))
    if axis is None:
        return scalar(fold(value.items))
    width = len(value.shape)
    axis = axis + width if axis < 0 else axis
    if not 0 <= axis < width:
        raise IllFormed("no_such_axis", axis=axis, shape=shape_text(value.shape))
    groups: dict[tuple[int, ...], list[Scalar]] = {}
    for at, item in zip(positions(value.shape), value.items, strict=True):
        groups.setdefault(at[:axis] + at[axis + 1 :], []).append(item)
    middle: Shape = (1,) if keepdims else ()
    shape = value.shape[:axis] + middle + value.shape[axis + 1 :]
    return array(shape, (fold(group) for group in groups.values()))


def _total(items: Sequence[Scalar]) -> Scalar:
    total: Scalar = 0
    for item in items:
        total = total + item
    return total
