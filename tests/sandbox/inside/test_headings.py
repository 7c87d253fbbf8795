"""Which headings are the same."""

from __future__ import annotations

import pytest

from grader.sandbox.inside.headings import is_under

SAME = ["Problem 3.2", "3.2", "Q3.2", "Question 3-2", "**3.2** Gradients", "3.2: the ReLU", "problem 3.2."]


@pytest.mark.parametrize("heading", SAME)
def test_ways_to_write_a_number_are_the_same(heading: str) -> None:
    assert is_under(["Homework", heading], ["Problem 3.2"])


@pytest.mark.parametrize("heading", ["Problem 3", "3.21", "3.2.1", "Lab 3.2", "13.2", "Gradients", ""])
def test_other_numbers_are_not(heading: str) -> None:
    assert not is_under([heading], ["Problem 3.2"])


def test_letters_and_words_count() -> None:
    assert is_under(["Lab 1 (b)"], ["Lab 1b"])
    assert not is_under(["Lab 1 (c)"], ["Lab 1b"])
    assert is_under(["Lab 2: SimpleNN"], ["Lab 2"])
    assert not is_under(["Lab 2"], ["Problem 2"])
    assert not is_under(["anything"], ["Problem"])
