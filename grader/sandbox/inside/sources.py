"""Answers a `SourceText` probe: the source of a part's cells, or of one function or class."""

from __future__ import annotations

import ast
import inspect
import linecache
import types
from typing import Any

from .state import State

Json = dict[str, Any]
LONGEST = 2**22
BODY_MAGICS = ("time", "timeit", "capture", "prun")
"""Cell magics whose body is Python of the notebook itself."""


def source_of_part(state: State) -> Json:
    """The `Source` of every code cell, magics turned into comments so that line numbers stay."""
    texts = {}
    left = LONGEST
    for cell in state.cells:
        if cell["kind"] == "code":
            key = f"{state.part}#{cell['index']}" if state.kind == "notebook" else state.part
            texts[key] = (without_magics(cell["source"]) if state.kind == "notebook" else cell["source"])[:left]
            left -= len(texts[key])
    return {"type": "source", "texts": texts}


def source_of(thing: Any, name: str, state: State) -> Json | None:
    """The `Source` of a function, method or class; None when it has none that can be found."""
    try:
        text = _class_source(thing) if isinstance(thing, type) else inspect.getsource(inspect.unwrap(thing))
    except (OSError, TypeError, ValueError):
        text = _written_class(thing.__name__, state) if isinstance(thing, type) else ""
    return {"type": "source", "texts": {name: text[:LONGEST]}} if text else None


def _class_source(cls: type) -> str:
    """The source of a class: Python finds one in a file only, so a notebook's class is found through its methods."""
    for member in list(vars(cls).values()):
        function = inspect.unwrap(getattr(member, "__func__", member)) if not isinstance(member, type) else None
        if isinstance(function, types.FunctionType):
            lines = linecache.getlines(function.__code__.co_filename)
            found = _class_lines(lines, cls.__name__, function.__code__.co_firstlineno)
            if found:
                return found
    return inspect.getsource(cls)


def _written_class(name: str, state: State) -> str:
    """The class as a cell has it, the last one of this name: one without methods is found in no other way."""
    for cell in reversed([each for each in state.cells if each["kind"] == "code"]):
        source = without_magics(cell["source"])
        try:
            body = ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in reversed(body):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return ast.get_source_segment(source, node) or ""
    return ""


def _class_lines(lines: list[str], name: str, method_line: int) -> str:
    """The block of `class name` that holds the line of one of its methods."""
    for start in range(min(method_line, len(lines)) - 1, -1, -1):
        stripped = lines[start].lstrip()
        if stripped.startswith(f"class {name}") and not stripped[len(f"class {name}") :][:1].isidentifier():
            return "".join(inspect.getblock(lines[start:]))
    return ""


def without_magics(source: str) -> str:
    """The cell with each magic, shell line and help line as a comment; a cell in another language is all comments."""
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        keeps_body = lines[first][2:].split(" ")[0] in BODY_MAGICS
        body = lines[first + 1 :] if keeps_body else [f"# {line}" for line in lines[first + 1 :]]
        lines = [*lines[:first], f"# {lines[first]}", *body]
    return "\n".join(_commented(line) for line in lines)


def _commented(line: str) -> str:
    stripped = line.lstrip()
    indent = line[: len(line) - len(stripped)]
    if stripped.startswith(("%", "!", "?")) or (stripped.endswith("?") and not stripped.startswith("#")):
        return f"{indent}pass  # {stripped}" if indent else f"# {stripped}"
    if _is_magic_assignment(stripped):
        target = stripped.split("=", 1)[0].strip()
        return f"{indent}{target} = None  # {stripped.split('=', 1)[1].strip()}"
    return line


def _is_magic_assignment(line: str) -> bool:
    target, _, right = line.partition("=")
    return target.strip().replace(",", "").replace(" ", "").isidentifier() and right.strip()[:1] in ("!", "%")
