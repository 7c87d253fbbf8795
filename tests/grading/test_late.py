"""What handing in late costs: nothing within the grace, more with every day begun, never more than the cap or than was earned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.checks import Rubric
from grader.grading.late import loss, moment
from grader.grading.score import score
from grader.model.evidence import Run
from grader.model.rubric import LatePolicy
from grader.model.submission import Submission
from grader.model.verdict import graded

DUE = datetime(2026, 2, 3, 23, 59, tzinfo=UTC)
shares = st.fractions(min_value=0, max_value=1, max_denominator=100)
policies = st.builds(LatePolicy, grace=st.integers(0, 200_000).map(float), loss_per_day=shares, cap=shares)
seconds = st.integers(-(10**6), 10**7)
points = st.fractions(min_value=0, max_value=200, max_denominator=12)
small = settings(max_examples=60, derandomize=True, deadline=None)


def after(number: int) -> datetime:
    return DUE + timedelta(seconds=number)


@small
@given(policies, seconds, points)
def test_the_loss_is_between_nothing_and_the_cap(policy: LatePolicy, late: int, worth: Fraction) -> None:
    assert 0 <= loss(policy, DUE, after(late), worth) <= policy.cap * worth


@small
@given(policies, seconds, seconds, points)
def test_later_never_costs_less(policy: LatePolicy, one: int, other: int, worth: Fraction) -> None:
    earlier, later = sorted((one, other))
    assert loss(policy, DUE, after(earlier), worth) <= loss(policy, DUE, after(later), worth)


@small
@given(policies, points)
def test_the_grace_costs_nothing_to_its_last_second(policy: LatePolicy, worth: Fraction) -> None:
    assert loss(policy, DUE, after(int(policy.grace)), worth) == 0


@small
@given(policies, seconds, points, st.integers(-12, 12))
def test_the_time_zone_of_the_hand_in_does_not_matter(policy: LatePolicy, late: int, worth: Fraction, hours: int) -> None:
    from datetime import timezone

    moved = after(late).astimezone(timezone(timedelta(hours=hours)))
    assert loss(policy, DUE, moved, worth) == loss(policy, DUE, after(late), worth)


@pytest.mark.parametrize(("late", "lost"), [(0, 0), (900, 0), (901, 10), (86_400, 10), (86_401, 20), (10**6, 50)])
def test_each_day_begun_after_the_due_time_costs_its_share(late: int, lost: int) -> None:
    policy = LatePolicy.model_validate({"grace": "15 min", "loss_per_day": "10%", "cap": "50%"})
    assert loss(policy, DUE, after(late), Fraction(100)) == lost


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-03T23:59:00", "2026-02-03"])
def test_a_time_that_says_nothing_certain_is_none(text: str) -> None:
    assert moment(text) is None


def rubric(**more: object) -> Rubric:
    check = {"id": "a", "kind": "number", "of": "a", "points": 10, "value": 1}
    question = {"id": "1", "title": "One", "points": 10, "answer": {"variables": {"a": "a"}}, "checks": [check]}
    return Rubric.model_validate({"assignment": "hw", "title": "HW", "points": 10, "questions": [question], **more})


LATE = {"due": "2026-02-03T23:59:00+00:00", "late": {"loss_per_day": "40%"}}


@pytest.mark.parametrize(
    ("handed_in", "credit", "late", "earned"),
    [
        ("", 1, 0, 10),
        ("2026-02-03T23:00:00+00:00", 1, 0, 10),
        ("2026-02-04T10:00:00+00:00", 1, 4, 6),
        ("2026-02-04T10:00:00+00:00", Fraction(1, 4), Fraction(5, 2), 0),
    ],
)
def test_the_loss_is_taken_off_what_was_earned_and_never_more(
    handed_in: str, credit: Fraction, late: Fraction, earned: Fraction
) -> None:
    submission = Submission(id="aster", root="", digest="d", handed_in=handed_in)
    report = score(rubric(**LATE), submission, {"1/a": graded(Fraction(credit), "right")}, Run())
    assert (report.late, report.earned) == (late, earned)


@pytest.mark.parametrize(
    ("more", "handed_in", "marked", "said"),
    [
        (LATE, "", True, ["late_unknown"]),
        (LATE, "", False, []),
        (LATE, "2026-02-04T10:00:00+00:00", True, []),
        ({}, "", True, []),
    ],
)
def test_a_mark_of_lateness_costs_nothing_and_is_said_where_lateness_costs(
    more: dict[str, object], handed_in: str, marked: bool, said: list[str]
) -> None:
    submission = Submission(id="aster", root="", digest="d", handed_in=handed_in, marked_late=marked)
    report = score(rubric(**more), submission, {"1/a": graded(Fraction(1), "right")}, Run())
    assert [fault.code for fault in report.faults] == said
    assert report.late == (4 if handed_in else 0)


def test_without_a_policy_a_late_hand_in_costs_nothing() -> None:
    submission = Submission(id="aster", root="", digest="d", handed_in="2027-01-01T00:00:00+00:00")
    assert score(rubric(due=LATE["due"]), submission, {"1/a": graded(Fraction(1), "right")}, Run()).late == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"late": {"loss_per_day": "10%"}}, "needs `due`"),
        ({"due": "2026-02-03T23:59:00"}, "offset"),
        ({"due": "soon"}, "expected a time"),
        ({**LATE, "late": {"loss_per_day": "110%"}}, "less than or equal to 1"),
        ({**LATE, "late": {"loss_per_day": "1/10", "grace": "2 weeks"}}, "units are"),
    ],
)
def test_a_policy_that_means_nothing_certain_is_a_fault_of_the_rubric(more: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        rubric(**more)
