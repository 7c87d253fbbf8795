"""The kind `text`."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from grader.checks.text import TextCheck
from grader.checks.writing import own_text
from grader.model.evidence import Capture
from grader.model.probe import Look, Read
from grader.model.rubric import Answer
from tests.checks.check_cases import CAPTURES, WITHOUT_VALUE, capture, section, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
PATTERNS = [
    {"any": ["smaller", "shrink", r"decreas\w*"], "says": "it gets smaller"},
    {"any": [r"2\s*\*?\s*P", "padding"], "says": "padding"},
]
FOUND = ("passed", "words_found", "1")
OPEN = ("undecided", "words_missing", "")
FAIL = ("failed", "words_missing", "0")


def check(**fields: Any) -> TextCheck:
    return TextCheck.model_validate({"id": "t", "points": 1, "patterns": PATTERNS, **fields})


@pytest.mark.parametrize(
    ("fields", "seen", "verdict"),
    [
        ({}, section("The map SHRINKS; 2 P is the padding."), FOUND),
        ({}, section("It decreases: (W - K + 2*P) / S + 1"), FOUND),
        ({}, "smaller, with padding", FOUND),
        ({}, section("It gets smaller."), OPEN),
        ({"enough": 1}, section("It gets smaller."), FOUND),
        ({"otherwise": "fail"}, section("It gets smaller."), FAIL),
        ({}, section("It gets larger."), OPEN),
        ({"enough": 1}, section("unshrinkable"), OPEN),
        ({"patterns": [{"any": ["steepest descent"]}]}, section("the steepest\n   descent"), FOUND),
        ({"must_not": [{"any": ["grows"]}]}, section("It shrinks with less padding."), FOUND),
        (
            {"must_not": [{"any": ["grows"]}]},
            section("It shrinks with less padding, and grows."),
            ("undecided", "words_wrong", ""),
        ),
        ({"must_not": [{"any": ["grows"]}], "otherwise": "fail"}, section("It grows."), ("failed", "words_wrong", "0")),
        ({}, section(""), ("failed", "empty", "0")),
        ({}, section("Your answer here"), ("failed", "empty", "0")),
        ({"skeleton": "Does it shrink with padding?"}, section("**Does it shrink with padding?**"), ("failed", "empty", "0")),
        ({}, 3.0, ("failed", "wrong_type", "0")),
    ],
)
def test_cases(fields: dict[str, Any], seen: Any, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([capture(seen)], ())) == verdict


def test_what_was_found_and_what_was_not_is_said_and_a_pass_stays_open_to_a_human() -> None:
    verdict = check(enough=1).judge([section("It shrinks.")], ())
    assert verdict.reason.facts == {"found": ["it gets smaller"]}
    assert [note.code for note in verdict.notes] == ["open_to_human"]
    assert check().judge([section("It shrinks.")], ()).reason.facts["expected"] == ["padding"]


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    verdict = check().judge([seen], ())
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_it_looks_at_the_string_and_under_the_heading() -> None:
    answer = Answer(heading=("Problem 1",), variables={"why": ("why",)})
    assert check(of="why").probes(answer) == (Look(names=("why",)), Read(headings=("Problem 1",)))
    assert check().probes(answer) == (Read(headings=("Problem 1",)),)


def test_a_mistake_is_told_by_its_words() -> None:
    one = check(mistakes=[{"value": ["larger", "grows"], "says": "It gets smaller."}])
    literal = one.literal(one.mistakes[0].value)
    assert one.judge([section("It grows.")], literal).credit == 1
    assert one.judge([section("It stays.")], literal).credit == 0
    assert summary(one.judge([section("It stays.")], one.literal("(a+)+"))) == ("undecided", "no_oracle", "")


@pytest.mark.parametrize("pattern", ["(", "(a+)+", "(a|b)*c*", "a.*b.*c", "(ab){2,}", r"(a)\1", "a?" * 9, "a{1,500}b*", ""])
def test_patterns_that_are_faulty_or_may_take_too_long_are_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        check(patterns=[{"any": [pattern]}])


@pytest.mark.parametrize("pattern", ["gradient.*vanish", r"2\s*\*?\s*P", r"[+*]+x", r"\+\*\{", "noise.{0,60}generali[sz]"])
def test_useful_patterns_are_taken(pattern: str) -> None:
    assert check(patterns=[{"any": [pattern]}])


def test_a_long_answer_made_to_be_slow_is_searched_in_bounded_time() -> None:
    one = check(patterns=[{"any": ["a.*b.{0,60}c"]}])
    start = process_time()
    one.judge([section("ab" * 3_000)], ())
    assert process_time() - start < 3


def test_own_text_leaves_out_what_was_handed_out() -> None:
    assert own_text("**Explain why.**\n\nIt shrinks.", "Explain why.") == "It shrinks."
    assert own_text("[Your answer goes here]") == ""
    assert own_text("Type your answer below:\n*Double-click to edit this cell*\n<!-- Your solution here -->\nTODO") == ""
    assert own_text("Write the solution as W = inv(X) y") != ""
    assert own_text("Your answer may be any text that I want to see discussed at length here") != ""


def test_more_patterns_than_there_are_cannot_be_asked_for() -> None:
    with pytest.raises(ValidationError):
        check(enough=3)


@PROFILE
@given(CAPTURES)
def test_any_capture_gets_a_verdict(seen: Capture) -> None:
    verdict = check().judge([seen], ())
    assert verdict.credit is None or 0 <= verdict.credit <= 1
    assert check().judge([section("words")], [seen]).reason.code
