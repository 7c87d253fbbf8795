"""The cells in which an answer stands, with what they gave when they ran; never as a student's HTML."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.model.evidence import Capture, CellRun, Evidence
from grader.model.submission import Cell, Submission
from grader.model.values import Section
from grader.reports.filters import cell_name, traceback
from grader.web.pieces import LARGEST_PICTURE, LONGEST, MOST, Picture, Piece, blinded, picture, place_name


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of the submission with what it gave when it ran."""

    name: str
    is_code: bool
    source: str
    outputs: tuple[Piece, ...] = ()


def cells_of(submission: Submission, evidence: Evidence, captures: Sequence[Capture]) -> tuple[ShownCell, ...]:
    """The cells in which the answer stands, and those of its section, each with what it gave."""
    wanted = set(_wanted(captures))
    if not wanted:
        return ()
    runs = {(run.part, run.cell): run for run in evidence.run.cells}
    found = [
        _shown(cell, part.path, runs.get((part.path, cell.index if part.kind == "notebook" else None)), part.kind == "notebook")
        for part in submission.parts
        if part.kind != "document"
        for cell in part.cells
        if (part.path, cell.index) in wanted or (part.kind == "module" and any(path == part.path for path, _ in wanted))
    ]
    return tuple(found[:MOST])


def _wanted(captures: Sequence[Capture]) -> Iterator[tuple[str, int]]:
    for capture in captures:
        if isinstance(capture.value, Section):
            yield from ((capture.value.part, number) for number in capture.value.cells)
        elif capture.place.part:
            yield capture.place.part, capture.place.cell or 0


def _shown(cell: Cell, part: str, run: CellRun | None, is_notebook: bool) -> ShownCell:
    outputs = tuple(_outputs(run)) if run is not None else ()
    name = place_name(part, cell.index if is_notebook else None)
    return ShownCell(name, cell.kind == "code", cell.source[:LONGEST], outputs[:MOST])


def _outputs(run: CellRun) -> Iterator[Piece]:
    """Streams, the pictures and plain texts of rich outputs, and the exception."""
    for about, text in (("printed", run.stdout), ("warnings and errors", run.stderr)):
        if text:
            yield Piece("plain", about, text[:LONGEST])
    for data in _rich(run.outputs):
        drawn = next((_decoded(data[kind]) for kind in ("image/png", "image/jpeg") if isinstance(data.get(kind), str)), None)
        if drawn is not None:
            yield Piece("picture", f"drawn in {cell_name(run)}", "", drawn)
        elif isinstance(data.get("text/plain"), str):
            yield Piece("plain", "output", data["text/plain"][:LONGEST])
    if run.error is not None:
        yield Piece("plain", "exception", traceback(run.error)[:LONGEST])


def _rich(outputs: str) -> Iterator[dict[str, str]]:
    """The data of rich outputs that are well-formed; what the box sent is not trusted to be."""
    try:
        found = json.loads(outputs)
    except (ValueError, RecursionError):
        return
    for output in found if isinstance(found, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict):
            yield data


def _decoded(text: str) -> Picture | None:
    try:
        return picture(base64.b64decode(text[: LARGEST_PICTURE * 4 // 3 + 4], validate=False))
    except ValueError:
        return None


def without_what_is_shown(cells: Sequence[ShownCell], pieces: Sequence[Piece]) -> tuple[ShownCell, ...]:
    """The cells but for texts that are among the pieces already."""
    shown = [text for piece in pieces if piece.kind == "prose" and (text := " ".join(piece.text.split()))]

    def is_shown(cell: ShownCell) -> bool:
        source = " ".join(cell.source.split())
        return not cell.is_code and any(source in text or text in source for text in shown)

    return tuple(cell for cell in cells if not is_shown(cell))


def blinded_cell(cell: ShownCell, strike: Callable[[str], str]) -> ShownCell:
    """The cell without words that tell whose it is."""
    outputs = tuple(blinded(piece, strike) for piece in cell.outputs)
    return replace(cell, name=strike(cell.name), source=strike(cell.source), outputs=outputs)
