"""PDF reports: their text, page by page, and pictures of the pages for a human.

PDFium reads them, in a child with limits that can open no file and reach nothing: what breaks it costs one report. No script in a
PDF is run.
"""

from __future__ import annotations

import base64
import codecs
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.intake.notebooks import NotebookFault
from grader.sandbox.limited import Caps, run_limited

MAX_PAGES = 300
LONGEST_PAGE = 200_000
"""Characters taken of one page."""
CAPS = Caps(memory=2**30, cpu_seconds=30, seconds=60.0)


def pdf_text(data: bytes) -> str:
    """The text of a PDF, its pages below each other.

    Raises:
        NotebookFault: it cannot be read, asks for a password, or holds pictures of text alone.
    """
    pages = page_texts(data)
    text = "\n\n".join(page for page in pages if page)
    if not text.strip():
        raise NotebookFault("no_text", "The PDF holds no text, only pictures of pages. Export it again from its source.")
    return text + "\n"


def page_texts(data: bytes) -> tuple[str, ...]:
    """The text of each page of a PDF.

    Raises:
        NotebookFault: it cannot be read, or asks for a password.
    """
    return tuple(json.loads(_in_child(lambda document: json.dumps([_page_text(page) for page in _pages(document)]), data)))


def page_pictures(data: bytes, folder: Path, scale: float = 1.5) -> tuple[Path, ...]:
    """PNG files of the pages, ``page-001.png`` on, written to `folder`; `scale` 1 is 72 dots an inch.

    Raises:
        NotebookFault: the PDF cannot be read.
    """
    count = int(_in_child(lambda document: str(len(document)), data))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number in range(min(count, MAX_PAGES)):
        path = folder / f"page-{number + 1:03}.png"
        path.write_bytes(base64.b64decode(_in_child(lambda document, n=number: _picture(document[n], scale), data)))  # type: ignore[misc]
        written.append(path)
    return tuple(written)


def _in_child(work: Callable[[Any], str], data: bytes) -> str:
    """What the work makes of the PDF. The child can load nothing more, so all that it needs is loaded here."""
    import pypdfium2
    from PIL import Image

    Image.preinit()  # the formats that pictures are written in
    codecs.lookup("utf-16-le")  # in which PDFium gives text

    def read() -> str:
        document = pypdfium2.PdfDocument(data)
        try:
            return work(document)
        finally:
            document.close()

    done = run_limited(read, CAPS, shut=True)
    if done.ended == "raised" and not done.text.startswith("PdfiumError"):
        raise NotebookFault("bad_pdf", f"The PDF could not be read here ({done.text[:200]}). Hand in another form of it as well.")
    if done.ended == "raised":
        raise NotebookFault("bad_pdf", "The PDF cannot be opened: it is damaged or asks for a password. Export it again.")
    if done.ended == "too_much":
        raise NotebookFault("bad_pdf", "The PDF takes too much time or memory to read, or is damaged. Export it again.")
    return done.text


def _pages(document: Any) -> list[Any]:
    return [document[number] for number in range(min(len(document), MAX_PAGES))]


def _picture(page: Any, scale: float) -> str:
    stream = io.BytesIO()
    page.render(scale=scale).to_pil().save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def _page_text(page: Any) -> str:
    found = page.get_textpage()
    text: str = found.get_text_bounded()
    found.close()
    lines = text[:LONGEST_PAGE].replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").split("\n")
    return "\n".join(re.sub(r"[ \u00a0]{2,}", "  ", line).rstrip() for line in lines).strip("\n")
