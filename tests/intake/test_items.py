"""Numbered items of reports: the noise that extraction leaves, and what is no item. One case a reading rule."""

from __future__ import annotations

import pytest

from grader.intake.documents import blocks_of
from grader.intake.sections import read_sections
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Read
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Section


def part(text: str, name: str = "report.txt") -> Part:
    return Part(path=name, kind="document", cells=(Cell(index=0, kind="markdown", source=text),))


def section(text: str, *headings: str, name: str = "report.txt") -> Section | None:
    submission = Submission(id="s", root="", digest="d", parts=(part(text, name),))
    probe = Read(headings=headings)
    capture = read_sections(submission, (probe,))[probe.key]
    assert capture.value is None or isinstance(capture.value, Section)
    assert (capture.value is None) == (capture.status is CaptureStatus.MISSING)
    return capture.value


ITEMS = [
    ("points stand apart", "Problem 2.2 (4 pts) Give a weight.\nIt is 3.", "Problem 2.2", "Give a weight.\nIt is 3."),
    ("bold, with text in its line", "**question 3** We sum over rows.\n", "Question 3", "We sum over rows."),
    ("an exported heading", "# 1 Question 1: A small net (60%)\n\nFine.\n", "Question 1", "Fine."),
    ("an exported heading with its own number", "# 2.3 1.4\n\nDeeper.\n", "Q1.4", "Deeper."),
    ("Q and one point", "Q1.4 (3 point) Compare.\nThey agree.\n", "Question 1.4", "Compare.\nThey agree."),
    ("a lab with a letter", "Lab 1 (a) (4pt) Solve it.\n2.5\n", "Lab 1 (a)", "Solve it.\n2.5"),
    ("points before a full stop", "Prob 2 (20 pts). Encoders\n\nText.", "Problem 2", "Encoders\n\nText."),
    ("a paragraph that begins with it", "Intro.\n\nProblem 4.1 The padding is one.\n", "4.1", "The padding is one."),
    ("a chapter closes the last item", "Q1 (1 pt) Yes.\n\n3 Appendix material (5 pts)\n\ncode\n", "Q1", "Yes."),
    ("an appendix closes the last item", "Q1 (1 pt) Yes.\n\nsection2\n\ncode\n", "Q1", "Yes."),
    ("a numbered answer", "Part 1: Choices\n\n1. A\n2. B, D\n", "Part 1.2", "B, D"),
    (
        "a list within an answer",
        "Part 1: Choices\n\n1. A\n2. Two things:\n\n1. Size.\n2. Depth.\n",
        "Part 1.2",
        "Two things:\n\n1. Size.\n2. Depth.",
    ),
    (
        "a list below a numbered part",
        "Problem 1.1 (2 pts) Why?\n1. Noise.\n2. Depth.\n",
        "Problem 1.1",
        "Why?\n1. Noise.\n2. Depth.",
    ),
    ("lines that go on with the list", "Work\nProblem 1.1  No.\nProblem 1.2  It is 4.\nProblem 1.4 Yes.", "1.2", "It is 4."),
    (
        "a decimal number with its answer",
        "Part 1\n\n1.1 Which one? It is (A).\n\n1.2 " + "Long " * 30 + ".\n",
        "1.1",
        "Which one? It is (A).",
    ),
    ("a number that others before it are left out of", "Part 2\n\n2.5 Regression\n\nw = 3\n", "2.5", "w = 3"),
    ("a letter that others before it are left out of", "Problem 5\n\nA) One.\n\nC) Three.\n", "Problem 5 (C)", "Three."),
    ("decimal numbers alone", "Part 2: Code\n\nIntro.\n\n2.1\n\nx\n\n2.2: Slices\n\ny\n", "2.2", "y"),
    ("a decimal number that is an answer", "Part 2: Code\n\nQ1 (1 pt)\n\n14.5\n", "Q1", "14.5"),
    (
        "a letter alone on its line",
        "Problem 5 (9 pts)\n\nA) Why?\nB) When?\n\nB.\n\nOften.\n\nA.\n\nBecause.\n",
        "Problem 5 (A)",
        "Why?\n\nBecause.",
    ),
    (
        "answers after all questions",
        "Problem 5 (9 pts)\n\nA) Why?\nB) When?\n\nA.\n\nSo.\n\nB.\n\nNow.\n",
        "Problem 5 (B)",
        "When?\n\nNow.",
    ),
    (
        "an answer before its question",
        "Problem 5 (9 pts)\n\nA.\n\nSo.\n\nB. Now.\n\nA.\n\nWhy?\n",
        "Problem 5 (A)",
        "So.\n\nWhy?",
    ),
    (
        "the first answer without its letter",
        "Problem 1 (9 pts)\n\n- A. What?\n- B. Who?\n- C. Where?\n\n$$x = 2$$\n\nB.\n\nShe.\n",
        "Problem 1 (A)",
        "What?\n\n$$x = 2$$",
    ),
    ("a stop before a name in lower case", "Q1. yes\n\nQ2. conv1 has 456 parameters.\n", "Q2", "conv1 has 456 parameters."),
    ("a title that is looked for", "Q1 (1 pt)\n\nYes.\n\nA simple model\n\nIt fits.\n", "A simple model", "It fits."),
]


@pytest.mark.parametrize(("text", "heading", "expected"), [case[1:] for case in ITEMS], ids=[case[0] for case in ITEMS])
def test_the_section_of_an_item_is_what_a_reader_takes_for_it(text: str, heading: str, expected: str) -> None:
    found = section(text, heading)
    assert found is not None
    assert found.text == expected


NO_ITEMS = [
    ("running text", "Problem 1.1 (2 pts) Yes.\nQuestion 2 shows that it holds.\n", "Question 2"),
    ("a table of contents", "Contents\n\n2 Adders (15 pts)\t3\nProblem 2 (3 pts)\t5\n", "Problem 2"),
    ("a comment in code", "Q1 (1 pt)\n\n```\nQ2 (1 pt)\n```\n", "Q2"),
    ("a sentence that wraps before a number", "Q1 (1 pt)\n\nThis is as in\nquestion 2. there is no more\n", "Q2"),
    ("a caption", "Q1 (1 pt)\n\nFigure 3: Lab 2 b) loss.\n", "Lab 2 (b)"),
]


@pytest.mark.parametrize(("text", "heading"), [case[1:] for case in NO_ITEMS], ids=[case[0] for case in NO_ITEMS])
def test_what_only_looks_like_an_item_begins_no_section(text: str, heading: str) -> None:
    assert section(text, heading) is None


def test_in_markdown_a_list_is_never_a_row_of_headings() -> None:
    paths = [block.path for block in blocks_of(part("# Problem 1\n\n1. one\n2. two\n", "report.md"))]
    assert paths == [("Problem 1",)]


def test_a_heading_of_the_same_word_comes_before_a_bare_number() -> None:
    text = "## 1 Answers\n\n**question 1** Rows.\n"
    found = section(text, "Question 1")
    assert found is not None
    assert found.heading == "question 1"


def test_in_a_notebook_a_line_of_text_is_no_item() -> None:
    cell = Cell(index=0, kind="markdown", source="# One\n\nProblem 2 (1 pt) is next\n")
    blocks = blocks_of(Part(path="a.ipynb", kind="notebook", cells=(cell,)))
    assert [block.path for block in blocks] == [("One",)]


def notebook_sections(*sources: str) -> dict[tuple[str, ...], str]:
    """The texts of a notebook's text cells by the path of headings."""
    cells = tuple(Cell(index=i, kind="markdown", source=source) for i, source in enumerate(sources))
    return {block.path: block.text for block in blocks_of(Part(path="a.ipynb", kind="notebook", cells=cells))}


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("**Question 2** We sum up.", "Question 2"),
        ("**Q2.** We sum up.", "Q2."),
        ("**Question 2 (3 pts)**: We sum up.", "Question 2 (3 pts)"),
        ("**Lab 2 (a)** We sum up.", "Lab 2 (a)"),
    ],
)
def test_in_a_notebook_a_bold_item_with_its_text_behind_it_is_a_heading(line: str, title: str) -> None:
    found = notebook_sections("# Homework\n\n**Question 1** Yes.", f"{line}\nAll of it.\n\nAnd then more.")
    assert found[("Homework", "Question 1")] == "Yes."
    assert found[("Homework", title)] == "We sum up.\nAll of it.\n\nAnd then more."


@pytest.mark.parametrize(
    "line", ["**Step 2** is next", "**Question 2 is hard** because", "**False.** It is not.", "As **Question 2** says"]
)
def test_in_a_notebook_other_bold_words_are_no_heading(line: str) -> None:
    assert list(notebook_sections(f"# Homework\n\n{line}")) == [("Homework",)]


def test_html_tables_inside_text_keep_their_cells() -> None:
    text = "Q1 (1 pt)\n\n<table border='1'><tr><th>Layer</th><th>Mean</th></tr> <tr><td>1</td><td>0.5&nbsp;</td></tr></table>\n"
    found = section(text, "Q1")
    assert found is not None
    assert [(t.columns, t.rows) for t in found.tables] == [(("Layer", "Mean"), (("1", "0.5"),))]


def test_rows_with_tabs_are_a_table_unless_they_are_code() -> None:
    found = section("Q1 (1 pt)\n\nLr\tAccuracy\n1\t10.0%\n0.1\t87.0%\n\n```\na\tb\nc\td\n```\n", "Q1")
    assert found is not None
    assert [(t.columns, t.rows) for t in found.tables] == [(("Lr", "Accuracy"), (("1", "10.0%"), ("0.1", "87.0%")))]


def test_a_markdown_list_below_a_numbered_part_answers_where_no_heading_does() -> None:
    text = "# Part 1\n\n1. A\n2. B\n\n# Part 2\n\n1. First step.\n\n## Q2.1\n\nDone.\n"
    submission = Submission(id="s", root="", digest="d", parts=(part(text, "report.md"),))
    expected = {"Question 1.2": "B", "Part 1": "1. A\n2. B", "Problem 2.1": "Done."}
    probes = {heading: Read(headings=(heading,)) for heading in expected}
    captures = read_sections(submission, tuple(probes.values()))
    values = {heading: captures[probe.key].value for heading, probe in probes.items()}
    assert {heading: value.text for heading, value in values.items() if isinstance(value, Section)} == expected


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Some words.\n\nWith four layers:\n\nLr\tAcc\n1\t2\n", "With four layers:"),
        ("Words.\n\nLr\tAcc\n1\t2\n\nTable 3: four layers\n\nMore.", "Words. Table 3: four layers"),
        ("Words.\n\n| Lr | Acc |\n|---|---|\n| 1 | 2 |\n\nMore words.", "Words."),
        (
            "Words.\n\n<table><caption>Four\nlayers</caption><tr><th>Lr</th></tr><tr><td>1</td></tr></table>\n",
            "Four layers Words.",
        ),
        (f"{'long ' * 60}\n\nLr\tAcc\n1\t2\n", ""),
    ],
)
def test_a_table_bears_its_caption_and_the_line_before_it(text: str, caption: str) -> None:
    found = section(f"Q1 (1 pt)\n\n{text}", "Q1")
    assert found is not None
    assert [t.caption for t in found.tables] == [caption]


def test_a_table_in_a_row_bears_what_the_row_begins_with() -> None:
    row = "small\tgood\t<table><caption>Plot</caption><tr><td>a</td></tr><tr><td>1</td></tr></table>"
    found = section(f"Q1 (1 pt)\n\nModel\tWhy\tPlot\n{row}\n", "Q1")
    assert found is not None
    assert [t.caption for t in found.tables if t.source == "html"] == ["Plot small"]


def test_an_html_table_in_a_cell_between_tabs_is_a_table_of_its_own() -> None:
    text = "Q1 (1 pt)\n\nModel\tPlot\nbase\t<table><tr><td>a</td></tr><tr><td>1</td></tr></table>\n"
    found = section(text, "Q1")
    assert found is not None
    assert {t.source for t in found.tables} == {"html", "printed"}


def notebook(*cells: str) -> Submission:
    own = tuple(Cell(index=n, kind="markdown", source=text) for n, text in enumerate(cells))
    return Submission(id="s", root="", digest="d", parts=(Part(path="hw.ipynb", kind="notebook", cells=own),))


def read(submission: Submission, heading: str) -> Capture:
    probe = Read(headings=(heading,))
    return read_sections(submission, (probe,))[probe.key]


def test_the_letters_of_a_notebooks_text_are_found_where_no_heading_is() -> None:
    found = read(notebook("## Problem 1", "(A) One.\n\n(B) Two."), "Problem 1 (B)")
    assert isinstance(found.value, Section)
    assert found.value.text == "Two."


def test_a_row_of_a_table_of_answers_is_a_section() -> None:
    found = section(
        "| No. | Answer | Why |\n|---|---|---|\n| 1.1 | A | |\n| 1.2 | **B** | as it is |\n", "Question 1.2", name="r.md"
    )
    assert found is not None
    assert found.text == "**B**\nas it is"


MENTIONS = [
    ("a line begins with its number", "Problem 1.1 (1 pt) Yes.\n\nand then (1.2) is no\n1.2 is not.", "1.2", "1.2 is not."),
    ("nothing below its problem is told apart", "# Problem 2\n\n" + "All weights are one. " * 4, "2.3", "All weights are one."),
    ("no section is found at all", "# Report\n\n" + "The loss falls. " * 6, "2.3", "The loss falls."),
    ("other questions stand apart", "Problem 1.1 (1 pt) Yes, it is 1.2 in all.\n\nProblem 1.3 (1 pt) No.", "1.2", ""),
    ("numbers alone", "Problem 1.1 (1 pt) Yes.\n1.2 3.4\n", "1.2", ""),
]


@pytest.mark.parametrize(("text", "heading", "begins"), [case[1:] for case in MENTIONS], ids=[case[0] for case in MENTIONS])
def test_a_section_that_is_not_there_says_where_the_text_may_answer_it(text: str, heading: str, begins: str) -> None:
    submission = Submission(id="s", root="", digest="d", parts=(part(text, "report.md"),))
    probes = (Read(headings=(heading,)), Read(headings=("1.1",)))
    found = read_sections(submission, probes)[probes[0].key]
    assert found.status is CaptureStatus.MISSING
    assert found.mentioned.startswith(begins)
    assert bool(found.mentioned) is bool(begins)
