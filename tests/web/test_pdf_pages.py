"""The pages of a PDF that an answer was read from: drawn once, found by the answer's words, and no other file."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import EvidenceError
from grader.model.submission import Submission
from grader.web.pdf_pages import draw_pages, likely_page, pages_of, pdf_of
from tests.intake.test_report_files import pdf


def handed_in(folder: Path, *files: str) -> Submission:
    return Submission(id="aster", root=str(folder), digest="0", files=files)


def test_pages_are_drawn_once_and_the_one_with_the_answer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf("Q1 Why?", "Q2\nBecause the mask is missing"))
    drawn: list[Path] = []

    def draw(path: Path, folder: Path) -> None:
        drawn.append(folder)
        draw_pages(path, folder)

    for _ in range(2):
        pages = pages_of(path, tmp_path / "kept", "Because the mask is missing there", draw)
        assert ([picture.name for picture in pages.pictures], pages.likely) == (["page-001.png", "page-002.png"], 1)
    assert len(drawn) == 1


def test_a_pdf_that_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(EvidenceError, match=r"report\.pdf cannot be drawn"):
        pages_of(tmp_path / "report.pdf", tmp_path / "kept", "", draw_pages)
    assert not list(tmp_path.glob("kept/*/pages.json"))


def test_only_a_pdf_that_was_handed_in_and_still_lies_there_is_looked_at(tmp_path: Path) -> None:
    own, other = tmp_path / "aster", tmp_path / "secret.pdf"
    own.mkdir()
    for path in (own / "a.pdf", own / "a.txt", other):
        path.write_bytes(b"%PDF")
    (own / "link.pdf").symlink_to(other)
    found = handed_in(own, "a.pdf", "a.txt", "link.pdf", "gone.pdf", "../secret.pdf")
    assert pdf_of(found, "a.pdf") == own / "a.pdf"
    for part in ("a.txt", "link.pdf", "gone.pdf", "../secret.pdf", "unknown.pdf", ""):
        assert pdf_of(found, part) is None, part


def test_without_any_of_its_words_the_first_page_is_as_good_as_any() -> None:
    assert likely_page(["one", "two"], "three") == 0
    assert likely_page([], "three") == 0
