"""The kind `choice`."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.checks.answers import read_choice
from grader.checks.choice import ChoiceCheck
from grader.model.evidence import Capture
from grader.model.probe import Look, Read
from grader.model.rubric import Answer
from grader.model.values import Opaque
from tests.checks.check_cases import CAPTURES, MISSING, WITHOUT_VALUE, capture, section, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
LETTERS = ["A", "B", "C", "D"]
RIGHT = ("passed", "right", "1")
WRONG = ("failed", "wrong_choice", "0")
UNREAD = ("undecided", "not_read", "")
BOTH = ("undecided", "ambiguous", "")


def check(**fields: Any) -> ChoiceCheck:
    return ChoiceCheck.model_validate({"id": "c", "points": 2, "correct": False, "of": "q1", **fields})


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (False, RIGHT),
        (True, WRONG),
        (np.array(False), RIGHT),
        ("false", RIGHT),
        (" F ", RIGHT),
        ("(False)", RIGHT),
        ([False], RIGHT),
        (0, ("failed", "wrong_type", "0")),
        (None, ("failed", "wrong_type", "0")),
        (Opaque(python="Foo"), ("failed", "not_carried", "0")),
        (section("False. The noise does not help, although it is true that it may."), RIGHT),
        (section("**False** because of the bias"), RIGHT),
        (section("*True*"), WRONG),
        (section("Answer: False"), RIGHT),
        (section("My answer is False, since the order matters"), RIGHT),
        (section("**False**, noise may help all the same"), RIGHT),
        (section("False, noise may help all the same"), RIGHT),
        (section("**True** or **False**?"), UNREAD),
        (section("True or False? False."), RIGHT),
        (section("T/F: F"), RIGHT),
        (section("1.1 False"), RIGHT),
        (section("I think this is false"), RIGHT),
        (section("This statement is not true"), RIGHT),
        (section("Incorrect. Noise helps."), RIGHT),
        (section("I do not think that it is wrong"), UNREAD),
        (section("~~True~~ False: it gets smaller"), RIGHT),
        (section("$\\boxed{\\text{False}}$"), RIGHT),
        (section("It is true, not false"), BOTH),
        (section("True/False"), UNREAD),
        (section("True positives are many"), UNREAD),
        (section("A statement of the task.\n\nFalse. It depends."), RIGHT),
        (section("True.\n\nFalse."), BOTH),
        (section("It depends on the data."), UNREAD),
        (section("   "), ("failed", "empty", "0")),
        (section("*Your answer here*"), ("failed", "empty", "0")),
    ],
)
def test_true_or_false(seen: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check().judge([capture(seen)], ())) == verdict


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ("B", RIGHT),
        ("b", RIGHT),
        ("(B)", RIGHT),
        ("A", WRONG),
        (section("B"), RIGHT),
        (section("5. B"), RIGHT),
        (section("(b) the gradient vanishes"), RIGHT),
        (section("B) because"), RIGHT),
        (section("The answer is C."), WRONG),
        (section("Option B"), RIGHT),
        (section("A large network overfits"), UNREAD),
        (section("A. more\nB. less\n\nAnswer: B"), RIGHT),
        (section("A. more\nB. less"), BOTH),
        (section("A, B or C"), UNREAD),
        (section("**B**, the slope is one"), RIGHT),
        (section("**B** the slope is one"), RIGHT),
        (section("B, the slope is one"), RIGHT),
        (section("**A** or **B**"), UNREAD),
        (section("**A** is one\n**B** is another"), BOTH),
        (section("**A large** network"), UNREAD),
        (section("The answer is A. No, the answer is B."), BOTH),
        (section("Which? (A) One, (B) two, (C) three.\nI first thought A, but it is B."), RIGHT),
        (section("A? No, B."), RIGHT),
        (section("<s>A</s> B"), RIGHT),
        (section("so it is not one, hence (B)"), UNREAD),
        (section("the slope is one, hence (B)"), RIGHT),
    ],
)
def test_one_of_several_letters(seen: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(options=LETTERS, correct="B").judge([capture(seen)], ())) == verdict


@pytest.mark.parametrize("text", ["**A**" + "," * 20_000, "**" * 10_000, "**A** and " * 2_000, "A" + ", " * 10_000])
def test_whatever_is_written_takes_little_time(text: str) -> None:
    begin = time.process_time()
    read_choice(text, LETTERS, several=True)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    ("seen", "scoring", "verdict"),
    [
        (["B", "D"], "per_option", RIGHT),
        (["D", "b"], "per_option", RIGHT),
        ("B, D", "per_option", RIGHT),
        (section("5. B, D"), "per_option", RIGHT),
        (section("**B**, **D**, both shrink it"), "per_option", RIGHT),
        (section("**B** and D, both shrink it"), "per_option", RIGHT),
        (section("B, D, both shrink it"), "per_option", RIGHT),
        (section("B, D and dropout"), "per_option", UNREAD),
        (section("B and D"), "per_option", RIGHT),
        (section("(B), (D) because of"), "per_option", RIGHT),
        (section("BD"), "per_option", RIGHT),
        (["B"], "per_option", ("partial", "some_options", "1/2")),
        (["B", "D", "A"], "per_option", ("partial", "some_options", "1/2")),
        (["B", "A"], "per_option", WRONG),
        (["A", "B", "C", "D"], "per_option", WRONG),
        (["B"], "all_or_nothing", WRONG),
        (["B", "E"], "per_option", ("failed", "wrong_type", "0")),
        (section("A. one\nB. two"), "per_option", BOTH),
        (section("$\\{B, D\\}$"), "per_option", RIGHT),
        (section("Every option except A and C."), "per_option", RIGHT),
        (section("All but one."), "per_option", UNREAD),
    ],
)
def test_several_options(seen: Any, scoring: str, verdict: tuple[str, str, str]) -> None:
    several = check(options=LETTERS, correct=["B", "D"], several=True, scoring=scoring)
    assert summary(several.judge([capture(seen)], ())) == verdict


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    verdict = check().judge([seen, MISSING], ())
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_the_variable_counts_before_what_is_written_and_the_place_is_named() -> None:
    assert check().judge([capture(False), section("True.")], ()).credit == 1
    verdict = check().judge([MISSING, section("False.")], ())
    assert (verdict.credit, verdict.place.heading) == (1, "Problem 1")


def test_lines_of_the_handed_out_notebook_are_no_answer() -> None:
    given_text = "Decide whether this is true.\nTrue: it holds. False: it does not."
    one = check(skeleton=given_text)
    assert summary(one.judge([section(given_text)], ())) == ("failed", "empty", "0")
    assert one.judge([section(given_text + "\n\nFalse.")], ()).credit == 1


def test_it_looks_at_the_variable_and_under_the_heading() -> None:
    answer = Answer(heading=("Problem 1.1",), variables={"q1": ("q1", "ans1")})
    assert check().probes(answer) == (Look(names=("q1", "ans1")), Read(headings=("Problem 1.1",)))
    assert check(of="").probes(answer) == (Read(headings=("Problem 1.1",)),)


def test_a_mistake_is_a_chosen_option() -> None:
    one = check(options=LETTERS, correct="B", mistakes=[{"value": "C", "says": "C is about the bias."}])
    literal = one.literal(one.mistakes[0].value)
    assert one.judge([capture("C")], literal).credit == 1
    assert one.judge([capture("D")], literal).credit == 0
    assert summary(one.judge([capture("D")], [capture("Z")])) == ("undecided", "no_oracle", "")


@pytest.mark.parametrize(
    "fields",
    [
        {"options": LETTERS, "correct": "E"},
        {"options": LETTERS, "correct": ["A", "B"]},
        {"options": ["a", "A"], "correct": "a"},
        {"correct": []},
    ],
)
def test_inconsistent_fields_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check(**fields)


@PROFILE
@given(CAPTURES, st.booleans())
def test_any_capture_gets_a_verdict(seen: Capture, several: bool) -> None:
    for one in (check(), check(options=LETTERS, correct=["B"], several=several)):
        verdict = one.judge([seen], ())
        assert verdict.credit is None or 0 <= verdict.credit <= 1


@PROFILE
@given(st.text(max_size=60), st.booleans())
def test_any_text_is_read_without_a_fault_and_only_options_are_chosen(text: str, several: bool) -> None:
    reading = read_choice(text, LETTERS, several)
    assert reading.chosen <= set(LETTERS)
    assert not reading.clear or reading.chosen
