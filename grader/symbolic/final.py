"""Final answers: right in a layout that the rubric accepts, and made of allowed symbols, not the question restated."""

from __future__ import annotations

from collections.abc import Iterator

from grader.symbolic.environment import Environment
from grader.symbolic.tree import Derivative, Entry, Fold, Gradient, Name, Node, Relation, Transpose
from grader.symbolic.verdicts import Decision


def is_accepted(decision: Decision, environment: Environment) -> bool:
    """Whether an equality counts: as declared, or in another layout that the rubric accepts."""
    if decision.outcome != "equal_in_other_layout":
        return decision.is_equal
    codes = {note.code for note in decision.notes}
    turned = "equal_transpose" in codes
    return turned or "equal_vec" in codes or decision.layout in environment.accept


def forbidden_symbols(tree: Node, environment: Environment, asked: Node | None = None) -> tuple[str, ...]:
    """The symbols of a final answer that the rubric does not allow, sorted; ``grad X`` and ``d L / d X`` for derivatives.

    A derivative of the loss by Y is allowed where ``grad Y`` is; any other derivative only where the list names it. With an
    empty list everything but derivatives of the loss is allowed, and of these the given ones. The asked quantity itself is
    never allowed.
    """
    used = set(_symbols(tree, environment, frozenset()))
    itself = set(_symbols(asked, environment, frozenset())) if isinstance(asked, _SINGLE) else set()
    if not environment.allowed_in_final:
        given = {f"grad {name}" for name in environment.upstream} - itself
        return tuple(
            sorted(symbol for symbol in used if symbol in itself or (symbol.startswith("grad ") and symbol not in given))
        )
    allowed = set(environment.allowed_in_final) | set(environment.dims) | {"e"}
    return tuple(sorted(used - (allowed - itself)))


_SINGLE = (Name, Entry, Gradient, Derivative)
"""What a question asks for, when it is not given by a formula."""


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
    elif isinstance(tree, Relation):
        for side in tree.children():  # a bare letter in a condition is an index, also where a loss has its name
            if not (isinstance(side, Name) and side.name in environment.indices):
                yield from _symbols(side, environment, bound)
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
