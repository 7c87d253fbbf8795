"""Where a tree ends: numbers and names."""

from __future__ import annotations

from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.functions import FUNCTIONS
from grader.symbolic.tree import Name, Number
from grader.symbolic.troubles import NotUnderstood
from grader.symbolic.values import Value, scalar


def number_value(ev: Evaluation, node: Number, at: Indices) -> Value:
    return scalar(ev.scalars.number(node.value))


def name_value(ev: Evaluation, node: Name, at: Indices) -> Value:
    """What a name stands for: an array or number, an index, the loss, a size, or Euler's number."""
    name = node.name if node.name in ev.world.extra else ev.resolved(node.name, node.label)
    if name.startswith("grad "):
        return ev.world.gradient(ev.resolved(name[5:].strip()))
    if ev.knows(name):
        return ev.world.value(name)
    if name in at and not (name in ev.environment.losses and ev.within_derivative):
        return scalar(at[name])
    if name in ev.environment.losses:
        return ev.world.loss()
    if name in ev.environment.dims:
        return scalar(ev.environment.dims[name])
    if name == "e":
        return scalar(ev.scalars.apply(FUNCTIONS["exp"], 1))
    raise NotUnderstood("unknown_name", name=name)
