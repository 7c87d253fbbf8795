"""The corpus of derivations: every right spelling is accepted, every wrong variant rejected, where and as it says."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.symbolic.environments import library
from tests.symbolic.derivation_corpus import Case, accepted, cases, decision, is_left_open, verdict

FINAL = [case for case in cases() if case.kind == "final"]
WRITTEN = [case for case in cases() if case.kind != "final"]
ACCEPTED = {"right", "definition"}
LEAST_RIGHT, LEAST_WRONG = 150, 300


def _named(chosen: list[Case]) -> list[str]:
    return [case.name for case in chosen]


def _right(chosen: list[Case]) -> list[Case]:
    return [case for case in chosen if not case.why]


def _wrong(chosen: list[Case]) -> list[Case]:
    return [case for case in chosen if case.why]


@pytest.mark.parametrize("case", _right(FINAL), ids=_named(_right(FINAL)))
def test_right_final_answer_is_accepted(case: Case) -> None:
    if case.undecided:
        assert is_left_open(case)
        return
    found = decision(case)
    assert accepted(case, found), found


@pytest.mark.parametrize("case", _wrong(FINAL), ids=_named(_wrong(FINAL)))
def test_wrong_final_answer_is_rejected_for_its_reason(case: Case) -> None:
    if case.undecided:
        assert is_left_open(case)
        return
    found = decision(case)
    if case.expect == ("other_layout",):
        assert found.outcome == "equal_in_other_layout"
        assert not accepted(case, found)
        return
    assert found.outcome == "different", found
    if case.expect:
        assert found.reason is not None
        assert found.reason.code == case.expect[0]


@pytest.mark.parametrize("case", _right(WRITTEN), ids=_named(_right(WRITTEN)))
def test_right_derivation_is_right_in_every_step(case: Case) -> None:
    steps = verdict(case).steps
    outcomes = [step.outcome for step in steps]
    if case.expect:
        assert outcomes == list(case.expect)
        return
    assert set(outcomes) <= ACCEPTED, [(step.source, step.outcome, step.reasons) for step in steps]
    assert outcomes[-1] == "right"


@pytest.mark.parametrize("case", _wrong(WRITTEN), ids=_named(_wrong(WRITTEN)))
def test_error_in_a_derivation_is_found_where_it_enters(case: Case) -> None:
    assert [step.outcome for step in verdict(case).steps] == list(case.expect)


def test_corpus_covers_every_environment_of_the_library() -> None:
    assert {case.environment for case in cases()} == set(library())
    counts = Counter(bool(case.why) for case in cases())
    assert counts[False] >= LEAST_RIGHT
    assert counts[True] >= LEAST_WRONG


def test_no_case_stands_twice() -> None:
    texts = Counter((case.environment, case.asked, case.text) for case in cases())
    assert [text for text, count in texts.items() if count > 1] == []
