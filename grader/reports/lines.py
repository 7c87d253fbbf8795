"""Lines of a student's files: where a cell's source stands in a notebook's JSON, and where a name is defined."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TypeGuard

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


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
    walk = _Walk()
    line, at = 1, 0
    for match in _PIECE.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        if walk.takes(match[0]) and walk.is_source(cell):
            lines = len(_string(match[0]).splitlines())
            found += [line] * (1 if walk.path[-1].is_list else max(1, lines))
    return tuple(found)


class _Walk:
    """Where in a JSON text one is, piece by piece."""

    def __init__(self) -> None:
        self.path: list[_Level] = []
        self._is_key = False

    def takes(self, piece: str) -> bool:
        """Go on by one piece; whether it is a string that is a value."""
        if piece in ("{", "["):
            self.path.append(_Level(piece == "[", 0 if piece == "[" else ""))
        elif piece in ("}", "]"):
            self.path = self.path[:-1]
        elif piece == "," and self.path:
            top = self.path[-1]
            self.path[-1] = _Level(top.is_list, int(top.key) + 1 if top.is_list else "")
        elif piece.startswith('"') and self._is_key and self.path:
            self.path[-1] = _Level(False, _string(piece))
            return False
        if piece in ("{", "[", ",", ":"):
            self._is_key = piece != ":" and bool(self.path) and not self.path[-1].is_list
        return piece.startswith('"')

    def is_source(self, cell: int) -> bool:
        keys = [level.key for level in self.path]
        return keys[:3] == ["cells", cell, "source"] and len(keys) in (3, 4)


def _string(piece: str) -> str:
    try:
        return str(json.loads(piece))
    except ValueError:
        return piece


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
    return max([1, *(node.lineno for node in ast.walk(tree) if _defines(node, root))])


def _defines(node: ast.AST, name: str) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Name]:
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Store)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name
