"""Files with derivations: their text, environments by name or file, and where each begins to hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake.derivations import passages, read_mark, read_text

TEXT = "intro\n# Question 1\n$Z = X / Y$\n# Question 2\n$Y = X W$\n# Question 1 again\nend\n"


def test_one_environment_holds_in_the_whole_text() -> None:
    (part,) = passages(TEXT, [read_mark("matrix_product")])
    assert (part.text, part.first_line, part.environment.name) == (TEXT, 1, "matrix_product")


def test_an_environment_holds_from_its_words_to_the_next_mark() -> None:
    parts = passages(TEXT, [read_mark("elementwise_division@question 1"), read_mark("matrix_product@# Question 2")])
    assert [(p.first_line, p.title, p.text.splitlines()[0]) for p in parts] == [
        (2, "question 1", "# Question 1"),
        (4, "Question 2", "# Question 2"),
    ]


def test_nothing_is_checked_from_a_mark_of_none_on() -> None:
    parts = passages(TEXT, [read_mark("matrix_product@Question 2"), read_mark("none@Question 1 again")])
    assert [p.text for p in parts] == ["# Question 2\n$Y = X W$\n"]


def test_words_are_looked_for_after_the_mark_before() -> None:
    parts = passages(TEXT, [read_mark("matrix_product@Question 2"), read_mark("lms@Question 1")])
    assert [p.first_line for p in parts] == [4, 6]


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("matrix_prodct", "did you mean `matrix_product`"),
        ("nowhere.yaml", "cannot read the environment"),
        ("lms@Question 9", "Question 9"),
    ],
)
def test_a_faulty_mark_is_said(mark: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        passages(TEXT, [read_mark(mark)])


def test_an_environment_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("dims: {n: 3}\nleaves: {a: [n, 1]}\nloss: a.T @ a\n")
    assert read_mark(str(path)).environment is not None
    path.write_text("dims: {n: 3}\nleaves: {a: [q, 1]}\n")
    with pytest.raises(UsageError, match="unknown size 'q'"):
        read_mark(str(path))


def test_a_notebook_is_its_text_cells(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# One\n", "$a = b$"]},
        {"cell_type": "code", "metadata": {}, "source": ["x = 1"], "outputs": [], "execution_count": None},
        {"cell_type": "markdown", "metadata": {}, "source": ["$b = c$"]},
    ]
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}))
    assert read_text(path) == "# One\n$a = b$\n\n$b = c$"


def test_a_file_that_is_not_there_or_too_large_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_text(tmp_path / "no.md")
    (tmp_path / "big.md").write_bytes(b"x" * (5 * 2**20))
    with pytest.raises(UsageError, match="5,242,880 bytes"):
        read_text(tmp_path / "big.md")
