"""Between plain Python and `Value`: literals of a rubric in, and numbers, arrays, rows and text out of what was seen."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.model.values import (
    Array,
    Network,
    Opaque,
    Output,
    Pair,
    Record,
    Scalar,
    Section,
    Sequence,
    Source,
    Table,
    Text,
    Value,
)

Number: TypeAlias = int | float | complex

UNORDERED = ("set", "frozenset")
DEEPEST = 12
"""Nesting beyond this is no array anyone hands in."""

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,40})?(\.\d{0,40})?([eE][+-]?\d{1,3})?")
_FRACTION = re.compile(r"([+-]?\d{1,15})\s*/\s*(\d{1,15})")


def to_value(thing: Any) -> Value:
    """The `Value` for a literal: numbers, text, lists and dicts; nested lists of numbers become a float64 array.

    Raises:
        ValueError: for anything else.
    """
    if thing is None or isinstance(thing, bool | int | float):
        return Scalar(value=thing, python=type(thing).__name__)
    if isinstance(thing, str):
        return Text(text=thing, length=len(thing))
    if isinstance(thing, np.ndarray):
        return Array(data=thing, dtype=str(thing.dtype))
    if isinstance(thing, np.generic):
        return to_value(thing.item())
    if isinstance(thing, list | tuple):
        return _list_value(thing)
    if isinstance(thing, dict):
        entries = tuple(Pair(key=to_value(key), value=to_value(value)) for key, value in thing.items())
        return Record(python="dict", entries=entries, length=len(entries))
    raise ValueError(f"no literal: {type(thing).__name__}")


def _list_value(items: list[Any] | tuple[Any, ...]) -> Value:
    if items and _is_rectangle_of_numbers(items):
        data = np.array(items, dtype=np.float64)
        return Array(data=data, dtype="float64")
    return Sequence(python=type(items).__name__, items=tuple(to_value(item) for item in items), length=len(items))


def _is_rectangle_of_numbers(thing: Any) -> bool:
    if isinstance(thing, bool) or not isinstance(thing, int | float | list | tuple):
        return False
    if isinstance(thing, float):
        return True
    if isinstance(thing, int):
        return abs(thing) < 2**1000  # what float64 can hold
    sizes = {len(item) if isinstance(item, list | tuple) else -1 for item in thing}
    return len(sizes) == 1 and sizes != {0} and all(_is_rectangle_of_numbers(item) for item in thing) and _is_even(thing)


def _is_even(items: list[Any] | tuple[Any, ...]) -> bool:
    """All items have the same nesting, not only the same length."""
    shapes = {_shape(item) for item in items}
    return len(shapes) == 1


def _shape(thing: Any) -> tuple[int, ...]:
    return (len(thing), *_shape(thing[0])) if isinstance(thing, list | tuple) and thing else ()


def from_value(value: Value) -> Any:
    """Python and numpy objects for a value; what has no plain counterpart (networks, figures) stays as it is."""
    if isinstance(value, Scalar):
        return _complex(value) if value.imaginary else value.value
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Array):
        return value.data
    if isinstance(value, Sequence):
        items = [from_value(item) for item in value.items]
        return tuple(items) if value.python == "tuple" else items
    if isinstance(value, Record):
        return {key_text(pair.key): from_value(pair.value) for pair in value.entries}
    return value


def _complex(scalar: Scalar) -> complex:
    try:
        return complex(float(scalar.value or 0), scalar.imaginary)
    except OverflowError:
        return complex(math.inf, scalar.imaginary)


def key_text(key: Value) -> str:
    """A mapping's key as text: ``W1``, ``0``."""
    return as_text(key)


def as_number(value: Value) -> Number | None:
    """The one number in a value: scalars, arrays and lists of one entry, numeric text; None if there is none. Bools are none."""
    if isinstance(value, Scalar):
        if value.value is None or isinstance(value.value, bool):
            return None
        return _complex(value) if value.imaginary else value.value
    if isinstance(value, Text):
        return parse_number(value.text)
    if isinstance(value, Sequence) and value.length == 1 and len(value.items) == 1:
        return as_number(value.items[0])
    if isinstance(value, Array) and value.data.size == 1 and value.data.dtype.kind in "iufc":
        number: Number = value.data.reshape(()).item()
        return number if isinstance(number, int | float | complex) else float(number)
    return None


def parse_number(text: str) -> Number | None:
    """The number that a text consists of: ``14.5``, ``-1e-3``, ``1,228,800``, ``1/2``; None for any other text."""
    bare = text.strip().replace("−", "-").strip("$").strip()
    if len(bare) > 100:
        return None
    if fraction := _FRACTION.fullmatch(bare):
        return int(fraction[1]) / int(fraction[2]) if int(fraction[2]) else None
    if not any(c.isdigit() for c in bare) or not _NUMBER.fullmatch(bare):
        return None
    plain = bare.replace(",", "")
    try:
        return int(plain) if plain.lstrip("+-").isdigit() else float(plain)
    except ValueError:
        return None


def as_array(value: Value) -> NDArray[Any] | None:
    """The numeric array in a value: arrays, numbers, bools, nested lists of them; None if it is none, ragged or cut off."""
    return _array(value, DEEPEST)


def _array(value: Value, depth: int) -> NDArray[Any] | None:
    if isinstance(value, Array):
        return value.data if value.data.dtype.kind in "biufc" else None
    if isinstance(value, Scalar):
        number = from_value(value)
        array = None if number is None else np.asarray(number)
        return array if array is not None and array.dtype.kind in "biufc" else None
    if not isinstance(value, Sequence) or depth == 0 or value.python in UNORDERED or is_cut(value):
        return None
    items = [_array(item, depth - 1) for item in value.items]
    present = [item for item in items if item is not None]
    if len(present) < len(items) or len({item.shape for item in present}) > 1:
        return None
    return np.stack(present) if present else np.zeros(0)


def flat_numbers(value: Value) -> NDArray[Any] | None:
    """All numbers in a value in their order, whatever its nesting: ``(w0, [w1, w2])`` is three numbers."""
    array = as_array(value)
    if array is not None:
        return array.reshape(-1)
    if not isinstance(value, Sequence) or value.python in UNORDERED or is_cut(value):
        number = as_number(value)
        return None if number is None else np.asarray([number])
    parts = [flat_numbers(item) for item in value.items]
    present = [part for part in parts if part is not None]
    return np.concatenate(present) if present and len(present) == len(parts) else None


def as_rows(value: Value) -> Table | None:
    """A value as a table of cell texts: tables, lists of dicts or of lists, dicts of columns, matrices; None for others."""
    if isinstance(value, Table):
        return value
    if isinstance(value, Array) and value.data.ndim == 2:
        return _table((), ([str(cell) for cell in row] for row in value.data.tolist()))
    if isinstance(value, Record):
        return _columns(value)
    if not isinstance(value, Sequence) or not value.items:
        return None
    if all(isinstance(item, Record) for item in value.items):
        return _records([item for item in value.items if isinstance(item, Record)])
    if all(isinstance(item, Sequence) for item in value.items):
        return _table((), ([as_text(cell) for cell in row.items] for row in value.items if isinstance(row, Sequence)))
    return None


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    return Table(columns=tuple(columns), rows=tuple(tuple(row) for row in rows), source="list")


def _columns(record: Record) -> Table | None:
    """A dict of columns of one length, or a dict of rows by label."""
    cells = [pair.value for pair in record.entries]
    if cells and all(isinstance(cell, Record) for cell in cells):
        table = _records([cell for cell in cells if isinstance(cell, Record)])
        labels = (key_text(pair.key) for pair in record.entries)
        return _table(("", *table.columns), ((label, *row) for label, row in zip(labels, table.rows, strict=True)))
    columns = [[as_text(item) for item in _items(cell)] for cell in cells]
    if not columns or len({len(column) for column in columns}) > 1 or not columns[0]:
        return None
    return _table((key_text(pair.key) for pair in record.entries), zip(*columns, strict=True))


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Sequence):
        return value.items
    if isinstance(value, Array) and value.data.ndim == 1:
        return tuple(to_value(item) for item in value.data.tolist() if isinstance(item, bool | int | float | str))
    return ()


def _records(rows: list[Record]) -> Table:
    columns = list(dict.fromkeys(key_text(pair.key) for row in rows for pair in row.entries))
    cells = [{key_text(pair.key): as_text(pair.value) for pair in row.entries} for row in rows]
    return _table(columns, ([row.get(column, "") for column in columns] for row in cells))


def as_text(value: Value, limit: int = 2000) -> str:
    """A value as text: a string or a section itself, anything else as Python would print it; at most `limit` characters."""
    return _text(value, limit)[:limit]


def _text(value: Value, limit: int) -> str:
    if isinstance(value, Text | Section):
        return value.text
    if isinstance(value, Output):
        return "\n".join(printed.text for printed in value.printed)
    if isinstance(value, Source):
        return "\n".join(value.texts.values())
    if isinstance(value, Array):
        return str(value.data.tolist()) if value.data.size <= limit else f"array of shape {value.shape}"
    if isinstance(value, Sequence):
        inner = ", ".join(as_text(item, limit) for item in value.items[:limit])
        return f"({inner})" if value.python in ("tuple", "Size", "torch.Size") else f"[{inner}]"
    if isinstance(value, Table):
        return "\n".join(" | ".join(row) for row in (value.columns, *value.rows))
    if isinstance(value, Scalar):
        return str(from_value(value))
    return value.repr if isinstance(value, Opaque) else describe(value)


def describe(value: Value | None) -> str:
    """What a value is, in the student's terms: ``float``, ``list of 3``, ``torch tensor (2, 3) float32``."""
    if value is None:
        return "nothing"
    if isinstance(value, Array):
        name = {"torch": "torch tensor", "numpy": "numpy array"}.get(value.library, "array")
        return f"{name} {value.shape} {value.dtype or value.data.dtype}"
    if isinstance(value, Scalar):
        return value.python or type(value.value).__name__
    if isinstance(value, Sequence | Record):
        return f"{value.python} of {value.length}"
    if isinstance(value, Opaque | Network):
        return value.python
    return {"text": "str", "calls": "results of calls", "output": "printed text"}.get(value.type, value.type)


def is_cut(value: Value) -> bool:
    """Only the beginning of it was carried out of the box."""
    if isinstance(value, Sequence):
        return len(value.items) < value.length or any(is_cut(item) for item in value.items)
    if isinstance(value, Record):
        return len(value.entries) < value.length or any(is_cut(pair.value) for pair in value.entries)
    return isinstance(value, Text) and value.length > len(value.text)


def fact(thing: Any, largest: int = 24) -> Any:
    """A thing as JSON for a reason's facts: small arrays as lists, large ones by shape, NaN and infinity by name."""
    if isinstance(thing, np.ndarray):
        return fact(thing.tolist()) if thing.size <= largest else f"array of shape {thing.shape}"
    if isinstance(thing, np.generic):
        return fact(thing.item())
    if isinstance(thing, list | tuple):
        return [fact(item) for item in thing]
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else str(thing)
    return thing if thing is None or isinstance(thing, bool | int | str) else str(thing)
