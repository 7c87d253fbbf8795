"""Two values at one point: the same, the same as vectors, or different, and where."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from grader.symbolic.dual import Scalar, base
from grader.symbolic.environment import Layout
from grader.symbolic.scalars import Scalars
from grader.symbolic.troubles import IllFormed
from grader.symbolic.values import Array, Fill, Shape, Value, positions, sized, stacked, transpose

Relation: TypeAlias = Literal["same", "vec", "transpose", "rounded"]
TOLERANCE = 1e-40


@dataclass(frozen=True)
class Match:
    """The values agree, in the sense of ``relation``."""

    relation: Relation = "same"


@dataclass(frozen=True)
class Mismatch:
    """They differ: in shape, or at a position (counted from 0)."""

    seen_shape: Shape
    expected_shape: Shape
    position: tuple[int, ...] = ()
    seen: Scalar = 0
    expected: Scalar = 0

    @property
    def in_shape(self) -> bool:
        return self.seen_shape != self.expected_shape


@dataclass(frozen=True)
class Allowed:
    """Which weaker agreements count in this comparison; ``decimals`` for numbers written with that many places."""

    layout: Layout
    vec: bool = False
    transpose: bool = False
    decimals: int | None = None
    order: str = "columns"


def compare(scalars: Scalars, seen: Value, expected: Value, allowed: Allowed) -> Match | Mismatch:
    """Exact agreement first, then the weaker ones that are allowed."""
    left, right = _same_size(seen, expected)
    if _loose(left.shape) == _loose(right.shape) or _is_row_without_axis(left.shape, right.shape):
        where = first_difference(scalars, left, right)
        if where is None:
            return Match()
        if allowed.decimals is not None and _rounds(left, right, allowed.decimals):
            return Match("rounded")
        if not (allowed.transpose and len(left.shape) == 2):
            return _at(left, right, where)
    if not right.shape and left.shape and _all_zero(scalars, left) and scalars.is_zero(right.items[0]):
        return Match()
    if not left.shape and right.shape and _all_zero(scalars, right) and scalars.is_zero(left.items[0]):
        return Match()
    if allowed.vec and _same_as_vectors(scalars, left, right, allowed):
        return Match("vec")
    if allowed.transpose and len(left.shape) == 2 and left.shape[::-1] == right.shape:
        turned = sized(transpose(right))
        if first_difference(scalars, left, turned) is None:
            return Match("transpose")
    return Mismatch(left.shape, right.shape)


def _same_size(seen: Value, expected: Value) -> tuple[Array, Array]:
    if isinstance(seen, Fill) and isinstance(expected, Fill):
        both = (2, 2) if seen.identity or expected.identity else ()
        return sized(seen, both), sized(expected, both)
    if isinstance(seen, Fill):
        held = sized(expected)
        return _fitted(seen, held), held
    held = sized(seen)
    return held, _fitted(expected, held)


def _fitted(value: Value, other: Array) -> Array:
    if isinstance(value, Fill) and value.along and len(other.shape) == 2:
        row = other.shape[0] == 1
        if row != (value.along == "row"):
            raise IllFormed("orientation")
    return sized(value, other.shape or None)


def _loose(shape: Shape) -> Shape:
    """NumPy's vector counts as a column."""
    return (shape[0], 1) if len(shape) == 1 else shape


def _is_row_without_axis(left: Shape, right: Shape) -> bool:
    """NumPy's vector in the place of a declared row: ``dY.sum(axis=0)`` for a bias."""
    flat, row = sorted((left, right), key=len)
    return len(flat) == 1 and row == (1, *flat)


def first_difference(scalars: Scalars, left: Array, right: Array) -> int | None:
    """Row-major position of the first entry that differs."""
    for k, (a, b) in enumerate(zip(left.items, right.items, strict=True)):
        if not equal(scalars, a, b):
            return k
    return None


def equal(scalars: Scalars, left: Scalar, right: Scalar) -> bool:
    """Exactly, or to 40 digits relative to the greater."""
    one, other = base(left), base(right)
    if scalars.exact:
        return scalars.is_zero(one - other)
    return bool(abs(one - other) <= TOLERANCE * max(1, abs(one), abs(other)))


def _all_zero(scalars: Scalars, value: Array) -> bool:
    return all(equal(scalars, item, 0) for item in value.items)


def _at(left: Array, right: Array, where: int) -> Mismatch:
    at = positions(left.shape)[where]
    return Mismatch(left.shape, left.shape, at, base(left.items[where]), base(right.items[where]))


def _same_as_vectors(scalars: Scalars, left: Array, right: Array, allowed: Allowed) -> bool:
    """One a vector, the other a matrix: the vector is the variable stacked."""
    if len(left.items) != len(right.items) or left.is_vector == right.is_vector:
        return False
    vector, matrix = (left, right) if left.is_vector else (right, left)
    if len(matrix.shape) != 2:
        return False
    variable = sized(transpose(matrix)) if allowed.layout == "numerator" else matrix
    items = stacked(variable, allowed.order).items
    return first_difference(scalars, Array((len(items),), items), Array((len(items),), vector.items)) is None


def _rounds(left: Array, right: Array, decimals: int) -> bool:
    half = Fraction(1, 2 * 10**decimals) + Fraction(1, 10**30)
    return all(abs(base(a) - base(b)) <= float(half) * (1 + 1e-12) for a, b in zip(left.items, right.items, strict=True))
