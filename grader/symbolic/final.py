"""A final answer may use only what the rubric allows: the guard against answers that restate the question."""

from __future__ import annotations

from collections.abc import Iterator

from grader.symbolic.environment import Environment
from grader.symbolic.tree import Derivative, Entry, Fold, Gradient, Name, Node, Transpose


def forbidden_symbols(tree: Node, environment: Environment) -> tuple[str, ...]:
    """The symbols of a final answer that the rubric does not allow, sorted; ``grad X`` and ``d L / d X`` for derivatives.

    A derivative of the loss by Y is allowed where ``grad Y`` is; any other derivative only where the list names it. With an
    empty list everything but derivatives of the loss is allowed.
    """
    used = set(_symbols(tree, environment, frozenset()))
    if not environment.allowed_in_final:
        return tuple(sorted(symbol for symbol in used if symbol.startswith("grad ")))
    allowed = set(environment.allowed_in_final) | set(environment.dims) | {"e"}
    return tuple(sorted(used - allowed))


def _symbols(tree: Node, environment: Environment, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(tree, Gradient):
        yield f"grad {_name(tree.wrt, environment)}"
    elif isinstance(tree, Derivative):
        of, wrt = _name(tree.of, environment), _name(tree.wrt, environment)
        yield f"grad {wrt}" if of in environment.losses else f"d {of} / d {wrt}"
    elif isinstance(tree, Name):
        yield from _of_name(tree, environment, bound)
    elif isinstance(tree, Entry):
        yield from _symbols(tree.base, environment, bound)
    else:
        inner = bound | {binder.index for binder in tree.binders} if isinstance(tree, Fold) else bound
        for child in tree.children():
            yield from _symbols(child, environment, inner)


def _of_name(tree: Name, environment: Environment, bound: frozenset[str]) -> Iterator[str]:
    name = _name(tree, environment)
    for given in environment.upstream.items():
        if name == given[1]:
            name = f"grad {given[0]}"
    declared = name in environment.leaves or name in environment.defs or name in environment.losses or name.startswith("grad ")
    if declared and name not in bound:
        yield name


def _name(tree: Node, environment: Environment) -> str:
    if isinstance(tree, Entry | Transpose):
        return _name(next(tree.children()), environment)
    if isinstance(tree, Name):
        full = f"{tree.name}^{tree.label}" if tree.label else tree.name
        return environment.aliases.get(full, environment.entries.get(full, full))
    return "?"
