"""Reports as files: text, LaTeX and PDF become documents; beside code a text file is data."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake.latex_source import latex_to_markdown
from grader.intake.notebooks import NotebookFault
from grader.intake.pdf import page_pictures, pdf_text
from grader.intake.submissions import Source, find_submissions, read_submission


def pdf(*pages: str) -> bytes:
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    with PdfPages(stream) as writer:
        for page in pages:
            figure = Figure(figsize=(6, 4))
            for number, line in enumerate(page.splitlines()):
                figure.text(0.1, 0.9 - 0.1 * number, line)
            writer.savefig(figure)
    return stream.getvalue()


def test_the_text_of_a_pdf_is_that_of_its_pages_in_order() -> None:
    assert (
        pdf_text(pdf("Q1 (2 pts) Why?\nBecause.", "Q2 (1 pt)\nL = 4.25")) == "Q1 (2 pts) Why?\nBecause.\n\nQ2 (1 pt)\nL = 4.25\n"
    )


@pytest.mark.parametrize(
    ("make", "code"),
    [(lambda: b"%PDF-1.7 broken", "bad_pdf"), (lambda: b"", "bad_pdf"), (lambda: pdf(""), "no_text")],
    ids=["broken", "empty", "a page without text"],
)
def test_a_pdf_that_cannot_be_read_says_why(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(NotebookFault) as caught:
        pdf_text(make())
    assert caught.value.code == code


def test_a_pdf_that_kills_its_reader_costs_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library in C may crash on a hostile file; the grading process goes on."""
    monkeypatch.setattr("grader.intake.pdf._page_text", lambda page: ctypes.string_at(0))
    with pytest.raises(NotebookFault) as caught:
        pdf_text(pdf("Q1"))
    assert caught.value.code == "bad_pdf"
    assert "Export it again" in str(caught.value)


def test_the_pages_of_a_pdf_can_be_looked_at(tmp_path: Path) -> None:
    written = page_pictures(pdf("one", "two"), tmp_path / "pages")
    assert [path.name for path in written] == ["page-001.png", "page-002.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


LATEX = [
    (r"\section*{Problem 1} Text.", "# Problem 1\n\nText.\n"),
    (r"\subsection{Lab 1 (a)} Text.", "## Lab 1 (a)\n\nText.\n"),
    ("kept % a comment\nnext 5\\% more", "kept \nnext 5% more\n"),
    (r"\[x = 1\]", "$$x = 1$$\n"),
    (r"the loss \(L = 2\) is", "the loss $L = 2$ is\n"),
    (r"\begin{align} a &= b \\ c &= 3 \end{align}", "$$\\begin{aligned}a &= b \\\\ c &= 3\\end{aligned}$$\n"),
    (r"\begin{equation}\label{e} y = 2 \end{equation}", "$$\\label{e} y = 2$$\n"),
    ("\\begin{verbatim}\nx = 1 % 2\n\\end{verbatim}", "```\nx = 1 % 2\n```\n"),
    (r"\begin{tabular}{|l|c|}\hline Layer & \# \\ \hline FC & 3 \\ \end{tabular}", "| Layer | # |\n|---|---|\n| FC | 3 |\n"),
    (r"\begin{enumerate}\item one \item two\end{enumerate}", "- one \n- two\n"),
    (r"\textbf{False.} It \emph{may}.", "**False.** It *may*.\n"),
    (r"\documentclass{article}\newcommand{\x}{1}\begin{document}Only this.\end{document} after", "Only this.\n"),
]


@pytest.mark.parametrize(("source", "expected"), LATEX)
def test_latex_becomes_the_markdown_it_would_be(source: str, expected: str) -> None:
    assert latex_to_markdown(source) == expected


def test_text_latex_and_pdf_files_are_documents(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "hw.pdf").write_bytes(pdf("Q1 (1 pt) Yes."))
    (tmp_path / "a" / "hw.tex").write_text(r"\section{Q2} No.")
    (tmp_path / "a" / "hw.txt").write_bytes(b"Q3 (1 pt)\r\nPerhaps.\x0cQ4 (1 pt)\n")
    found = read_submission(Source("a", tmp_path / "a"), tmp_path / "x")
    texts = {p.path: p.cells[0].source for p in found.parts}
    assert {p.kind for p in found.parts} == {"document"}
    assert texts == {"hw.pdf": "Q1 (1 pt) Yes.\n", "hw.tex": "# Q2\n\nNo.\n", "hw.txt": "Q3 (1 pt)\nPerhaps.\nQ4 (1 pt)\n"}


def test_beside_code_a_text_file_is_data_and_a_pdf_comes_last(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.pdf").write_bytes(pdf("Q1 (1 pt) Yes."))
    (tmp_path / "a" / "b.txt").write_text("Q1 (1 pt)\n1 2 3\n")
    (tmp_path / "a" / "c.py").write_text("x = 1\n")
    found = read_submission(Source("a", tmp_path / "a"), tmp_path / "x")
    assert [p.path for p in found.parts] == ["c.py", "a.pdf"]


def test_a_report_alone_is_a_submission(tmp_path: Path) -> None:
    for name in ("ash.txt", "bay.tex", "fir.pdf"):
        (tmp_path / name).write_text("x")
    assert [source.id for source in find_submissions(tmp_path)] == ["ash", "bay", "fir"]
