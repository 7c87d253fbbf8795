"""Names and patterns used in Python source, found in its syntax tree; the source is parsed and never run."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

LONGEST = 1_000_000
"""Characters of source that are parsed."""

USUAL = {"np": "numpy", "plt": "matplotlib.pyplot", "nn": "torch.nn", "F": "torch.nn.functional", "pd": "pandas", "sp": "scipy"}
"""What a name stands for where no import of it was seen: the aliases of the libraries' own documentation."""

CONSTRUCTS: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.AsyncFor),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "try": (ast.Try,),
    "with": (ast.With, ast.AsyncWith),
    "lambda": (ast.Lambda,),
    "class": (ast.ClassDef,),
    "def": (ast.FunctionDef, ast.AsyncFunctionDef),
    "comprehension": (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "global": (ast.Global,),
}
"""Statements and expressions that a pattern may name."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One source text as a tree; `tree` is None where it is no Python."""

    part: str
    tree: ast.AST | None
    line: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Imports:
    """What local names stand for, and modules of which everything was imported."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    stars: tuple[str, ...] = ()

    def full(self, dotted: str) -> tuple[str, ...]:
        """All that a dotted name may be with its first part resolved; star imports leave several possibilities."""
        first, dot, rest = dotted.partition(".")
        if first in self.aliases:
            return (self.aliases[first] + dot + rest, dotted)  # a pattern may name the student's own ``CONV``, imported or not
        usual = (USUAL[first] + dot + rest,) if first in USUAL else ()
        return (dotted, *usual, *(f"{module}.{dotted}" for module in self.stars))


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a pattern was found; `line` counts from 1 within the part."""

    pattern: str
    part: str
    line: int


def parse(part: str, text: str) -> Parsed:
    """The tree of a source text, indented or not."""
    if len(text) > LONGEST:
        return Parsed(part, None, message="too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in a student's strings are her own affair
            return Parsed(part, ast.parse(textwrap.dedent(text)))
    except SyntaxError as error:
        return Parsed(part, None, error.lineno or 0, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return Parsed(part, None, message=str(error)[:200])


def imports_of(trees: Iterable[ast.AST]) -> Imports:
    """The imports in all trees, wherever they stand in them."""
    aliases: dict[str, str] = {}
    stars: list[str] = []
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                aliases[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            stars.extend(node.module for alias in node.names if alias.name == "*")
            aliases.update(
                {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"}
            )
    return Imports(aliases, tuple(stars))


def pattern_fault(pattern: str) -> str:
    """What is wrong with a pattern; "" if nothing is."""
    if pattern in CONSTRUCTS or _is_dotted(pattern.removeprefix(".")):
        return ""
    try:
        ast.parse(pattern, mode="eval")
    except (SyntaxError, ValueError) as error:
        return f"{pattern!r} is no name, none of {', '.join(CONSTRUCTS)}, and no expression: {error}"
    return ""


def uses(pattern: str, parsed: Parsed, imports: Imports) -> Iterator[Use]:
    """Where a pattern is used: a dotted name (``numpy.linalg``, also what is below it), ``.method``, ``for``, ``_ @ _``."""
    if parsed.tree is None:
        return
    expression = None if pattern in CONSTRUCTS or _is_dotted(pattern.removeprefix(".")) else ast.parse(pattern, mode="eval").body
    for node in ast.walk(parsed.tree):
        if _is_use(node, pattern, expression, imports):
            yield Use(pattern, parsed.part, getattr(node, "lineno", 0))


def _is_dotted(text: str) -> bool:
    """Names and dots; ``_`` at the beginning stands for any expression and makes it a pattern."""
    first, *rest = text.split(".")
    return first != "_" and all(part.isidentifier() for part in (first, *rest))


def _is_use(node: ast.AST, pattern: str, expression: ast.expr | None, imports: Imports) -> bool:
    if pattern in CONSTRUCTS:
        return isinstance(node, CONSTRUCTS[pattern])
    if expression is not None:
        return isinstance(node, ast.expr) and _matches(node, expression, imports)
    if pattern.startswith("."):
        return isinstance(node, ast.Attribute) and node.attr == pattern[1:]
    return any(name == pattern or name.startswith(pattern + ".") for name in _names(node, imports))


def _names(node: ast.AST, imports: Imports) -> tuple[str, ...]:
    """What a name or a chain of attributes refers to; nothing where something is stored under it."""
    if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return ()
    dotted = _dotted(node)
    return imports.full(dotted) if dotted else ()


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _matches(node: object, pattern: object, imports: Imports) -> bool:
    """Whether a tree is of a pattern's form; ``_`` stands for any expression, ``...`` as only argument for any arguments."""
    if isinstance(pattern, ast.Name) and pattern.id == "_":
        return isinstance(node, ast.expr)
    if isinstance(pattern, ast.Name | ast.Attribute) and _is_dotted(wanted := _dotted(pattern)):
        return isinstance(node, ast.AST) and bool({wanted, *imports.full(wanted)} & set(_names(node, imports)))
    if isinstance(pattern, ast.Call) and isinstance(node, ast.Call) and _takes_any(pattern):
        return _matches(node.func, pattern.func, imports)
    if isinstance(pattern, ast.AST):
        return type(node) is type(pattern) and all(
            _matches(getattr(node, name, None), value, imports) for name, value in ast.iter_fields(pattern) if name != "ctx"
        )
    if isinstance(pattern, list):
        return (
            isinstance(node, list)
            and len(node) == len(pattern)
            and all(_matches(left, right, imports) for left, right in zip(node, pattern, strict=True))
        )
    return type(node) is type(pattern) and node == pattern


def _takes_any(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value is Ellipsis and not call.keywords
