"""Conditions: cases, indicators, and which of two is the greater."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.symbolic.arithmetic import add_values
from grader.symbolic.dual import Scalar
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.indexing import index_or_none, label_or_none
from grader.symbolic.tree import Binder, Cases, Either, Indicator, Name, Node, Relation, Together
from grader.symbolic.troubles import NoCase, NotUnderstood
from grader.symbolic.values import Array, Value, combine, scalar, scaled, sized


def cases(ev: Evaluation, node: Cases, at: Indices) -> Value:
    """The first case that holds; for arrays as conditions, entry by entry."""
    left: Array | None = None
    total: Value | None = None
    for branch in node.branches:
        holds = condition(ev, branch.condition, at)
        if isinstance(holds, bool):
            if holds and left is None:
                return ev.value(branch.value, at)
            if not holds:
                continue
        mask = scalar(1) if isinstance(holds, bool) else holds
        here = mask if left is None else combine(left, mask, lambda a, b: a * b, "case_shapes")
        part = combine(here, sized(ev.value(branch.value, at), here.shape or None), lambda a, b: a * b, "case_shapes")
        total = part if total is None else add_values(ev, total, part)
        left = combine(left or scalar(1), mask, lambda a, b: a * (1 - b), "case_shapes")
    if total is None:
        raise NoCase
    return total


def condition(ev: Evaluation, node: Node, at: Indices) -> bool | Array:
    """Whether a condition holds, or for arrays an array of 0 and 1."""
    if isinstance(node, Together):
        parts = [condition(ev, part, at) for part in node.conditions]
        if all(isinstance(part, bool) for part in parts):
            return all(parts)
        raise NotUnderstood("condition_on_arrays")
    if isinstance(node, Either):
        parts = [condition(ev, part, at) for part in node.conditions]
        if all(isinstance(part, bool) for part in parts):
            return any(parts)
        raise NotUnderstood("condition_on_arrays")
    if isinstance(node, Binder):
        return _within(ev, node, at)
    if not isinstance(node, Relation):
        raise NotUnderstood("condition")
    if node.operator == "otherwise":
        return True
    if node.left is None or node.right is None or node.operator == "in":
        raise NotUnderstood("condition")
    return _compared(ev, node, node.left, node.right, at)


def _within(ev: Evaluation, node: Binder, at: Indices) -> bool:
    """``\\forall i`` or ``i = 1, ..., n``: whether the index lies in its range, where one is written."""
    if node.index not in at:
        return True
    for bound, sign in ((node.lower, 1), (node.upper, -1)):
        limit = index_or_none(ev, bound, at) if bound is not None else at[node.index]
        if limit is None:
            raise NotUnderstood("condition")
        if sign * (at[node.index] - limit) < 0:
            return False
    return True


def _compared(ev: Evaluation, node: Relation, left: Node, right: Node, at: Indices) -> bool | Array:
    one, other = index_or_none(ev, left, at), index_or_none(ev, right, at)
    if other is None and isinstance(left, Name) and left.name in at:
        other = label_or_none(ev, right)
    if one is not None and other is not None:
        return _COMPARE[node.operator](one - other)
    gap = add_values(ev, ev.value(left, at), scaled(ev.value(right, at), -1))
    held = sized(gap)
    answers = []
    for k, item in enumerate(held.items):
        ev.scalars.site = f"{id(node)}/{k}"
        answers.append(_sign_of(ev, item, node.operator))
    if held.is_scalar and isinstance(answers[0], bool | int):
        return bool(answers[0])
    return Array(held.shape, tuple(int(answer) if isinstance(answer, bool) else answer for answer in answers))


_COMPARE: Mapping[str, Callable[[int], bool]] = {
    "=": lambda gap: gap == 0,
    "!=": lambda gap: gap != 0,
    "<": lambda gap: gap < 0,
    ">": lambda gap: gap > 0,
    "<=": lambda gap: gap <= 0,
    ">=": lambda gap: gap >= 0,
}


def _sign_of(ev: Evaluation, item: Scalar, operator: str) -> Scalar:
    """True or False, or 1 or 0, or in a proof what stands for either."""
    if operator in ("=", "!="):
        return ev.scalars.is_zero(item) == (operator == "=")
    if ev.scalars.is_zero(item):
        return operator in ("<=", ">=")
    above = ev.scalars.switch(item)
    return above if operator in (">", ">=") else 1 - above


def indicator(ev: Evaluation, node: Indicator, at: Indices) -> Value:
    holds = condition(ev, node.condition, at)
    return scalar(int(holds)) if isinstance(holds, bool) else holds


def relation(ev: Evaluation, node: Relation, at: Indices) -> Value:
    """A bare relation as a number, as in NumPy."""
    return indicator(ev, Indicator(node), at)
