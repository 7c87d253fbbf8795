"""A student's tables as rows, in whatever form they were handed in: dicts, rows, columns, records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

KEYS = ("lr", "rate", "learningrate")
ACCURACY = ("testaccuracy", "testacc", "accuracy", "acc")
EPOCH = ("epochs", "epoch", "convergedepoch", "epochconverged")


@dataclass(frozen=True)
class Row:
    """One line of a table: an accuracy as it was written, a share or a percentage, and the epochs where they are told."""

    accuracy: float
    epochs: float | None = None


Rows = dict[float, Row]
"""Lines by learning rate."""


def number(thing: Any) -> float:
    """A number, also one in a string or with a percent sign, which makes it a share.

    Raises:
        ValueError: it is none.
    """
    text = str(np.asarray(thing).item() if not isinstance(thing, str) else thing).strip()
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def rows_of(table: Any) -> Rows:
    """The lines of a table by learning rate.

    Raises:
        ValueError: it is no table of learning rates and numbers, or has a rate twice.
    """
    pairs = [(number(key), row_of(cells)) for key, cells in lines(table)]
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a learning rate stands in two lines")
    return found


def lines(table: Any) -> Iterable[tuple[Any, Any]]:
    """Pairs of a learning rate and what belongs to it."""
    if isinstance(table, Mapping):
        columns = {plain(name): cells for name, cells in table.items()}
        key = next((name for name in KEYS if name in columns), None)
        return zip(columns.pop(key), records(columns), strict=True) if key else table.items()
    items = list(table)
    if items and all(isinstance(item, Mapping) for item in items):
        return [taken(item) for item in items]
    return [(item[0], list(item[1:])) for item in items]


def taken(record: Mapping[Any, Any]) -> tuple[Any, dict[str, Any]]:
    """The learning rate of a record, and the rest of it."""
    cells = {plain(name): value for name, value in record.items()}
    key = next((name for name in (*KEYS, "") if name in cells), None)
    if key is None:
        raise ValueError(f"no learning rate among {', '.join(map(str, record))}")
    return cells.pop(key), cells


def records(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def row_of(cells: Any) -> Row:
    """A number, numbers in the order of the task (accuracy, epochs), or cells by name."""
    if isinstance(cells, Mapping):
        named = {plain(name): value for name, value in cells.items()}
        accuracy = next(named[name] for name in ACCURACY if name in named)
        epochs = next((named[name] for name in EPOCH if name in named), None)
        return Row(number(accuracy), None if epochs is None else number(epochs))
    values = [number(value) for value in (cells if isinstance(cells, list | tuple | np.ndarray) else [cells])]
    return Row(values[0], values[1] if len(values) > 1 else None)


def plain(name: Any) -> str:
    """A column's name without case, blanks and units."""
    return "".join(letter for letter in str(name).partition("(")[0].lower() if letter.isalpha())


def shares(values: Iterable[float]) -> list[float]:
    """Accuracies as shares of 1: percentages, if any of them is above 1, and as they are otherwise."""
    found = list(values)
    return [value / 100 for value in found] if any(value > 1 for value in found) else found


def curves_of(histories: Any) -> dict[float, list[float]]:
    """Curves by learning rate."""
    return {number(rate): [number(value) for value in np.asarray(curve).reshape(-1)] for rate, curve in histories.items()}
