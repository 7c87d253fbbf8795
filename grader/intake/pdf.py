"""PDF reports: their text, page by page, and pictures of the pages for a human. Read by PDFium; no script in it is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from grader.intake.notebooks import NotebookFault

MAX_PAGES = 300
LONGEST_PAGE = 200_000
"""Characters taken of one page."""


def pdf_text(data: bytes) -> str:
    """The text of a PDF, its pages below each other.

    Raises:
        NotebookFault: it cannot be read, asks for a password, or holds pictures of text alone.
    """
    document = _open(data)
    try:
        pages = [_page_text(document[number]) for number in range(min(len(document), MAX_PAGES))]
    finally:
        document.close()
    text = "\n\n".join(page for page in pages if page)
    if not text.strip():
        raise NotebookFault("no_text", "The PDF holds no text, only pictures of pages. Export it again from its source.")
    return text + "\n"


def page_pictures(data: bytes, folder: Path, scale: float = 1.5) -> tuple[Path, ...]:
    """PNG files of the pages, ``page-001.png`` on, written to `folder`; `scale` 1 is 72 dots an inch.

    Raises:
        NotebookFault: the PDF cannot be read.
    """
    document = _open(data)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    try:
        for number in range(min(len(document), MAX_PAGES)):
            path = folder / f"page-{number + 1:03}.png"
            document[number].render(scale=scale).to_pil().save(path)
            written.append(path)
    finally:
        document.close()
    return tuple(written)


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotebookFault(
            "bad_pdf", "The PDF cannot be opened: it is damaged or asks for a password. Export it again."
        ) from error


def _page_text(page: Any) -> str:
    found = page.get_textpage()
    text: str = found.get_text_bounded()
    found.close()
    lines = text[:LONGEST_PAGE].replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").split("\n")
    return "\n".join(re.sub(r"[ \u00a0]{2,}", "  ", line).rstrip() for line in lines).strip("\n")
