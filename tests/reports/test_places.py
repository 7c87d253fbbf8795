"""Rows named by ranges of their numbers, and what the class page says of many submissions at once."""

from __future__ import annotations

import re

import pytest

from grader.model.evidence import Run
from grader.model.verdict import undecided
from grader.reports import class_html
from grader.reports.places import places, ranges
from tests.reports.builder import check, class_report, question, report


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((), ""), ((3,), "3"), ((0, 1, 2, 5), "0-2,5"), ((9, 2, 1, 2), "1-2,9")],
    ids=["none", "one", "runs", "unordered"],
)
def test_numbers_are_written_as_runs_in_their_order(numbers: tuple[int, ...], text: str) -> None:
    assert ranges(numbers) == text


def test_submissions_are_named_by_their_rows() -> None:
    assert places(("c", "a", "b"), {"a": 0, "b": 1, "c": 7}) == "0-1,7"


def big_class(count: int) -> str:
    checks = [check(f"c{n}", "manual", 1, undecided("manual")) for n in range(20)]
    reports = (report(f"student-{n:03}", [question("1", "One", 20, checks)], run=Run(ended="finished")) for n in range(count))
    return class_html(class_report(*reports))


def test_a_long_list_names_eight_and_leads_to_their_rows_in_the_table() -> None:
    page = big_class(12)
    waiting = page[page.index('id="waiting"') : page.index('id="students"')]
    assert waiting.count('href="students/') == 20 * 8
    assert re.findall(r'data-rows="([^"]*)"', waiting) == ["0-11"] * 20
    assert "4 more: all 12 below" in waiting


def test_every_further_student_is_a_row_and_nothing_else() -> None:
    """Where 20 checks wait for each of them, a list of names under every check would be twenty times a row."""
    assert len(big_class(212)) - len(big_class(112)) < 100 * 400


def test_rows_say_by_what_they_may_be_picked_out() -> None:
    waits = report("a", [question("1", "One", 1, [check("c", "manual", 1, undecided("manual"))])], run=Run(ended="died"))
    late = report("b", [question("1", "One", 1, [])], late=0, run=Run(ended="finished"))
    page = class_html(class_report(waits, late))
    assert re.findall(r'<tr data-is="([^"]*)"', page) == ["waits odd"]
