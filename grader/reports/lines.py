"""Lines of a student's files: where a cell's source stands in a notebook's JSON, and where a name is defined."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


@dataclass(frozen=True, slots=True)
class _Level:
    """An open bracket of the JSON text: its kind, and the key or index now at hand."""

    is_list: bool
    key: str | int


def source_lines(text: str, cell: int) -> tuple[int, ...]:
    """The line (from 1) of the notebook file for each line of that cell's source; empty where the cell has none.

    A source kept as one string stands on one line, then all its lines do.
    """
    found: list[int] = []
    path: list[_Level] = []
    is_key = False
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        line, at = line + text.count("\n", at, match.start()), match.start()
        if token in "{[":
            path.append(_Level(token == "[", 0 if token == "[" else ""))
            is_key = token == "{"
        elif token in "}]":
            path = path[:-1]
        elif token == ",":
            if path:
                path[-1] = _Level(path[-1].is_list, int(path[-1].key) + 1 if path[-1].is_list else "")
                is_key = not path[-1].is_list
        elif token == ":":
            is_key = False
        elif is_key and path and token.startswith('"'):
            path[-1] = _Level(False, _string(token))
        elif token.startswith('"') and _is_source(path, cell):
            found += [line] * max(1, _string(token).count("\n") if path[-1].is_list else len(_string(token).splitlines()))
    return tuple(found)


def _string(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token


def _is_source(path: list[_Level], cell: int) -> bool:
    keys = [level.key for level in path]
    return keys[:3] == ["cells", cell, "source"] and len(keys) in (3, 4)


def line_in_notebook(text: str, cell: int, line: int) -> int:
    """The file's line of a line (from 1) of a cell's source; the nearest there is, 1 where there is none."""
    lines = source_lines(text, cell)
    return lines[min(max(line, 1), len(lines)) - 1] if lines else 1


def line_of_name(source: str, name: str) -> int:
    """The last line (from 1) that defines or assigns this name; 1 where none does, or the source cannot be read."""
    root = re.split(r"[.\[]", name, maxsplit=1)[0]
    try:
        tree = ast.parse("\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 1
    found = [1]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and node.name == root:
            found.append(node.lineno)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == root:
            found.append(node.lineno)
    return max(found)
