"""Markdown becomes sections: headings, text and tables, in notebooks and in reports."""

from __future__ import annotations

import pytest

from grader.intake.documents import blocks_of
from grader.intake.sections import read_sections
from grader.model.evidence import CaptureStatus
from grader.model.probe import Read
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Section

REPORT = """Preface.

# Problem 1

## 1.1 (2 pts)

**False.** More parameters overfit.

## 1.2

| layer | params |
|-------|-------:|
| conv1 | 1,200 |

**Problem 1.3**

True.

```
# not a heading
```
"""


def document(text: str) -> Submission:
    part = Part(path="report.md", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))
    return Submission(id="s", root="", digest="d", parts=(part,))


def section(submission: Submission, *headings: str) -> Section:
    probe = Read(headings=headings)
    capture = read_sections(submission, (probe,))[probe.key]
    assert capture.status is CaptureStatus.CAPTURED
    assert isinstance(capture.value, Section)
    return capture.value


def test_a_section_ends_at_the_next_heading() -> None:
    assert section(document(REPORT), "Problem 1.1").text == "**False.** More parameters overfit."


def test_a_section_holds_the_sections_below_it() -> None:
    text = section(document(REPORT), "Problem 1").text
    assert "More parameters" in text
    assert "True." in text


def test_tables_keep_their_cells() -> None:
    (table,) = section(document(REPORT), "1.2").tables
    assert (table.columns, table.rows) == (("layer", "params"), (("conv1", "1,200"),))


def test_a_bold_line_is_a_heading_and_a_comment_in_code_is_none() -> None:
    found = section(document(REPORT), "Q1.3")
    assert found.heading == "Problem 1.3"
    assert "# not a heading" in found.text


def test_a_missing_section_says_what_was_looked_for_and_what_is_near() -> None:
    probe = Read(headings=("Problem 1.4",))
    capture = read_sections(document("# Problem 1.5\nx\n"), (probe,))[probe.key]
    assert (capture.status, capture.looked_for) == (CaptureStatus.MISSING, ("Problem 1.4",))
    assert capture.nearest == ("Problem 1.5",)


def test_in_a_notebook_a_section_goes_on_over_cells() -> None:
    cells = (
        Cell(index=0, kind="markdown", source="## Problem 4.2"),
        Cell(index=1, kind="code", source="x = 1"),
        Cell(index=2, kind="markdown", source="It sharpens edges."),
        Cell(index=3, kind="markdown", source="## Lab 1\n### (a)\nless"),
    )
    notebook = Submission(id="s", root="", digest="d", parts=(Part(path="a.ipynb", kind="notebook", cells=cells),))
    found = section(notebook, "4.2")
    assert (found.text, found.cells) == ("It sharpens edges.", (0, 1, 2))
    assert section(notebook, "Lab 1 (a)").text == "less"


def test_text_before_any_heading_is_no_section() -> None:
    assert [b.path for b in blocks_of(document("hello\n").parts[0])] == [()]


@pytest.mark.parametrize("answer", ["**B, D**", "**False.**", "**The kernel finds edges.**"])
def test_an_answer_in_bold_is_read_and_a_bold_number_is_none(answer: str) -> None:
    report = document(f"## Question 1.5\n\n{answer}\n\n## Part 2\n\n**Question 2.1**\n\nmore\n")
    assert section(report, "1.5").text == answer
    assert section(report, "Part 2").text == "more"


TABLES = [
    ("two spaces", "Rate     Test accuracy\n1.0      0.10\n1e-1     0.87\n", ("Rate", "Test accuracy"), ("1e-1", "0.87")),
    (
        "one space",
        "Question 1\nNet Accuracy Parameters\nBase 88.2% 337,674\nWide 88.5% 2,923,530\n",
        ("Net", "Accuracy", "Parameters"),
        ("Wide", "88.5%", "2,923,530"),
    ),
]


@pytest.mark.parametrize(("text", "columns", "last"), [case[1:] for case in TABLES], ids=[case[0] for case in TABLES])
def test_rows_of_a_pdfs_text_are_a_table(text: str, columns: tuple[str, ...], last: tuple[str, ...]) -> None:
    part = Part(path="report.txt", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))
    (table,) = [table for block in blocks_of(part) for table in block.tables]
    assert (table.columns, table.rows[-1]) == (columns, last)


@pytest.mark.parametrize(
    "text", ["It takes  long.\nIt is  slow.\n", "the loss falls\nin 10 steps\nof 3 epochs each\n", "a b\n1 2\n"]
)
def test_prose_and_single_rows_are_no_table(text: str) -> None:
    part = Part(path="report.txt", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))
    assert not [table for block in blocks_of(part) for table in block.tables]
