"""Where a tree ends: numbers and names."""

from __future__ import annotations

from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.functions import FUNCTIONS
from grader.symbolic.indexing import true_class
from grader.symbolic.traits import is_primed
from grader.symbolic.tree import Name, Number
from grader.symbolic.troubles import NotUnderstood
from grader.symbolic.values import Value, scalar, transpose


def number_value(ev: Evaluation, node: Number, at: Indices) -> Value:
    return scalar(ev.scalars.number(node.value))


def name_value(ev: Evaluation, node: Name, at: Indices) -> Value:
    """What a name stands for: an array or number, an index, the loss, a size, or Euler's number."""
    name = node.name if node.name in ev.world.extra else ev.resolved(node.name, node.label)
    if name.startswith("grad "):
        return ev.world.gradient(ev.resolved(name[5:].strip()))
    if ev.knows(name):
        return ev.world.value(name)
    if name in ev.environment.true_class and name not in at and (place := true_class(ev)) is not None:
        return scalar(place)
    if name in at and not (name in ev.environment.losses and ev.within_derivative):
        return scalar(at[name])
    if name in ev.environment.losses:
        return ev.world.loss()
    if name in ev.environment.dims:
        return scalar(ev.environment.dims[name])
    if name == "e":
        return scalar(ev.scalars.apply(FUNCTIONS["exp"], 1))
    if ev.convention.generous and is_primed(node):
        return _turned(ev, name.rstrip("'"))
    raise NotUnderstood("unknown_name", name=name)


def _turned(ev: Evaluation, name: str) -> Value:
    """``W'`` as the transpose of a declared matrix; for a vector it could be a derivative as well."""
    held = ev.world.value(name) if ev.knows(name) else None
    if held is None or len(held.shape) != 2 or held.is_vector:
        raise NotUnderstood("unknown_name", name=f"{name}'")
    ev.notes.add("primed_transpose")
    return transpose(held)
