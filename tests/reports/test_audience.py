"""Who sees what of a check, and when."""

from __future__ import annotations

import json

import pytest

from grader.model.rubric import Visibility
from grader.model.verdict import Reason, Verdict, blocked, failed, undecided
from grader.reports import Audience, Disclosure, Stage, disclosure, feedback_html, feedback_markdown, result_json, visible_to
from tests.reports.builder import check, question, report, sample

FULL, POINTS, EXISTENCE = Disclosure.FULL, Disclosure.POINTS, Disclosure.EXISTENCE

SECRET = failed("values", seen=1.5, expected_value=31.4159, share=0.5, index=[0])


def one(visibility: Visibility, verdict=SECRET):
    return check("secret_name", "array", 2, verdict, visibility=visibility)


@pytest.mark.parametrize(
    ("visibility", "by_stage"),
    [
        (Visibility.VISIBLE, (FULL, FULL, FULL)),
        (Visibility.AFTER_DUE, (EXISTENCE, FULL, FULL)),
        (Visibility.AFTER_PUBLISHED, (EXISTENCE, EXISTENCE, FULL)),
        (Visibility.HIDDEN, (EXISTENCE, EXISTENCE, POINTS)),
    ],
)
def test_a_student_sees_a_check_from_its_stage_on(visibility: Visibility, by_stage: tuple[Disclosure, ...]) -> None:
    found = one(visibility)
    assert tuple(disclosure(found, Audience.STUDENT, stage) for stage in Stage) == by_stage
    assert tuple(visible_to(found, Audience.STUDENT, stage) for stage in Stage) == tuple(d is FULL for d in by_stage)


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("stage", list(Stage))
def test_the_instructor_sees_everything_always(visibility: Visibility, stage: Stage) -> None:
    assert visible_to(one(visibility), Audience.INSTRUCTOR, stage)


WRITERS = {
    "html": lambda r, a, s: feedback_html(r, a, s).split("<main>")[1],
    "markdown": lambda r, a, s: feedback_markdown(r, a, s).replace("\\", ""),
    "json": lambda r, a, s: result_json(r, a, s),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.AFTER_DUE, Visibility.AFTER_PUBLISHED])
def test_a_check_not_yet_shown_leaves_no_name_no_verdict_and_no_value(write, visibility: Visibility) -> None:
    text = write(report("s", [question("1", "t", 2, [one(visibility)])]), Audience.STUDENT, Stage.OPEN)
    for secret in ("secret_name", "31.4", "1.5", "failed", "not right"):
        assert secret not in text


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
@pytest.mark.parametrize(
    ("visibility", "stage", "audience", "is_shown"),
    [
        (Visibility.VISIBLE, Stage.PUBLISHED, Audience.STUDENT, True),
        (Visibility.VISIBLE, Stage.OPEN, Audience.STUDENT, False),
        (Visibility.AFTER_DUE, Stage.PUBLISHED, Audience.STUDENT, False),
        (Visibility.HIDDEN, Stage.PUBLISHED, Audience.STUDENT, False),
        (Visibility.HIDDEN, Stage.OPEN, Audience.INSTRUCTOR, True),
    ],
)
def test_expected_values_are_for_visible_checks_after_the_due_date_and_for_the_instructor(
    write, visibility: Visibility, stage: Stage, audience: Audience, is_shown: bool
) -> None:
    parts = failed("values", seen=1.5, because="values", expected_value=31.4159, deep=[{"expected": 31.4159}])
    text = write(report("s", [question("1", "t", 2, [one(visibility, parts)])]), audience, stage)
    assert ("31.4159" in text) is is_shown


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
def test_expected_values_in_parts_and_notes_are_dropped_too(write) -> None:
    part = Reason(
        code="values", facts={"layer": "conv1", "column": "macs", "seen": "1", "expected": 31.4159, "expected_value": 31.4159}
    )
    verdict = Verdict.model_validate({**dict(SECRET), "parts": (part,), "notes": (part,)})
    whole = report("s", [question("1", "t", 2, [one(Visibility.AFTER_DUE, verdict)])])
    assert "31.4159" not in write(whole, Audience.STUDENT, Stage.DUE)
    assert "31.4159" in write(whole, Audience.INSTRUCTOR, Stage.DUE)


def test_an_expected_shape_is_shown_in_a_visible_check_even_before_the_due_date() -> None:
    wrong = failed("shape", seen=[3, 2], expected=[2, 3])
    text = feedback_markdown(report("s", [question("1", "t", 2, [one(Visibility.VISIBLE, wrong)])]), stage=Stage.OPEN)
    assert "(2, 3)" in text


def test_published_marks_count_hidden_checks_in_the_total_a_student_sees() -> None:
    student = json.loads(result_json(sample().reports[0]))["submissions"][0]
    teacher = json.loads(result_json(sample().reports[0], Audience.INSTRUCTOR))["submissions"][0]
    assert student["earned"] == teacher["earned"]


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
def test_the_criteria_of_a_person_are_not_told_before_marks_are_published(write) -> None:
    asked = check("why", "manual", 2, undecided("manual", excerpt="so"), criteria=("Names the chain rule.",))
    whole = report("s", [question("1", "t", 2, [asked])])
    for stage in (Stage.OPEN, Stage.DUE):
        assert "chain rule" not in write(whole, Audience.STUDENT, stage)


def test_the_criteria_stand_on_the_page_with_published_marks() -> None:
    asked = check("why", "manual", 2, undecided("manual", excerpt="so"), criteria=("Names the chain rule.",))
    whole = report("s", [question("1", "t", 2, [asked])])
    assert "Names the chain rule." in feedback_html(whole)
    assert "Names the chain rule." in feedback_html(whole, Audience.INSTRUCTOR, Stage.OPEN)


def test_the_criteria_are_not_told_to_whom_a_prerequisite_keeps_from_the_answer() -> None:
    asked = check("why", "manual", 2, blocked("needs", check="1/a"), criteria=("Names the chain rule.",))
    whole = report("s", [question("1", "t", 2, [asked])])
    assert "chain rule" not in feedback_html(whole)
