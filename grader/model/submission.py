"""A submission as it was handed in: its parts (notebooks, modules, documents), its files, and what was wrong with them."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Frozen
from grader.model.student import Student


class Cell(Frozen):
    """One cell of a notebook, or the whole of a module (one code cell); `headings` is its path of headings, outermost first."""

    index: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    headings: tuple[str, ...] = ()


class Part(Frozen):
    """One notebook, module or document of a submission. `path` is relative to the submission's folder, with ``/``."""

    path: str
    kind: Literal["notebook", "module", "document"]
    cells: tuple[Cell, ...] = ()
    language: str = "python"
    kernel: str = ""
    """The kernel that a notebook names."""
    made_of: str = ""
    """The part whose filled-in blanks or listings these cells were made of; "" for what was handed in as it is."""
    shows: str = ""
    """The question whose listings these cells are."""


class Fault(Frozen):
    """A file that could not be taken as it is: what is wrong, and how to mend it, in a sentence for the student."""

    path: str
    code: str
    text: str


class Submission(Frozen):
    """One student's work. `root` is the folder on the host it was read from; `digest` covers every file's name and bytes."""

    id: str
    root: str
    digest: str
    parts: tuple[Part, ...] = ()
    files: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    """Modules that other parts import; they run when they are imported, and not by themselves."""
    faults: tuple[Fault, ...] = ()
    handed_in: str = ""
    """ISO 8601 time of hand-in where it is known."""
    marked_late: bool = False
    """A platform's download says that it was late, and not by how much."""
    students: tuple[Student, ...] = ()
    """Who handed it in (a group is several), where a platform's download says so."""

    @property
    def is_empty(self) -> bool:
        """Nothing in it could be run or read."""
        return not any(cell.source.strip() for part in self.parts for cell in part.cells)
