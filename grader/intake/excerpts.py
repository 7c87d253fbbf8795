"""What a listing in a report takes from elsewhere in it: imports, functions and classes, put before it so that it can run.

What it takes from nowhere stays missing: a report shows excerpts.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.checks.names import USUAL, parse
from grader.intake.listings import LONGEST, blocks, is_method, listings, runnable, without_elisions
from grader.model.rubric import ReportCode

_IMPORT = re.compile(r"^(?:\[[ \d*]{0,4}\]: ?)?(?P<line>(?:import|from)[ \t]+\w[^\n]*)", re.MULTILINE)
MOST_CELLS = 200
"""Listings of one question that are run."""
_BUILTIN = frozenset(dir(builtins))
_IMPORTED = {**USUAL, "optim": "torch.optim", **{name: name for name in ("torch", "numpy", "math", "random")}}
"""What reports take for granted; their listings seldom repeat the imports."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What a piece of code binds, and what it takes from outside."""

    bound: frozenset[str]
    taken: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Python that runs as one cell; `is_shown` where it is the report's own, not what is put before it."""

    text: str
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a whole report imports and defines, by name; what it defines in several ways is left out."""

    imports: Mapping[str, str]
    definitions: Mapping[str, str]


def elsewhere_in(text: str) -> Elsewhere:
    """The imports and definitions of a report."""
    found: dict[str, set[str]] = {}
    for block in blocks(text):
        code = without_elisions(_normal(block))
        for name in _names(code).bound:
            found.setdefault(name, set()).add(code)
    alone = {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
    return Elsewhere(dict(_imports(text)), alone)


def _normal(code: str) -> str:
    """Python without comments and as it is normally written, so that the same code is the same text."""
    tree = parse("", code).tree
    try:
        return ast.unparse(tree) if tree is not None else code
    except RecursionError:
        return code


def cells_of(section: str, elsewhere: Elsewhere, wanted: Sequence[str], listing: ReportCode) -> tuple[Source, ...]:
    """The code under a heading in the order in which it runs, what it needs from elsewhere in the report before it.

    `wanted` are names the question looks for: a function or class of that name may stand anywhere in the report. Nothing, where
    neither the section shows code nor any of these is found.
    """
    shown = [code for each in listings(section) for code in runnable(each)][:MOST_CELLS]
    shown = with_class(shown, listing.methods_of) if listing.methods_of else shown
    own = [_names(code) for code in shown]
    bound = _names(listing.before).bound.union(*(each.bound for each in own))
    needed = [name for name in (*(name for each in own for name in sorted(each.taken)), *wanted) if name not in bound]
    found = _taken_from(elsewhere, needed, bound)
    if not shown and not any(source.is_shown for source in found):
        return ()
    first = (Source(listing.before, is_shown=False),) if listing.before.strip() else ()
    return (*first, *found, *(Source(code) for code in shown))


def with_class(shown: Sequence[str], head: str) -> list[str]:
    """The listings, with methods that are shown without their class put into one with this head: ``MLP(Module)``."""
    trees = [tree for code in shown if isinstance(tree := parse("", code).tree, ast.Module)]
    methods = [node for tree in trees for node in tree.body if is_method(node)]
    name = head.partition("(")[0].strip()
    is_shown = any(isinstance(node, ast.ClassDef) and node.name == name for tree in trees for node in tree.body)
    if not methods or is_shown or len(trees) < len(shown):
        return list(shown)
    (whole,) = ast.parse(f"class {head}: pass").body
    assert isinstance(whole, ast.ClassDef)
    whole.body = methods
    rest = [ast.unparse(ast.Module([node for node in tree.body if not is_method(node)], [])) for tree in trees]
    return [*(code for code in rest if code.strip()), ast.unparse(whole)]


def _taken_from(elsewhere: Elsewhere, needed: Sequence[str], bound: Collection[str]) -> list[Source]:
    """The imports and definitions of these names, and what they need in turn; the usual imports for the rest."""
    imports: dict[str, None] = {}
    definitions: list[Source] = []
    waiting, done = [(name, False) for name in reversed(needed)], set(bound)
    while waiting:
        name, is_ready = waiting.pop()
        if is_ready:
            definitions.append(Source(elsewhere.definitions[name]))
        elif name in done:
            continue
        elif name in elsewhere.imports:
            imports[elsewhere.imports[name]] = None
        elif name in elsewhere.definitions:
            waiting.append((name, True))
            waiting += [(each, False) for each in sorted(_names(elsewhere.definitions[name]).taken, reverse=True)]
        elif name in _IMPORTED:
            imports[f"import {_IMPORTED[name]} as {name}"] = None
        done.add(name)
    return [*(Source(line, is_shown=False) for line in imports), *definitions]


def _imports(text: str) -> Iterator[tuple[str, str]]:
    """Names with the lines of a text that import them."""
    for match in _IMPORT.finditer("\n".join(line.strip() for line in text[:LONGEST].split("\n"))):
        line = match["line"].strip()
        tree = parse("", line).tree
        if isinstance(tree, ast.Module) and all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body):
            yield from ((name, line) for name in _names(line).bound)


def _names(code: str) -> _Names:
    tree = parse("", code).tree
    nodes: Iterable[ast.AST] = ast.walk(tree) if tree is not None else ()
    bound: set[str] = set()
    loaded: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
    return _Names(frozenset(bound), frozenset(loaded - bound - _BUILTIN))
