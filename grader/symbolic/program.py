"""An environment made ready: its formulas read into trees, its functions resolved, its dependencies worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from grader.symbolic.environment import Environment
from grader.symbolic.functions import FUNCTIONS, SPELLINGS, Function, generic
from grader.symbolic.read import read_latex, read_numpy
from grader.symbolic.reading import Symbols
from grader.symbolic.rewrite import replaced
from grader.symbolic.tree import Gradient, Name, Node
from grader.symbolic.troubles import NotUnderstood

FormulaReader: TypeAlias = Callable[[str, Symbols], Node]


@dataclass(frozen=True)
class Program:
    """``defs`` in order of computation; ``own`` holds names that the student defined in the text."""

    environment: Environment
    defs: Mapping[str, Node]
    loss: Node | None
    functions: Mapping[str, Function]
    own: Mapping[str, Node] = field(default_factory=dict)
    upstream: Mapping[str, Node] = field(default_factory=dict)
    """Array -> the gradient to be taken for it instead of the true one (a student's own earlier result)."""

    def formula(self, name: str) -> Node | None:
        """How the name is computed; None for what is given."""
        return self.own.get(name) or self.defs.get(name)

    def with_own(self, name: str, tree: Node) -> Program:
        """The program with a name that the student defined."""
        return replace(self, own={**self.own, name: tree})

    def with_upstream(self, name: str, tree: Node) -> Program:
        """The program in which the loss acts on this array through the given gradient."""
        return replace(self, upstream={name: tree})

    def knows(self, name: str) -> bool:
        """Whether the name stands for an array or a number."""
        e = self.environment
        return name in e.leaves or name in self.defs or name in self.own or name in e.upstream.values()


def read_formula(text: str, symbols: Symbols) -> Node:
    """The tree of one declared formula, in NumPy style or (with a backslash or braces) in LaTeX.

    Raises:
        NotUnderstood: when the reader has no tree for it.
    """
    reading = read_latex(text, symbols) if "\\" in text or "{" in text else read_numpy(text, symbols)
    sides = [side for chain in reading.chains for side in chain.sides]
    if len(sides) != 1 or sides[0].tree is None:
        said = "; ".join(problem.text for problem in reading.problems)
        raise NotUnderstood("formula_not_read", formula=text, problem=said)
    return sides[0].tree


def prepare(environment: Environment, read: FormulaReader = read_formula) -> Program:
    """The environment's formulas as trees."""
    symbols = environment.declared_symbols({})
    trees = {name: _hiding(environment, read(text, symbols)) for name, text in environment.defs.items()}
    return Program(
        environment,
        {hidden(name) if name in environment.soft else name: tree for name, tree in trees.items()},
        _hiding(environment, read(environment.loss, symbols)) if environment.loss else None,
        _functions(environment),
        {name: Name(hidden(name)) for name in environment.soft},
    )


def hidden(name: str) -> str:
    """The name under which a soft definition is computed, whatever a student calls by its own."""
    return f"declared {name}"


def _hiding(environment: Environment, tree: Node) -> Node:
    for name in environment.soft:
        tree = replaced(tree, Name(name), Name(hidden(name)))
    return tree


def _functions(environment: Environment) -> dict[str, Function]:
    found = {spelling: FUNCTIONS[name] for spelling, name in SPELLINGS.items()}
    for name in environment.functions:
        found[name] = _resolved(environment, name)
    return found


def _resolved(environment: Environment, name: str) -> Function:
    seen: set[str] = set()
    while name in environment.functions and name not in seen:
        seen.add(name)
        rule = environment.functions[name]
        if rule == "generic":
            return generic(name)
        name = rule
    return FUNCTIONS[SPELLINGS.get(name, name)]


def has_gradient(tree: Node) -> bool:
    """Whether the gradient of the loss by something is written."""
    return isinstance(tree, Gradient) or any(has_gradient(child) for child in tree.children())
