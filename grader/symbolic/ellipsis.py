"""Dots written out: ``x_{i1} w_{1j} + ... + x_{in} w_{nj}``, ``[z_1, ..., z_m]``, by what changes from item to item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from grader.symbolic.tree import Dots, Name, Node, Number
from grader.symbolic.troubles import NotUnderstood

Sizes = Callable[[Node], int | None]
"""The number that a node stands for as an index (a literal or a dimension), or None."""

MAX_WRITTEN_OUT = 64


def has_dots(items: Sequence[Node]) -> bool:
    return any(isinstance(item, Dots) for item in items)


def written_out(items: Sequence[Node], size_of: Sizes) -> list[Node]:
    """The items with the dots replaced by what they stand for.

    Raises:
        NotUnderstood: when the items around the dots do not show a running number.
    """
    if not has_dots(items):
        return list(items)
    where = next(k for k, item in enumerate(items) if isinstance(item, Dots))
    before, after = list(items[:where]), list(items[where + 1 :])
    if not before or len(after) != 1 or has_dots(after):
        raise NotUnderstood("dots_not_clear")
    first, last = before[0], after[0]
    start, stop = _running(first, last, size_of)
    if len(before) > 1 and _running(first, before[1], size_of)[1] != start + 1:
        raise NotUnderstood("dots_not_clear")
    if not 0 <= stop - start < MAX_WRITTEN_OUT:
        raise NotUnderstood("dots_not_clear")
    kept = before[: stop - start]
    between = [_at(first, last, value, size_of) for value in range(start + len(kept), stop)]
    return [*kept, *between, last]


def _running(first: Node, last: Node, size_of: Sizes) -> tuple[int, int]:
    """The number in the first item and what became of it in the last; it must be the same at every difference."""
    pairs: set[tuple[int, int]] = set()
    _differences(first, last, size_of, pairs)
    if len(pairs) != 1:
        raise NotUnderstood("dots_not_clear")
    return pairs.pop()


def _differences(left: Any, right: Any, size_of: Sizes, into: set[tuple[int, int]]) -> None:
    if left == right:
        return
    if isinstance(left, Number | Name) and isinstance(right, Number | Name):
        one, other = size_of(left), size_of(right)
        if one is None or other is None:
            raise NotUnderstood("dots_not_clear")
        into.add((one, other))
        return
    if type(left) is not type(right):
        raise NotUnderstood("dots_not_clear")
    for a, b in _parts(left, right):
        _differences(a, b, size_of, into)


def _parts(left: Any, right: Any) -> list[tuple[Any, Any]]:
    if isinstance(left, Node):
        return [(getattr(left, f.name), getattr(right, f.name)) for f in fields(left) if f.name != "span"]
    if isinstance(left, tuple) and len(left) == len(right):
        return list(zip(left, right, strict=True))
    raise NotUnderstood("dots_not_clear")


def _at(first: Any, last: Any, value: int, size_of: Sizes) -> Any:
    """The first item with the running number set to the value wherever first and last differ."""
    if first == last:
        return first
    if isinstance(first, Number | Name):
        return Number(Fraction(value), span=first.span)
    if isinstance(first, tuple):
        return tuple(_at(a, b, value, size_of) for a, b in zip(first, last, strict=True))
    changed = {
        f.name: _at(getattr(first, f.name), getattr(last, f.name), value, size_of) for f in fields(first) if f.name != "span"
    }
    return replace(first, **changed)


def matrix_written_out(rows: Sequence[Sequence[Node]], size_of: Sizes) -> list[list[Node]]:
    """The same for a matrix with dots along its rows, its columns and its diagonal."""
    full = [list(row) for row in rows if not all(isinstance(item, Dots) for item in row)]
    dotted_rows = len(full) < len(rows)
    if not dotted_rows and not any(has_dots(row) for row in full):
        return full
    if dotted_rows:
        where = next(k for k, row in enumerate(rows) if all(isinstance(item, Dots) for item in row))
        columns = _dotted_columns(full)
        bare = [[item for c, item in enumerate(row) if c not in columns] for row in full]
        if not 0 < where < len(bare) or not bare[0] or any(len(row) != len(bare[0]) for row in bare):
            raise NotUnderstood("dots_not_clear")
        return _square(bare, where, size_of) if columns else _tall(bare, where, size_of)
    return [written_out(row, size_of) for row in full]


def _dotted_columns(rows: Sequence[Sequence[Node]]) -> set[int]:
    return {c for row in rows for c, item in enumerate(row) if isinstance(item, Dots)}


def _tall(rows: list[list[Node]], where: int, size_of: Sizes) -> list[list[Node]]:
    turned = [[row[c] for row in rows] for c in range(len(rows[0]))]
    columns = [written_out([*column[:where], Dots(), *column[where:]], size_of) for column in turned]
    return [list(row) for row in zip(*columns, strict=True)]


def _square(rows: list[list[Node]], where: int, size_of: Sizes) -> list[list[Node]]:
    """A square display of corners: literally when it has all rows, else a diagonal or a running pattern in both directions."""
    corner = rows[0][0]
    start, stop = _running(corner, rows[-1][-1], size_of)
    size = stop - start + 1
    if size == len(rows):
        return rows
    off = {item for r, row in enumerate(rows) for c, item in enumerate(row) if r != c}
    if len(off) == 1:
        zero = off.pop()
        diagonal = written_out([*(rows[k][k] for k in range(where)), Dots(), rows[-1][-1]], size_of)
        return [[diagonal[r] if r == c else zero for c in range(size)] for r in range(size)]
    if size < len(rows):
        raise NotUnderstood("dots_not_clear")
    wide = [written_out([*row[:where], Dots(), *row[where:]], size_of) for row in rows]
    return _tall(wide, where, size_of)
