"""Sums, quotients, powers, inverses and norms."""

from __future__ import annotations

from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.functions import FUNCTIONS
from grader.symbolic.indexing import terms_of
from grader.symbolic.matrices import inverse
from grader.symbolic.tree import Absolute, Add, Inverse, Name, Negative, Node, Norm, Number, Power, Quotient, Transpose
from grader.symbolic.troubles import NotUnderstood
from grader.symbolic.values import Array, Fill, Value, combine, mapped, scalar, scaled, sized, summed, transpose

_TWO = Number(2)  # type: ignore[arg-type]  # an int equals the Fraction of the same value


def add_values(ev: Evaluation, left: Value, right: Value) -> Value:
    """A sum; fills take the other's shape, and stretching is noted."""
    if isinstance(left, Fill) and isinstance(right, Fill):
        return Fill(left.ones + right.ones, left.identity + right.identity, left.along or right.along)
    if isinstance(left, Fill):
        assert isinstance(right, Array)
        left = _fill_beside(left, right)
    if isinstance(right, Fill):
        right = _fill_beside(right, left)
    if not left.is_scalar and not right.is_scalar and left.shape != right.shape:
        ev.notes.add("broadcast")
    return combine(left, right, lambda a, b: a + b, "sum_shapes")


def _fill_beside(fill: Fill, other: Array) -> Array:
    return sized(fill, other.shape) if other.shape else sized(Fill(fill.ones, 0) if not fill.identity else fill)


def add(ev: Evaluation, node: Add, at: Indices) -> Value:
    """A sum of terms, dots among them written out."""
    terms = terms_of(ev, node, at)
    total = ev.value(terms[0], at)
    for term in terms[1:]:
        total = add_values(ev, total, ev.value(term, at))
    return total


def negative(ev: Evaluation, node: Negative, at: Indices) -> Value:
    return scaled(ev.value(node.operand, at), -1)


def quotient(ev: Evaluation, node: Quotient, at: Indices) -> Value:
    """Over a scalar, or entry by entry (noted where only the fraction says so)."""
    under = sized(ev.value(node.under, at))
    over = ev.value(node.over, at)
    if under.is_scalar:
        return scaled(over, ev.scalars.inverse(under.items[0]))
    if not node.elementwise:
        ev.notes.add("fraction_elementwise")
    held = sized(over, under.shape) if isinstance(over, Fill) else over
    if held.shape and held.shape != under.shape:
        ev.notes.add("broadcast")
    return combine(held, mapped(under, ev.scalars.inverse), lambda a, b: a * b, "quotient_shapes")


def power(ev: Evaluation, node: Power, at: Indices) -> Value:
    """exp for a power of e, the sum of squares for a squared norm, the inverse of a matrix, else entry by entry."""
    if isinstance(node.base, Name) and node.base.name == "e" and not (ev.knows("e") and isinstance(node.exponent, Number)):
        return mapped(ev.value(node.exponent, at), lambda item: ev.scalars.apply(FUNCTIONS["exp"], item))
    if isinstance(node.base, Norm) and node.base.order in ("2", "F") and node.exponent == _TWO:
        return _squares(ev.array(node.base.operand, at))
    base, exponent = ev.array(node.base, at), ev.array(node.exponent, at)
    if not exponent.is_scalar:
        return combine(base, exponent, ev.scalars.power, "power_shapes")
    if base.is_scalar:
        return scalar(ev.scalars.power(base.items[0], exponent.items[0]))
    if node.elementwise:
        return mapped(base, lambda item: ev.scalars.power(item, exponent.items[0]))
    if exponent.items[0] == -1 and len(base.shape) == 2 and base.shape[0] == base.shape[1]:
        return inverse(base, ev.scalars.inverse, ev.scalars.is_zero)
    if isinstance(node.exponent, Name) and node.exponent.name in at:  # an upper index, as likely as a power
        raise NotUnderstood("construct", kind="Power")
    ev.notes.add("power_elementwise")
    return mapped(base, lambda item: ev.scalars.power(item, exponent.items[0]))


def _squares(value: Array) -> Array:
    return summed(mapped(value, lambda item: item * item), None, keepdims=False)


def transposed(ev: Evaluation, node: Transpose, at: Indices) -> Value:
    return transpose(ev.value(node.operand, at))


def inverted(ev: Evaluation, node: Inverse, at: Indices) -> Value:
    value = ev.value(node.operand, at)
    if isinstance(value, Fill) and value.identity and not value.ones:
        return Fill(0, ev.scalars.inverse(value.identity))
    held = sized(value)
    if ev.convention.generous and held.shape and (len(held.shape) != 2 or held.shape[0] != held.shape[1]):
        ev.notes.add("power_elementwise")
        return mapped(held, ev.scalars.inverse)
    ev.budget.spend(len(held.items) * max(held.shape, default=1) * 2)
    return inverse(held, ev.scalars.inverse, ev.scalars.is_zero)


def absolute(ev: Evaluation, node: Absolute, at: Indices) -> Value:
    return entrywise(ev, ev.array(node.operand, at), "abs", node)


def entrywise(ev: Evaluation, value: Array, name: str, node: Node) -> Array:
    """A function of `FUNCTIONS` applied to each entry, each entry being a branch of its own."""
    items = []
    for k, item in enumerate(value.items):
        ev.scalars.site = f"{id(node)}/{k}"
        items.append(ev.scalars.apply(FUNCTIONS[name], item))
    return Array(value.shape, tuple(items))


def norm(ev: Evaluation, node: Norm, at: Indices) -> Value:
    value = ev.array(node.operand, at)
    if node.order in ("2", "F", ""):
        return scalar(ev.scalars.apply(FUNCTIONS["sqrt"], _squares(value).items[0]))
    if node.order == "1":
        return summed(entrywise(ev, value, "abs", node), None, keepdims=False)
    raise NotUnderstood("norm_order", order=node.order)
