"""Reviewing a class: what a decision does to the scores, for one and for many, undone, and beside somebody else."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.model.report import CorrectedReading, Override, Withdrawal
from grader.store.course_folder import write_course
from grader.store.run_folder import RunFolder
from grader.web.desk import open_desk
from tests.web.builder import ANSWERS, FREE, MORE, NUMBER, WHY, Reviewer, graded, reviewer


def results(out: Path) -> dict[str, dict[str, Any]]:
    """Submission to check to its entry in results.json."""
    found = json.loads((out / "results.json").read_text())
    return {s["id"]: {c["id"]: c for q in s["questions"] for c in q["checks"]} for s in found["submissions"]}


def test_the_queue_counts_what_waits_with_its_points(ta: Reviewer) -> None:
    page = ta.get("/")
    assert "<b>8</b> wait, 0 are decided; <b>14.00</b> points at stake" in page
    assert page.index("The reason") < page.index("Freely")


def test_criteria_give_their_points_and_are_said_to_the_student(ta: Reviewer, out: Path) -> None:
    answer = ta.decide("cedar-9", grade="criteria", criterion=["1"], comment="Name it.", note="ask again")
    assert answer.status_code == 303
    ta.updates.catch_up()
    check = results(out)["cedar-9"]["why"]
    assert (check["points"], check["possible"]) == (2.0, 3.0)
    assert check["reason"]["override"]["reason"] == "Name it. [met: Gives the proof; not met: Names the cause]"
    assert check["reason"]["override"]["author"] == "ta1"
    feedback = (out / "students" / "cedar-9" / "feedback.html").read_text()
    assert "Name it. [met: Gives the proof" in feedback
    assert "ask again" not in feedback + (out / "students" / "cedar-9" / "result.json").read_text()
    assert "cedar-9,2.00" in (out / "gradebook.csv").read_text()


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({"grade": "full"}, "3"),
        ({"grade": "none"}, "0"),
        ({"grade": "other", "other": "1/2"}, "1/2"),
        ({"grade": "other", "other": "50%"}, "3/2"),
    ],
    ids=["full", "none", "points", "share"],
)
def test_credit_is_full_none_points_or_a_share(ta: Reviewer, out: Path, fields: dict[str, str], points: str) -> None:
    ta.decide("cedar-9", **fields)
    assert [o.points for o in RunFolder(out).overrides()] == [Fraction(points)]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose full, none or partial"),
        ({"grade": "criteria"}, "No criterion is ticked"),
        ({"grade": "other", "other": "4"}, "between 0 and the 3 points"),
        ({"grade": "other", "other": "a lot"}, "a number of points"),
    ],
    ids=["nothing", "no criterion", "too many", "words"],
)
def test_what_is_no_decision_is_said_and_keeps_what_was_written(
    ta: Reviewer, out: Path, fields: dict[str, str], says: str
) -> None:
    answer = ta.decide("cedar-9", comment="My long comment", **fields)
    assert (answer.status_code, says in answer.text, ">My long comment</textarea>" in answer.text) == (422, True, True)
    assert not (out / "overrides.jsonl").exists()


def test_equal_answers_stand_on_one_page_and_get_one_decision(ta: Reviewer, out: Path) -> None:
    page = ta.get(f"/0/{WHY}/{ta.number('alder-7')}")
    assert "The same answer in 2 submissions" in page
    assert "answer 1 of 2" in page
    answer = ta.decide("alder-7", also=True, grade="full", comment="Well said.")
    assert answer.location is not None
    assert answer.location.endswith(f"/0/{WHY}/{ta.number('cedar-9')}?said=saved&n=2")
    assert "It counts for 2 submissions." in ta.get(answer.location)
    ta.updates.catch_up()
    found = results(out)
    assert [found[one]["why"]["points"] for one in ("alder-7", "birch-8", "cedar-9")] == [3.0, 3.0, None]
    assert ta.tasks[0].among == {"alder-7", "birch-8"}


def test_only_those_who_are_ticked_get_the_decision_and_no_stranger_can_be(ta: Reviewer, out: Path) -> None:
    ta.decide("alder-7", also=[ta.number("cedar-9")], grade="full")
    assert [o.submission for o in RunFolder(out).overrides()] == ["alder-7"]


def test_comments_are_offered_again_without_the_criteria(ta: Reviewer, out: Path) -> None:
    ta.decide("alder-7", grade="criteria", criterion=["0"], comment="The proof is missing.")
    page = ta.get(f"/0/{WHY}/{ta.number('cedar-9')}")
    assert 'name="reuse" value="The proof is missing."' in page
    ta.decide("cedar-9", grade="none", reuse=["The proof is missing."], comment="And more.")
    assert RunFolder(out).overrides()[-1].reason == "The proof is missing. And more."


def test_taking_back_appends_what_was_before(ta: Reviewer, out: Path) -> None:
    address = f"/0/{WHY}/{ta.number('cedar-9')}"
    for fields in ({"grade": "full"}, {"grade": "none"}):
        ta.decide("cedar-9", **fields)
    before = (out / "overrides.jsonl").read_text()
    ta.post(address, "back", ta.get(address))
    assert (out / "overrides.jsonl").read_text().startswith(before)
    assert [o.points for o in RunFolder(out).overrides()] == [3]


def test_taking_back_the_only_decision_lets_it_wait_again(ta: Reviewer, out: Path) -> None:
    address = f"/0/{WHY}/{ta.number('cedar-9')}"
    ta.decide("cedar-9", grade="full")
    ta.updates.catch_up()
    ta.post(address, "back", ta.get(address))
    ta.updates.catch_up()
    assert results(out)["cedar-9"]["why"]["points"] is None
    lines = RunFolder(out).corrections.read()
    assert [type(line) for line in lines] == [Override, Withdrawal]
    assert "Take back" in ta.get(address)
    assert "<b>8</b> wait" in ta.get("/")


def test_two_reviewers_lose_nothing_and_the_second_is_told(out: Path) -> None:
    first, second = reviewer(out, "ta1"), reviewer(out, "ta2")
    address = f"/0/{WHY}/{first.number('cedar-9')}"
    page = second.get(address)
    first.decide("cedar-9", grade="full", comment="Fine.")
    answer = second.post(address, "decide", page, grade="none", comment="I disagree")
    assert answer.status_code == 409
    assert "Somebody decided about this meanwhile" in answer.text
    assert "<b>3.00 points</b> by ta1" in answer.text
    assert ">I disagree</textarea>" in answer.text
    assert [o.points for o in RunFolder(out).overrides()] == [3]
    assert second.post(address, "decide", answer.text, grade="none", comment="I disagree").status_code == 303
    assert [(line.author, line.points) for line in RunFolder(out).corrections.read() if isinstance(line, Override)] == [
        ("ta1", 3),
        ("ta2", 0),
    ]


def test_of_a_group_those_decided_meanwhile_are_left_alone(out: Path) -> None:
    first, second = reviewer(out, "ta1"), reviewer(out, "ta2")
    address = f"/0/{WHY}/{first.number('alder-7')}"
    page = second.get(address)
    first.decide("birch-8", grade="none")
    answer = second.post(address, "decide", page, grade="full")
    assert answer.location is not None
    assert "1 were decided by somebody else meanwhile" in second.get(answer.location)
    assert {o.submission: o.points for o in RunFolder(out).overrides()} == {"birch-8": 0, "alder-7": 3}


def test_any_verdict_can_be_corrected_and_what_it_blocked_waits_then(ta: Reviewer, out: Path) -> None:
    assert results(out)["cedar-9"]["more"]["status"] == "blocked"
    assert "What people decide" in ta.get(f"/0/{MORE}/")
    assert ta.number("cedar-9") not in ta.get(f"/0/{MORE}/")
    ta.decide("cedar-9", NUMBER, grade="full", comment="Another convention.")
    assert ta.number("cedar-9") in ta.get(f"/0/{MORE}/")
    ta.decide("cedar-9", MORE, grade="full")
    ta.updates.catch_up()
    assert [results(out)["cedar-9"][check]["points"] for check in ("x", "more")] == [1.0, 1.0]


def test_a_misread_answer_is_read_anew_and_judged_at_once(ta: Reviewer, out: Path) -> None:
    address = f"/0/{NUMBER}/{ta.number('cedar-9', NUMBER)}"
    assert results(out)["cedar-9"]["x"]["status"] == "failed"
    answer = ta.post(address, "read", ta.get(address), read="3", why="a 3 with a tail")
    assert "judged again with this reading" in ta.get(answer.location or "")
    ta.updates.catch_up()  # on a busy machine the page may not have waited for it
    assert results(out)["cedar-9"]["x"]["status"] == "passed"
    (line,) = RunFolder(out).corrections.read()
    assert isinstance(line, CorrectedReading)
    ta.post(address, "back", ta.get(address))
    ta.updates.catch_up()
    assert results(out)["cedar-9"]["x"]["status"] == "failed"


def test_after_the_last_answer_comes_the_next_check_and_then_nothing_waits(ta: Reviewer) -> None:
    locations = [ta.decide(one, WHY, grade="full").location for one in ("alder-7", "birch-8", "cedar-9")]
    assert locations[-1] == f"/0/{MORE}/?said=saved&n=1"
    for check in (MORE, FREE):
        for one in ("alder-7", "birch-8", "cedar-9"):
            if (check, one) != (MORE, "cedar-9"):
                last = ta.decide(one, check, grade="none").location
    assert last == "/?said=saved&n=1"
    assert "Nothing waits: all 8 are decided." in ta.get("/")


def test_what_was_passed_over_comes_again_after_the_last_answer(ta: Reviewer) -> None:
    assert ta.decide("cedar-9", grade="full").location == f"/0/{WHY}/{ta.number('alder-7')}?said=saved&n=1"


def test_where_the_toolkit_decided_everything_the_queue_says_so(tmp_path: Path) -> None:
    out = graded(tmp_path, answers={"dogwood": ANSWERS["dogwood"]})
    assert "Nothing waits: the toolkit decided everything." in reviewer(out).get("/")


def test_a_student_s_page_lists_her_checks(ta: Reviewer) -> None:
    page = ta.get(f"/0/student/{ta.number('cedar-9')}")
    assert page.count("<tr") == 5
    assert "judged by the toolkit" in page


def test_a_course_is_reviewed_in_one_page_and_its_gradebook_follows(tmp_path: Path) -> None:
    outs = {name: graded(tmp_path, name, {"alder-7": ANSWERS["alder-7"]}) for name in ("hw1", "hw2")}
    write_course(tmp_path / "out", {name: RunFolder(out).read_class() for name, out in outs.items()})
    ta = reviewer(tmp_path / "out")
    page = ta.get("/")
    assert "What waits in the course" in page
    number = ta.number("alder-7")
    address = f"/1/{WHY}/{number}"
    ta.post(address, "decide", ta.get(address), grade="full")
    assert ta.post("/update", "", ta.get("/")).location == "/?said=updated"
    assert (tmp_path / "out" / "gradebook.csv").read_text().splitlines()[1] == "alder-7,1.00,4.00"


def test_decisions_that_somebody_else_s_regrade_applied_are_seen_without_a_restart(ta: Reviewer, out: Path) -> None:
    other = reviewer(out, "ta2")
    other.decide("cedar-9", grade="full")
    other.updates.catch_up()
    assert "<b>7</b> wait, 1 are decided" in ta.get("/")


def test_a_rubric_with_other_points_must_be_regraded_first(graded_class: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(graded_class, tmp_path / "hw"))
    changed = tmp_path / "hw.yaml"
    changed.write_text(
        (out / "evidence" / "rubric.yaml").read_text().replace("points: 1, needs", "points: 2, needs").replace("6", "7")
    )
    with pytest.raises(UsageError, match="another rubric") as caught:
        open_desk(out, "ta1", rubric=changed)
    assert "grader regrade" in caught.value.mend


def test_with_a_changed_rubric_all_are_judged_again(out: Path, tmp_path: Path) -> None:
    ta = reviewer(out)
    (out / "evidence" / "rubric.yaml").write_text("of another day")
    ta.decide("cedar-9", grade="full")
    ta.updates.catch_up()
    assert [task.among for task in ta.tasks] == [None]
