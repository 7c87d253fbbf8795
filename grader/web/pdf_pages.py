"""Pictures of the pages of a PDF that an answer was read from, drawn when somebody asks for them and kept beside the evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from grader.errors import EvidenceError
from grader.intake.notebooks import NotebookFault
from grader.intake.pdf import page_pictures, page_texts
from grader.model.submission import Submission
from grader.store.files import write_atomically
from grader.web.processes import in_another_process

LARGEST = 64 * 2**20
Draw: TypeAlias = Callable[[Path, Path], None]


@dataclass(frozen=True, slots=True)
class PdfPages:
    """The pages of a PDF: their pictures, and which of them has most words of the answer (from 0)."""

    pictures: tuple[Path, ...]
    likely: int


def pdf_of(submission: Submission, part: str) -> Path | None:
    """Where a PDF lies that was handed in; None where it is gone, too large, or not below the submission's folder."""
    root = Path(submission.root)
    if part not in submission.files or not part.lower().endswith(".pdf"):
        return None
    try:
        path = (root / part).resolve(strict=True)
        return path if path.is_relative_to(root.resolve()) and path.is_file() and path.stat().st_size <= LARGEST else None
    except OSError:
        return None


def pages_of(path: Path, kept: Path, answer: str, draw: Draw | None = None) -> PdfPages:
    """The pages of this PDF, from the folder `kept` where they were drawn before.

    Raises:
        EvidenceError: the PDF cannot be drawn.
    """
    folder = kept / hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    if not (folder / "pages.json").is_file():
        (draw or _draw_elsewhere)(path, folder)
    texts = json.loads((folder / "pages.json").read_bytes())
    pictures = tuple(sorted(folder.glob("page-*.png")))
    return PdfPages(pictures, likely_page(texts[: len(pictures)], answer))


def draw_pages(path: Path, folder: Path) -> None:
    """Write pictures and texts of a PDF's pages to a folder, the texts last.

    Raises:
        EvidenceError: it cannot be read.
    """
    try:
        data = path.read_bytes()
        page_pictures(data, folder)
        write_atomically(folder / "pages.json", json.dumps(page_texts(data)))
    except (NotebookFault, OSError) as error:
        raise EvidenceError(f"the pages of {path.name} cannot be drawn: {error}") from error


def _draw_elsewhere(path: Path, folder: Path) -> None:
    in_another_process(draw_pages, path, folder)


def likely_page(texts: Sequence[str], answer: str) -> int:
    """The page that has most words of the answer; the first where none has any."""
    wanted = set(answer.split())
    shared = [len(wanted & set(text.split())) for text in texts]
    return shared.index(max(shared)) if shared else 0
