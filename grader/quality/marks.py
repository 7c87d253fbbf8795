"""Places of a reference that no mutant is made of, with the reason beside each: ``SIZE = 64  # unmutated: any data will do``.

At the end of a line the mark holds for the statement that begins there, of a function or class for its whole body; within a
statement of several lines for that line alone. On a line of its own it holds for the statement below it, on the first line of a
module for all of it.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r"#\s*unmutated:\s*(?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Unmutated:
    """Lines (from 1) that are left as they are, and why."""

    file: str
    first: int
    last: int
    reason: str

    def covers(self, line: int) -> bool:
        return self.first <= line <= self.last


def unmutated(file: str, source: str) -> tuple[Unmutated, ...]:
    """The marked places of a module.

    Raises:
        ValueError: a mark gives no reason, or stands at no statement.
        SyntaxError: the source is no Python.
    """
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    return tuple(_place(file, line, reason, statements, source.count("\n") + 1) for line, reason in _marks(source))


def _place(file: str, line: int, reason: str, statements: list[ast.stmt], source_lines: int) -> Unmutated:
    if not reason:
        raise ValueError(f"{file}:{line}: say why nothing is changed here: `# unmutated: reason`")
    if line == 1:
        return Unmutated(file, 1, source_lines, reason)
    own = [node for node in statements if node.lineno <= line <= _head_end(node)]
    below = [node for node in statements if node.lineno > line]
    chosen = max(own, key=lambda node: node.lineno, default=None) or min(below, key=lambda node: node.lineno, default=None)
    if chosen is None:
        raise ValueError(f"{file}:{line}: there is no statement here or below")
    if chosen.lineno < line and not hasattr(chosen, "body"):
        return Unmutated(file, line, line, reason)
    return Unmutated(file, chosen.lineno, chosen.end_lineno or chosen.lineno, reason)


def _head_end(node: ast.stmt) -> int:
    """The last line of a statement without the block below it."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
        return max(node.lineno, body[0].lineno - 1)
    return node.end_lineno or node.lineno


def _marks(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (found := _MARK.match(token.string)):
            yield token.start[0], found["reason"].strip()
