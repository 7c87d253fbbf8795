"""An answer as it is shown: what was captured, as pieces of text, code, pictures and tables; never as a student's HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from grader.checks.literals import as_text, describe
from grader.model.evidence import Capture, CaptureStatus
from grader.model.values import (
    Array,
    Axes,
    Calls,
    Content,
    Figure,
    Network,
    Output,
    Ran,
    Section,
    Several,
    Source,
    Table,
    Text,
    Value,
)
from grader.reports.filters import traceback

LONGEST = 20_000
MOST = 12
LARGEST_PICTURE = 8 * 2**20
_SIGNS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""The first bytes of the pictures that are shown; an SVG may hold a script, and is not."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that some student's code made, as bytes of a type that browsers only draw."""

    data: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to look at; `about` says what it is or where it stood."""

    kind: Literal["prose", "code", "plain", "picture", "table", "missing"]
    about: str = ""
    text: str = ""
    picture: Picture | None = None
    table: Table | None = None


def picture(data: bytes) -> Picture | None:
    """The bytes as a picture, if they begin like one and are not too many."""
    kind = next((kind for sign, kind in _SIGNS.items() if data.startswith(sign)), "")
    return Picture(data, kind) if kind and len(data) <= LARGEST_PICTURE else None


def pieces_of(captures: Sequence[Capture]) -> tuple[Piece, ...]:
    """What there is to see of an answer; of captures without a value, why, where none has one."""
    found = [piece for capture in captures if capture.value is not None for piece in _pieces(capture.value)]
    return tuple(found[:MOST] or dict.fromkeys(_absent(capture) for capture in captures))


def _absent(capture: Capture) -> Piece:
    if capture.status is CaptureStatus.RAISED and capture.error is not None:
        return Piece("plain", "It raised an exception", traceback(capture.error)[:LONGEST])
    words = {
        CaptureStatus.MISSING: "It was not found",
        CaptureStatus.TIMED_OUT: "It took too long and was stopped",
        CaptureStatus.BOX_FAILED: "The box failed, which is no fault of the student's",
    }
    looked_for = f"looked for: {', '.join(capture.looked_for)}" if capture.looked_for else capture.detail
    return Piece("missing", words.get(capture.status, "It holds nothing"), looked_for)


def _pieces(value: Value) -> Iterator[Piece]:
    if isinstance(value, Several):
        for item in value.items:
            yield from _pieces(item)
    elif isinstance(value, Figure):
        yield from _figure(value)
    elif isinstance(value, Content):
        yield _content(value)
    elif isinstance(value, Source):
        yield from (Piece("code", name, text[:LONGEST]) for name, text in value.texts.items())
    elif isinstance(value, Output):
        yield from (
            Piece("plain", f"printed by {place_name(p.part, p.cell)}", p.text[:LONGEST]) for p in value.printed if p.text.strip()
        )
    else:
        yield _one(value)


def _one(value: Value) -> Piece:
    if isinstance(value, Section):
        return Piece("prose", f"under “{value.heading}” in {value.part}" if value.heading else value.part, value.text)
    if isinstance(value, Text):
        return Piece("prose", "", value.text)
    if isinstance(value, Table):
        return Piece("table", value.caption, table=value)
    if isinstance(value, Ran):
        return Piece(
            "plain", f"the program ended with exit code {value.exit_code}", f"{value.stdout}\n{value.stderr}".strip()[:LONGEST]
        )
    if isinstance(value, Calls):
        return Piece("plain", f"results of {len(value.outcomes)} calls", "\n".join(_outcomes(value))[:LONGEST])
    if isinstance(value, Array):
        return Piece(
            "plain", describe(value), np.array2string(value.data, precision=6, threshold=200, edgeitems=4, max_line_width=100)
        )
    if isinstance(value, Network):
        return Piece("plain", f"the network {value.python}", "\n".join(_layers(value))[:LONGEST])
    text = as_text(value, 2_000)
    return Piece("plain", describe(value), "" if text == describe(value) else text)


def _layers(value: Network) -> Iterator[str]:
    for layer in value.layers:
        if layer.leaf:
            count = sum(parameter.count for parameter in layer.parameters)
            shape = f" -> {layer.output_shapes[0]}" if layer.output_shapes else ""
            yield f"{layer.name}: {layer.kind}{shape}" + (f", {count:,} parameters" if count else "")
    if value.error is not None:
        yield traceback(value.error)


def _outcomes(value: Calls) -> Iterator[str]:
    for outcome in value.outcomes[:MOST]:
        yield traceback(outcome.error) if outcome.error else as_text(outcome.value, 1_000) if outcome.value else "nothing"


def _figure(value: Figure) -> Iterator[Piece]:
    where = f"drawn in {place_name(value.part, value.cell)}" if value.part else "a figure"
    drawn = picture(value.png.tobytes()) if value.png is not None else None
    says = "\n".join(line for axes in value.axes for line in _axes(axes))
    yield Piece("picture", where, says, drawn) if drawn else Piece("plain", where, says)


def _axes(axes: Axes) -> Iterator[str]:
    labels = {"title": axes.title, "x": axes.xlabel, "y": axes.ylabel, "legend": ", ".join(axes.legend)}
    said = "; ".join(f"{name}: {text}" for name, text in labels.items() if text)
    drawn = {"lines": len(axes.lines), "scatters": len(axes.points), "bar charts": len(axes.bars), "pictures": len(axes.pictures)}
    counted = ", ".join(f"{count} {name}" for name, count in drawn.items() if count)
    yield " | ".join(each for each in (counted or "empty axes", said) if each)


def _content(value: Content) -> Piece:
    data = value.data.tobytes()
    about = f"the file {value.name}, {value.size:,} bytes"
    if drawn := picture(data):
        return Piece("picture", about, "", drawn)
    text = data[:LONGEST].decode("utf-8", "replace")
    return Piece("plain", about, "" if text.count("\ufffd") > len(text) // 20 else text)


def place_name(part: str, cell: int | None) -> str:
    """``cell 5 of hw1.ipynb``, or the file alone; cells are counted from 1 for people."""
    return part if cell is None else f"cell {cell + 1} of {part}"


def blinded(piece: Piece, strike: Callable[[str], str]) -> Piece:
    """The piece without words that tell whose it is. Pictures stay."""
    table = piece.table
    if table is not None:
        rows = tuple(tuple(strike(cell) for cell in row) for row in table.rows)
        table = table.model_copy(
            update={"columns": tuple(map(strike, table.columns)), "rows": rows, "caption": strike(table.caption)}
        )
    return replace(piece, about=strike(piece.about), text=strike(piece.text), table=table)
