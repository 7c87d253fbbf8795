"""An instructor's notebook or module to the students' skeleton: solutions and outputs out, answer places marked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.errors import UsageError
from grader.intake.notebooks import NotebookFault, read_notebook
from grader.release.regions import CODE_PROMPT, TEXT_PROMPT, RegionFault, Stripped, strip_regions

REMOVED_TAGS = frozenset({"remove-cell", "remove_cell", "instructor-only"})
SOLUTION_TAGS = frozenset({"solution", "solutions"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a skeleton."""

    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What is handed out, and how many solutions were taken out of it."""

    text: str
    solutions: int


def module_skeleton(source: str, path: str) -> Skeleton:
    """A module without its marked solutions.

    Raises:
        UsageError: a mark lacks its other half, or nothing is marked: the skeleton would be the solution.
    """
    stripped = _strip(source, path, prose=False)
    _refuse_unmarked(stripped.solutions, path)
    return Skeleton(stripped.source.rstrip("\n") + "\n", stripped.solutions)


def notebook_skeleton(data: bytes, path: str) -> Skeleton:
    """A notebook without its marked solutions, outputs and metadata.

    Raises:
        UsageError: it is no notebook, a mark lacks its other half, or nothing is marked.
    """
    try:
        part = read_notebook(data, path)
    except NotebookFault as fault:
        raise UsageError(f"{path}: {fault.text}") from fault
    raw = json.loads(data.decode("utf-8-sig"))
    metadata = [cell.get("metadata") or {} for cell in raw.get("cells", [])] or [{}] * len(part.cells)
    walk = _Cells(path)
    cells = [
        kept
        for cell, about in zip(part.cells, metadata, strict=False)
        for kept in walk.take(cell.index, Cell(cell.kind, cell.source), about)
    ]
    walk.finish()
    _refuse_unmarked(walk.solutions, path)
    return Skeleton(write_notebook(cells, part.language), walk.solutions)


def write_notebook(cells: Sequence[Cell], language: str = "python") -> str:
    """These cells as a notebook (nbformat 4.5), with no outputs; cell ids are their numbers, so that it is the same each time."""
    made = [_as_json(index, cell) for index, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"} if language == "python" else {}
    metadata: dict[str, Any] = {"language_info": {"name": language}}
    if kernel:
        metadata["kernelspec"] = kernel
    notebook = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _as_json(index: int, cell: Cell) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": cell.kind, "id": f"cell-{index + 1}", "metadata": {}}
    made["source"] = cell.source.splitlines(keepends=True)
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


class _Cells:
    """Cell by cell through one notebook; otter's raw cells open and close blocks of cells."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.solutions = 0
        self._block = ""
        self._since = 0

    def take(self, index: int, cell: Cell, metadata: dict[str, Any]) -> Iterator[Cell]:
        tags = {str(tag) for tag in metadata.get("tags") or ()}
        if cell.kind == "raw" and self._turns(index, cell.source):
            return
        if tags & REMOVED_TAGS or self._block == "TESTS":
            return
        stripped = _strip(cell.source, f"{self.path}, cell {index + 1}", prose=cell.kind != "code")
        self.solutions += stripped.solutions
        whole = bool(tags & SOLUTION_TAGS) or self._block == "SOLUTION" or _is_nbgrader_solution(metadata)
        if not whole or stripped.solutions:
            yield Cell(cell.kind, stripped.source)
            return
        self.solutions += 1
        yield Cell(cell.kind, CODE_PROMPT if cell.kind == "code" else _with_headings(cell.source))

    def _turns(self, index: int, source: str) -> bool:
        """Whether a raw cell is one of otter's marks; then the block it opens or closes is noted."""
        first = source.strip().splitlines()[0].lstrip("# ").upper() if source.strip() else ""
        if first in ("BEGIN SOLUTION", "BEGIN TESTS"):
            self._block, self._since = first.removeprefix("BEGIN "), index
        elif first in ("END SOLUTION", "END TESTS"):
            self._block = ""
        return first.startswith(("BEGIN ", "END ", "ASSIGNMENT CONFIG"))

    def finish(self) -> None:
        if self._block:
            raise UsageError(f"{self.path}, cell {self._since + 1}: BEGIN {self._block} is never closed")


def _is_nbgrader_solution(metadata: dict[str, Any]) -> bool:
    """A cell that nbgrader knows as a student's: without marks inside, all of it is the solution."""
    about = metadata.get("nbgrader")
    return isinstance(about, dict) and bool(about.get("solution"))


def _with_headings(source: str) -> str:
    """A prompt below the headings of a written solution, which say where the answer is looked for."""
    headings = [line for line in source.splitlines() if line.startswith("#")]
    return "\n\n".join([*headings, TEXT_PROMPT])


def _strip(source: str, where: str, prose: bool) -> Stripped:
    try:
        return strip_regions(source, prose)
    except RegionFault as fault:
        raise UsageError(f"{where}, line {fault.line}: {fault.text}") from fault


def _refuse_unmarked(solutions: int, path: str) -> None:
    if solutions:
        return
    raise UsageError(
        f"{path} marks no solution, so the students would get all of it: put `### BEGIN SOLUTION` and `### END SOLUTION` "
        "around each one, or give such cells the tag `solution`"
    )
