"""Mutants of a reference solution: one small, plausible mistake each. A good rubric takes points from every one.

The mutations are the slips of homework: a sign, a factor, an operator, a missing transpose, a sum for a mean, a changed
constant, a left-out call.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from grader.quality.marks import unmutated

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt,
    ast.Lt: ast.Gt,
    ast.GtE: ast.Lt,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
}
_NAMES = {
    "mean": "sum",
    "sum": "mean",
    "relu": "sigmoid",
    "sigmoid": "relu",
    "maximum": "minimum",
    "max": "min",
    "argmax": "argmin",
}

_DOTTED = re.compile(r'"([A-Za-z_]\w*)\.[A-Za-z_][\w.]*"')


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module of the reference with one change at `line`, told in `what`."""

    number: int
    file: str
    line: int
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class _Change:
    line: int
    what: str
    apply: Callable[[], None]
    undo: Callable[[], None]


def mutants(sources: Mapping[str, str], at_most: int, seed: int = 0) -> tuple[Mutant, ...]:
    """Different mutants of these modules (path to source), drawn with `seed`, in the order of modules and lines.

    Places that are marked as `unmutated` are left as they are.

    Raises:
        SyntaxError: a source is no Python.
        ValueError: a mark gives no reason.
    """
    changes = [one for file, source in sources.items() for one in _mutable(file, source)]
    chosen = sorted(random.Random(seed).sample(range(len(changes)), min(at_most, len(changes))))
    made = []
    for number in chosen:
        module, change = changes[number]
        change.apply()
        text = ast.unparse(module.tree)
        change.undo()
        if text != module.text:
            made.append(Mutant(number, module.file, change.line, change.what, text + "\n"))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Module:
    file: str
    tree: ast.Module
    text: str


def _mutable(file: str, source: str) -> list[tuple[_Module, _Change]]:
    tree = ast.parse(source)
    module = _Module(file, tree, ast.unparse(tree))
    left = unmutated(file, source)
    return [(module, change) for change in _changes(tree) if not any(place.covers(change.line) for place in left)]


def answering(sources: Mapping[str, str], main: str, judging: Collection[str]) -> tuple[str, ...]:
    """The modules (paths among `sources`) that make up the answers: `main` and what it imports, near or far, in that order.

    Modules called in `judging` are left out: the rubric asks them what is right or wrong, so they are no answer.
    """
    found, waiting = [main], [main]
    while waiting:
        for name in _imported(sources[waiting.pop(0)]):
            path = f"{name.replace('.', '/')}.py"
            if path in sources and path not in found and name.partition(".")[0] not in judging:
                found.append(path)
                waiting.append(path)
    return tuple(found)


def judging_modules(rubric: BaseModel) -> frozenset[str]:
    """The first parts of all dotted names in a rubric (``mistakes.no_mask``): modules that it asks."""
    names = _DOTTED.finditer(rubric.model_dump_json())
    return frozenset(found[1] for found in names)


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _free_lengths(tree: ast.Module) -> set[int]:
    """The ids of the numbers in ``x.reshape(-1, 3)`` that say "whatever is left over": numpy takes any negative one for it."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    given = (argument for call in calls if call.func.attr == "reshape" for argument in call.args)  # type: ignore[attr-defined]
    shapes = (each for one in given for each in (one.elts if isinstance(one, ast.Tuple) else (one,)))
    return {id(each.operand) for each in shapes if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.USub)}


def _changes(tree: ast.Module) -> Iterator[_Change]:
    free = _free_lengths(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            yield from _operator(node)
        elif isinstance(node, ast.Compare):
            yield from _comparison(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield _swap(node, "op", ast.UAdd(), node.lineno, "a minus sign is gone")
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and id(node) not in free:
            yield from _constant(node)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node)
        yield from _left_out(node)
        yield from _untransposed(node)


def _swap(node: ast.AST, field: str, new: object, line: int, what: str) -> _Change:
    old = getattr(node, field)
    return _Change(line, what, lambda: setattr(node, field, new), lambda: setattr(node, field, old))


def _operator(node: ast.BinOp) -> Iterator[_Change]:
    new = _OPERATORS.get(type(node.op))
    if new is not None and not isinstance(node.left, ast.Constant | ast.JoinedStr):
        yield _swap(node, "op", new(), node.lineno, f"`{_sign(node.op)}` became `{_sign(new())}`")
    if isinstance(node.op, ast.MatMult):
        left, right = node.left, node.right

        def turn() -> None:
            node.left, node.right = right, left

        def back() -> None:
            node.left, node.right = left, right

        yield _Change(node.lineno, "the factors of a matrix product are swapped", turn, back)


def _sign(operator: ast.operator) -> str:
    text = ast.unparse(ast.BinOp(ast.Name("a"), operator, ast.Name("b")))
    return text.removeprefix("a").removesuffix("b").strip()


def _comparison(node: ast.Compare) -> Iterator[_Change]:
    new = _COMPARISONS.get(type(node.ops[0]))
    if new is not None:
        yield _swap(node, "ops", [new(), *node.ops[1:]], node.lineno, f"`{ast.unparse(node)}` is turned round")


def _constant(node: ast.Constant) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        new = value + 1 if isinstance(value, int) else value * 2 or 1.0
        yield _swap(node, "value", new, node.lineno, f"{value!r} became {new!r}")


def _attribute(node: ast.Attribute) -> Iterator[_Change]:
    if node.attr in _NAMES:
        yield _swap(node, "attr", _NAMES[node.attr], node.lineno, f"`{node.attr}` became `{_NAMES[node.attr]}`")


def _untransposed(node: ast.AST) -> Iterator[_Change]:
    """Every ``X.T`` directly below the node, replaced by ``X``."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.Attribute) and value.attr == "T":
            yield _swap(node, field, value.value, value.lineno, f"`{ast.unparse(value)}` is not transposed")


def _left_out(node: ast.AST) -> Iterator[_Change]:
    """Every call that stands alone below the node (``axes.set_yscale('log')``), left out."""
    body = getattr(node, "body", None)
    for index, statement in enumerate(body if isinstance(body, list) else ()):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and isinstance(body, list):
            rest = [*body[:index], ast.Pass(), *body[index + 1 :]]
            yield _swap(node, "body", rest, statement.lineno, f"`{ast.unparse(statement)[:60]}` is left out")
