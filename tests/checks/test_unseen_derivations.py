"""Derivations written by someone who had not seen the readers: nothing right is rejected and nothing wrong accepted.

The second and third series are read whole, of the first every fifth text and of the fourth every third; the benchmark reads
all whole.
"""

from __future__ import annotations

import pytest

from tests.checks.unseen_derivations import Case, cases, check, judged

SAMPLE = (*cases("second"), *cases("third"), *cases("first")[::5], *cases("fourth")[::3])
LEFT_OPEN = {
    "first_losses: softmax-weights: a: transposed": "right entry by entry, then in a layout that is not asked for",
    "first_messy: messy-mlp: o": "the steps are names of the student's own: the answer is right, but no step is decided",
    "first_messy: messy-mlp: o: sign": "a name of the student's own with a wrong value is no proof that it is the answer",
    "first_messy: messy-mlp: o: mask": "the same",
    "first_networks: relu-W1: l": "a function that the student defines by cases",
    "first_networks: wiener: g": "a star in a name of Python",
    "first_networks: wiener: g: order": "the same",
    "fourth_mixed: softmax-fourth: b: plus": "a list in round brackets after it",
    "fourth_mixed: division-fourth: b: no minus": "two formulas with words between them in a line without marks",
    "fourth_mixed: mlp-W1-fourth: a: transpose of the weights lost": "a name of the student's own whose product does not fit",
    "fourth_mixed: bce-fourth: d": "words behind a formula without marks",
    "third_right: batch-norm-third: c": "small changes of entries",
    "third_right: product-third: a": "the word nabla",
    "third_right: product-third: h": "the body of a function",
    "third_right: regression-third: b": "a gradient that does not say by what",
    "third_right: regression-third: c": "a name that does not say of what",
    "first_networks: cross-entropy-by-output: c: fraction turned round": "a division by the zeros of a one-hot vector",
}


@pytest.mark.parametrize("case", [case for case in SAMPLE if not case.error], ids=lambda case: case.name)
def test_a_right_text_is_accepted(case: Case) -> None:
    found = judged(case)
    assert found.outcome == ("left open" if case.name in LEFT_OPEN else "accepted"), found.verdict.reason


@pytest.mark.parametrize("case", [case for case in SAMPLE if case.error], ids=lambda case: case.name)
def test_a_wrong_text_is_rejected(case: Case) -> None:
    found = judged(case)
    assert found.outcome == ("left open" if case.name in LEFT_OPEN else "rejected"), found.verdict.reason


@pytest.mark.parametrize("series", ["first", "second", "third", "fourth"])
def test_every_reference_of_a_series_is_right(series: str) -> None:
    for stem, question in sorted({(case.file, case.question) for case in cases(series)}):
        problem = check(stem, question).problem
        for reference in problem.references:
            assert problem.decider.decide(reference, problem.quantity).is_equal, (stem, question)


@pytest.mark.parametrize(("series", "right", "wrong"), [("first", 160, 160), ("second", 40, 40), ("fourth", 70, 30)])
def test_a_series_is_large_enough_to_say_something(series: str, right: int, wrong: int) -> None:
    assert sum(not case.error for case in cases(series)) >= right
    assert sum(bool(case.error) for case in cases(series)) >= wrong
    assert len({case.name for case in cases(series)}) == len(cases(series))
