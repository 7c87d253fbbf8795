"""Derivatives as written, computed by seeding the entries of the variable, and laid out by the convention of the reading."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.symbolic.dual import partial
from grader.symbolic.entries import entry
from grader.symbolic.environment import Layout
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.recognise import recognised
from grader.symbolic.tree import Derivative, Entry, Gradient, Name, Node, Transpose
from grader.symbolic.troubles import NotUnderstood
from grader.symbolic.values import Array, Value, array, sized, stacking, transpose
from grader.symbolic.variables import Variable, declared_twin, is_cut_off, variable_of


def derivative(ev: Evaluation, node: Derivative, at: Indices) -> Value:
    """``da/db`` in the layout of the reading."""
    if node.trailing:
        ev.notes.add("operator_after_operand")
    if node.order == 2:
        return _second(ev, node, at)
    if node.order != 1:
        raise NotUnderstood("higher_derivative", order=node.order)
    return in_layout(ev, node, ev.convention.layout, at)


def _second(ev: Evaluation, node: Derivative, at: Indices) -> Value:
    """The second derivative of a scalar by one variable: the Hessian."""
    inner = Derivative(node.of, node.wrt, total=node.total)
    if not ev.array(node.of, at).is_scalar:
        raise NotUnderstood("higher_derivative", order=2)
    return in_layout(ev, Derivative(inner, node.wrt, total=node.total), "mixed", at)


def gradient(ev: Evaluation, node: Gradient, at: Indices) -> Value:
    """``nabla X`` has the shape of X, whatever the layout."""
    if node.of is not None:
        return in_layout(ev, Derivative(node.of, node.wrt), "mixed", at)
    wrt = node.wrt
    if isinstance(wrt, Entry):
        return entry(ev, replace(wrt, base=Gradient(wrt.base)), at)
    if isinstance(wrt, Transpose):
        return transpose(gradient(ev, Gradient(wrt.operand), at))
    if isinstance(wrt, Name):
        name = ev.resolved(wrt.name, wrt.label)
        if ev.knows(name):
            return ev.world.gradient(declared_twin(ev, name))
        raise NotUnderstood("unknown_name", name=wrt.name)
    return in_layout(ev, Derivative(_loss_name(ev), wrt), "denominator", at)


def _loss_name(ev: Evaluation) -> Node:
    return Name(ev.environment.losses[0])


def in_layout(ev: Evaluation, node: Derivative | Gradient, layout: Layout, at: Indices) -> Array:
    """The derivative as an array laid out as asked."""
    if isinstance(node, Gradient):
        return sized(gradient(ev, node, at))
    if _is_loss(ev, node.of) and isinstance(node.wrt, Name):
        name = ev.resolved(node.wrt.name, node.wrt.label)
        if ev.knows(name):
            held = ev.world.gradient(declared_twin(ev, name))
            return _turned(held) if layout == "numerator" else held
    if _is_loss(ev, node.of) and isinstance(node.wrt, Entry):
        held = sized(gradient(ev, Gradient(node.wrt), at))
        if held.is_scalar:  # the same in every layout
            return held
    variable = variable_of(ev, node.wrt, at)
    of = variable.put_into(node.of)
    if variable.name in ev.world.point.program.defs and not isinstance(of, Name):
        of = _recognised(ev, of, variable.name)
    if is_cut_off(ev, of, variable):
        raise NotUnderstood("unknown_name", name=variable.name)
    value = sized(ev.inside(variable.world).value(of, at))
    ev.budget.spend(len(value.items) * len(variable.positions))
    laid = _laid_out(ev, value, variable, layout)
    return _entry_by_entry(ev, value, variable, laid) if ev.convention.generous else laid


def _entry_by_entry(ev: Evaluation, value: Array, variable: Variable, laid: Array) -> Array:
    """``dZ/dX`` of matrices, each entry of which depends on its own one only, as the matrix of these slopes."""
    size = len(variable.positions)
    if len(value.shape) != 2 or value.is_vector or variable.shape != value.shape or laid.shape != (size, size):
        return laid
    if any(not ev.scalars.is_zero(laid.items[r * size + c]) for r in range(size) for c in range(size) if r != c):
        return laid
    ev.notes.add("derivative_entrywise")
    slopes = (partial(item, variable.world.tag, place) for item, place in zip(value.items, variable.positions, strict=True))
    return Array(value.shape, tuple(slopes))


def _recognised(ev: Evaluation, tree: Node, name: str) -> Node:
    known = ev.world.recognised
    if (tree, name) not in known:
        quiet = replace(ev, notes=set())
        known[tree, name] = recognised(quiet, tree, (name,))
    return known[tree, name]


def _is_loss(ev: Evaluation, node: Node) -> bool:
    return isinstance(node, Name) and node.name in ev.environment.losses and not ev.knows(node.name)


def _turned(value: Array) -> Array:
    turned = transpose(value)
    assert isinstance(turned, Array)
    return turned


def _laid_out(ev: Evaluation, value: Array, variable: Variable, layout: Layout) -> Array:
    tag, shape = variable.world.tag, variable.shape
    if value.is_scalar:
        items = [partial(value.items[0], tag, k) for k in variable.positions]
        if variable.stacked:
            return _row_or_column([items[k] for k in stacking(shape, ev.environment.vec)], as_row=layout == "numerator")
        held = Array(shape, tuple(items))
        return _turned(held) if layout == "numerator" else held
    if not shape:
        held = Array(value.shape, tuple(partial(item, tag, variable.positions[0]) for item in value.items))
        return _turned(held) if layout == "denominator" else held
    across = [variable.positions[k] for k in stacking(shape, ev.environment.vec)]
    if (len(value.shape) == 2 and not value.is_vector) or (len(shape) == 2 and 1 not in shape):
        ev.notes.add("vec_jacobian")
    down = [value.items[k] for k in stacking(value.shape, ev.environment.vec)]
    held = array((len(down), len(across)), (partial(item, tag, k) for item in down for k in across))
    return _turned(held) if layout == "denominator" else held


def _row_or_column(items: list[Any], *, as_row: bool) -> Array:
    return array((1, len(items)) if as_row else (len(items), 1), items)
