"""Data drawn in a figure, and whether it is what a student's own variable holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import Closeness, compare
from grader.checks.literals import as_array
from grader.model.values import Axes, Bars, Line, Points, Record, Value
from grader.model.values import Sequence as Items

Numbers: TypeAlias = NDArray[np.float64]
Match: TypeAlias = Literal["same", "log10", "ln", ""]

MOST_CURVES = 200
STRAYS = 0.02
"""Share of the data that may fall into the neighbouring bar: edges are rounded to the data's own precision."""


def numbers(data: NDArray[Any]) -> Numbers:
    """Drawn data as a flat array of floats; empty when it is none."""
    return data.astype(np.float64).reshape(-1) if data.dtype.kind in "biuf" else np.zeros(0)


def is_marks_only(line: Line) -> bool:
    """A line of markers without a stroke: points."""
    return not line.style and bool(line.marker)


def curves_in(value: Value) -> tuple[tuple[Numbers, ...], ...]:
    """The sets of curves a variable may stand for, any of which may be drawn; () if it holds none.

    A vector is one curve, a matrix its rows or its columns, a dict or a ragged list its entries.
    """
    array = as_array(value)
    if array is not None:
        return _of_array(array)
    entries = _entries(value)
    parts = [as_array(entry) for entry in entries[:MOST_CURVES]]
    curves = [
        part.astype(np.float64).reshape(-1) for part in parts if part is not None and part.size > 1 and part.dtype.kind != "c"
    ]
    return (tuple(curves),) if curves and len(curves) == len(parts) else ()


def _entries(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Record):
        return tuple(pair.value for pair in value.entries)
    return value.items if isinstance(value, Items) else ()


def _of_array(array: NDArray[Any]) -> tuple[tuple[Numbers, ...], ...]:
    if array.dtype.kind == "c" or not array.size:
        return ()
    flat = np.squeeze(array).astype(np.float64)
    if flat.ndim < 2:
        return ((flat.reshape(-1),),)
    if flat.ndim > 2:
        return ((flat.reshape(-1),),)
    sides = (flat, flat.T)
    return tuple(tuple(np.ascontiguousarray(row) for row in side) for side in sides if len(side) <= MOST_CURVES)


def drawn_in(axes: Axes, choices: Sequence[Sequence[Numbers]], close: Closeness) -> Match:
    """How one of the sets of curves is drawn in these axes, every curve of it: as it is, as a logarithm, or not ("")."""
    shown = list(_shown(axes))
    for curves in choices:
        if all(_is_among(curve, shown, close) or _is_counted(curve, axes.bars) for curve in curves):
            return "same"
    with np.errstate(all="ignore"):
        scales: tuple[tuple[Match, Any], ...] = (("log10", np.log10), ("ln", np.log))
        for name, function in scales:
            if any(all(_is_among(function(curve), shown, close) for curve in curves) for curves in choices):
                return name
    return ""


def _shown(axes: Axes) -> Iterator[Numbers]:
    marks: tuple[Line | Points, ...] = (*axes.lines, *axes.points)
    for drawn in marks:
        for data in (drawn.y, drawn.z, drawn.x):
            if data is not None:
                yield numbers(data)


def _is_among(curve: Numbers, shown: Sequence[Numbers], close: Closeness) -> bool:
    return any(compare(data, curve, close) is None for data in shown)


def _is_counted(data: Numbers, bars: Sequence[Bars]) -> bool:
    """The bars of one histogram are the counts, or the density, of this data."""
    data = data[np.isfinite(data)]
    return bool(data.size) and any(_counts(data, each) for each in bars if each.histogram)


def _counts(data: Numbers, bars: Bars) -> bool:
    left, width, height = numbers(bars.left), numbers(bars.width), numbers(bars.height)
    if not left.size or not left.size == width.size == height.size or not np.isfinite([left, width, height]).all():
        return False
    edges = np.append(left, left[-1] + width[-1])
    if not (np.diff(edges) > 0).all():
        return False
    counts = np.histogram(data, edges)[0]
    total = height @ width
    for heights in (height, height * width / total * data.size if total > 0 else height):
        if np.abs(heights - counts).sum() <= 2 * STRAYS * data.size and abs(heights.sum() - data.size) <= STRAYS * data.size:
            return True
    return False
