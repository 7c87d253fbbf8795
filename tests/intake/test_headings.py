"""Headings are matched as a reader matches them, and never where there is doubt."""

from __future__ import annotations

import pytest

from grader.intake.headings import find_heading, heading_key


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("Problem 3.2", "3.2"),
        ("Problem 3.2", "Q3.2"),
        ("Problem 3.2", "Question 3-2"),
        ("Problem 3.2", "**Problem 3.2** (5 pts)"),
        ("Problem 3.2", "Problem 3.2: gradients of a ReLU network"),
        ("3.2", "Prob 3.2."),
        ("Problem 1.1", "Problem 1.1 (2 pts)"),
        ("Lab 1 (a)", "Lab 1 (a) (3pt)"),
        ("Lab 1 (a)", "Lab 1a"),
        ("Lab 1 (a)", "LAB 1.a"),
        ("Question 2", "# Question 02"),
    ],
)
def test_the_same_place_under_another_spelling_is_found(wanted: str, written: str) -> None:
    assert find_heading([wanted], [["Something else"], [written]]).index == 1


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("Problem 1", "Lab 1"),
        ("Problem 3.2", "Problem 3.1"),
        ("Problem 3.2", "Problem 3"),
        ("Problem 3", "Problem 3.2"),
        ("Lab 1 (a)", "Lab 1 (b)"),
        ("Lab 1 (a)", "Lab 2 (a)"),
        ("Problem 3.2", "Problem 13.2"),
        ("Problem 1.1", "Problem 1"),
    ],
)
def test_another_place_is_not_taken_for_it(wanted: str, written: str) -> None:
    assert find_heading([wanted], [[written]]).index is None


def test_a_letter_under_a_numbered_heading_is_its_part() -> None:
    assert (
        find_heading(["Lab 1 (b)"], [["Lab 1"], ["Lab 1", "(a) Wiener"], ["Lab 1", "(b) LMS"], ["Lab 2", "(b) table"]]).index == 2
    )


def test_a_bare_number_that_could_be_two_places_is_neither() -> None:
    assert find_heading(["1"], [["Lab 1"], ["Homework 1"]]).index is None


@pytest.mark.parametrize(("wanted", "index"), [("Question 2", 1), ("Assignment 2 (math)", 0), ("2", 1)])
def test_the_title_of_the_work_gives_way_to_a_question_of_its_number(wanted: str, index: int) -> None:
    assert find_heading([wanted], [["Assignment 2 of May"], ["Assignment 2 of May", "Q2"]]).index == index


def test_the_number_of_the_work_is_no_part_of_a_questions_number() -> None:
    paths = [["Assignment 2"], ["Assignment 2", "Part 2"], ["Assignment 2", "Part 2", "2.1"], ["Assignment 2", "Part 2", "2.2"]]
    assert find_heading(["Problem 2.2"], paths).index == 3


def test_a_title_is_found_with_and_without_its_number() -> None:
    assert find_heading(["Small net"], [["2 Nets"], ["2.1.3 Small Net"]]).index == 1
    assert find_heading(["2.1.3 Small net"], [["Small Net"]]).index is None


def test_a_question_that_is_called_an_assignment_is_found() -> None:
    assert find_heading(["Problem 2"], [["Assignment 1"], ["Assignment 2"]]).index == 1


def test_the_first_wanted_name_that_is_found_counts() -> None:
    match = find_heading(["Problem 9", "LMS"], [["Intro"], ["lms"]])
    assert (match.index, match.wanted) == (1, "LMS")


def test_a_miss_names_the_nearest_headings() -> None:
    assert find_heading(["Problem 3.2"], [["Problem 3.3"], ["Conclusion"]]).nearest == ("Problem 3.3",)


def test_points_in_brackets_are_no_part_of_the_number() -> None:
    assert heading_key("Problem 2 (4 pts)").parts == ("2",)
