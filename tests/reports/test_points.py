"""Points as printed: two decimals, and what is shown adds up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.rubric import Visibility
from grader.model.verdict import failed, graded, passed, undecided
from grader.reports.audience import Audience, Stage
from grader.reports.points import apportioned, hundredths, shares, shown
from grader.reports.view import view
from tests.reports.builder import check, question, report

QUICK = settings(max_examples=60, derandomize=True, deadline=None, database=None)
fractions = st.fractions(min_value=0, max_value=20, max_denominator=300)
shares_of_credit = st.one_of(st.none(), st.fractions(min_value=0, max_value=1, max_denominator=12))


@given(st.lists(fractions, max_size=8))
@QUICK
def test_shares_add_up_to_the_rounded_sum_and_none_is_off_by_a_hundredth(parts: list[Fraction]) -> None:
    found = shares(parts)
    assert sum(found) == hundredths(sum(parts, Fraction(0)))
    assert all(abs(Fraction(points, 100) - part) < Fraction(1, 100) for points, part in zip(found, parts, strict=True))


def test_halves_are_rounded_up_and_two_decimals_are_printed() -> None:
    assert [shown(hundredths(Fraction(n, 1000))) for n in (0, 5, 4, 1005, 12340)] == ["0.00", "0.01", "0.00", "1.01", "12.34"]
    assert shown(-5) == "-0.05"


def test_three_thirds_are_shown_as_one() -> None:
    assert shares([Fraction(1, 3)] * 3) == (34, 33, 33)


def test_a_total_that_is_no_rounding_of_the_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="no rounding"):
        apportioned([Fraction(1)], 102)


visibilities = st.sampled_from(list(Visibility))
checks = st.lists(st.tuples(st.integers(1, 500), shares_of_credit, visibilities), min_size=1, max_size=4)


def _report(questions: list[list[tuple[int, Fraction | None, Visibility]]], late: Fraction):
    built = []
    for number, items in enumerate(questions):
        found = [
            check(
                f"c{i}",
                "array",
                Fraction(points, 100),
                undecided("manual") if credit is None else graded(credit, "values"),
                visibility=visibility,
            )
            for i, (points, credit, visibility) in enumerate(items)
        ]
        built.append(question(f"q{number}", "t", sum((c.possible for c in found), Fraction(0)), found))
    whole = report("s", built)
    return report("s", built, late=min(late, whole.earned))


@given(st.lists(checks, min_size=1, max_size=4), fractions, st.sampled_from(list(Audience)), st.sampled_from(list(Stage)))
@QUICK
def test_what_any_reader_sees_adds_up_and_never_exceeds_what_is_possible(questions, late, audience, stage) -> None:
    seen = view(_report(questions, late), audience, stage)
    assert sum(q.earned for q in seen.questions) == seen.earned + seen.late
    assert sum(q.possible for q in seen.questions) == seen.possible
    assert sum(q.pending for q in seen.questions) == seen.pending
    assert sum(q.withheld for q in seen.questions) == seen.withheld
    for q in seen.questions:
        assert sum(c.earned or 0 for c in q.checks) == q.earned
        assert sum(c.possible for c in q.checks) == q.possible
        assert all(0 <= (c.earned or 0) <= c.possible for c in q.checks)
        assert q.earned + q.pending + q.withheld <= q.possible


def test_points_before_release_count_only_what_is_shown() -> None:
    q = question(
        "1", "t", 3, [check("a", "array", 1, passed()), check("b", "array", 2, failed("values"), visibility=Visibility.AFTER_DUE)]
    )
    seen = view(report("s", [q]), Audience.STUDENT, Stage.OPEN)
    assert (seen.earned, seen.possible, seen.withheld) == (100, 300, 200)
