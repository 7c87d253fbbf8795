"""Sums, products and maxima over indices that are written out or only meant."""

from __future__ import annotations

from grader.symbolic.applied import greater
from grader.symbolic.arithmetic import add_values
from grader.symbolic.conditions import condition
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.index_ranges import index_range
from grader.symbolic.indexing import free_indices, index_or_none, letters_in, uses
from grader.symbolic.products import multiply
from grader.symbolic.tree import Binder, Entry, Fold, Name, Node, Relation
from grader.symbolic.troubles import IllFormed, NotUnderstood, OverBudget
from grader.symbolic.values import Value, scalar, scaled, sized, summed

MAX_TERMS = 64


def fold(ev: Evaluation, node: Fold, at: Indices) -> Value:
    """A sum or product over its indices, one after the other."""
    node = _meant_index(ev, node)
    if not node.binders:
        raise NotUnderstood("sum_without_index")
    return _fold_over(ev, node, node.binders, dict(at))


def _meant_index(ev: Evaluation, node: Fold) -> Fold:
    """``\\sum_{j \\ne l}`` runs over the letter that the body uses, whichever side of the sign it stands on."""
    free = free_indices(ev, node.body)
    for relation in node.conditions:
        if not isinstance(relation, Relation) or relation.operator != "!=":
            continue
        letters = [side.name for side in (relation.left, relation.right) if isinstance(side, Name)]
        bound = {binder.index for binder in node.binders}
        if len(letters) == 2 and len(node.binders) <= 1 and not (bound & free):
            used = [letter for letter in letters if letter in free]
            if len(used) == 1:
                return Fold(node.kind, (Binder(used[0]),), node.body, node.conditions, span=node.span)
    return node


def _fold_over(ev: Evaluation, node: Fold, binders: tuple[Binder, ...], at: dict[str, int]) -> Value:
    binder, rest = binders[0], binders[1:]
    values = _binder_range(ev, node, binder, at)
    if values is None:
        return _along_axis(ev, node, binder.index, at)
    if len(values) > MAX_TERMS:
        raise OverBudget("sum_too_long", index=binder.index)
    total: Value | None = None
    site = f"{id(node)}{sorted(at.items())}"
    for value in values:
        inner = {**at, binder.index: value}
        if not rest and not _allowed(ev, node, inner):
            continue
        part = _fold_over(ev, node, rest, inner) if rest else ev.value(node.body, inner)
        ev.scalars.site = f"{site}/{value}"
        total = part if total is None else _joined(ev, node.kind, total, part)
    if total is None and node.kind in ("max", "min"):
        raise IllFormed("empty_range")
    return total if total is not None else scalar(0 if node.kind == "sum" else 1)


def _joined(ev: Evaluation, kind: str, left: Value, right: Value) -> Value:
    if kind == "sum":
        return add_values(ev, left, right)
    if kind == "product":
        return multiply(ev, left, right)
    sign = 1 if kind == "max" else -1
    return scaled(greater(ev, sized(scaled(left, sign)), sized(scaled(right, sign))), sign)


def _allowed(ev: Evaluation, node: Fold, at: Indices) -> bool:
    for part in node.conditions:
        holds = condition(ev, part, at)
        if not isinstance(holds, bool):
            raise NotUnderstood("condition_on_arrays")
        if not holds:
            return False
    return True


def _binder_range(ev: Evaluation, node: Fold, binder: Binder, at: dict[str, int]) -> range | None:
    if binder.upper is not None:
        low = index_or_none(ev, binder.lower, at) if binder.lower is not None else ev.environment.base
        high = index_or_none(ev, binder.upper, at)
        if low is None or high is None:
            raise NotUnderstood("sum_bounds", index=binder.index)
        if high - low >= MAX_TERMS:
            raise OverBudget("sum_too_long", index=binder.index)
        _check_bounds(ev, node, binder.index, high, at)
        return range(low, high + 1)
    if not _mentions_index(node, binder.index) and not sized(ev.value(node.body, at)).is_scalar:
        return None
    inner = {name: value for name, value in at.items() if name != binder.index}
    return index_range(ev, binder.index, (node.body,), inner)


def _mentions_index(node: Fold, index: str) -> bool:
    return any(next(uses(part, index), None) is not None or _in_condition(part, index) for part in (node.body, *node.conditions))


def _in_condition(node: Node, index: str) -> bool:
    if isinstance(node, Fold) and any(binder.index == index for binder in node.binders):
        return False
    here = isinstance(node, Relation | Entry) and any(index in letters_in(child) for child in node.children())
    return here or any(_in_condition(child, index) for child in node.children())


def _check_bounds(ev: Evaluation, node: Fold, index: str, high: int, at: Indices) -> None:
    """A bound that leaves out or runs over the axis it is used on is noted; running over it has no value."""
    found = index_range(ev, index, (node.body,), at) if index not in ev.environment.indices else None
    if found is not None and found[-1] != high:
        ev.notes.add("sum_bound")


def _along_axis(ev: Evaluation, node: Fold, index: str, at: dict[str, int]) -> Value:
    """``\\sum_j X``: the index is not written on the array, so the declared axis of the letter is summed."""
    value = sized(ev.value(node.body, at))
    if node.kind != "sum" or value.is_scalar:
        raise IllFormed("index_not_used", index=index)
    if value.is_vector:
        ev.notes.add("index_not_written")
        return summed(value, None, keepdims=False)
    if index not in ev.environment.axis:
        raise NotUnderstood("axis_not_declared", index=index)
    ev.notes.add("index_not_written")
    return summed(value, ev.environment.axis[index], keepdims=True)
