"""A faulty rubric gets all its faults at once, each with its place and the nearest valid name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.checks import KINDS
from grader.errors import RubricError, UsageError
from grader.intake.rubrics import check_document, load_rubric
from grader.intake.schema import rubric_schema
from grader.intake.yaml_tree import read_yaml

GOOD = """\
assignment: hw
title: A homework
points: 3
questions:
  - id: "1"
    title: Numbers
    points: 3
    answer: {variables: {x: [x, X]}}
    checks:
      - {id: one, kind: number, of: x, points: 1, value: 2}
      - {id: two, kind: number, of: x, points: 2, value: 2, needs: [one]}
"""


def faults(text: str) -> list[str]:
    return [str(f) for f in check_document(read_yaml(text, "hw.yaml")).faults]


def test_a_good_rubric_has_no_faults() -> None:
    checked = check_document(read_yaml(GOOD, "hw.yaml"))
    assert checked.faults == []
    assert checked.rubric is not None
    assert [c.kind for c in checked.rubric.questions[0].checks] == ["number", "number"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "kind: number, of: x, points: 1",
            "kind: numbr, of: x, points: 1",
            "hw.yaml:10:19: questions[0].checks[0].kind: unknown kind `numbr` (did you mean `number`?)",
        ),
        ("title: A", "titel: A", "hw.yaml:2:1: titel: unknown field `titel` (did you mean `title`?)"),
        (
            "points: 2, value",
            "points: 2, rtoll: 1, value",
            "hw.yaml:11:51: questions[0].checks[1].rtoll: unknown field `rtoll` (did you mean `rtol`?)",
        ),
        ("points: 3\nquest", "points: 4\nquest", "hw.yaml:3:1: points: the questions add up to 3, not to the stated 4"),
        (
            "    points: 3",
            "    points: 5/2",
            "hw.yaml:7:5: questions[0].points: the checks add up to 3, not to the stated 5/2 (2.5)",
        ),
        ("id: two", "id: one", "hw.yaml:11:10: questions[0].checks[1].id: check `one` stands twice (first at check number 1)"),
        ("of: x, points: 1", "of: y, points: 1", "the question's answer has no `y`"),
        ("needs: [one]", "needs: [on]", "there is no check `on` (did you mean `one`?)"),
        ("needs: [one]", "needs: [two]", "`1/two` needs itself, through others"),
        ('id: "1"', "id: 1", "(put it in quotes)"),
        ("assignment: hw", "assignment: HW 1", "assignment"),
        ("value: 2}", "value: 2, visibility: hiden}", "did you mean `hidden`?"),
        ("points: 1, value", "points: -1, value", "greater than or equal to 0"),
        ("title: A homework\n", "", "`title` is missing"),
        ("answer: {variables: {x: [x, X]}}", "answer: {variable: {x: [x, X]}}", "(did you mean `variables`?)"),
        ("title: A homework\n", "title: A homework\nlimits: {wall: soon}\n", "expected a quantity such as '120 s'"),
    ],
)
def test_each_fault_is_named_with_its_place(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1))
    assert any(fault in line for line in found), found
    assert not any("at least 1 item" in line for line in found), found


def test_all_faults_come_at_once() -> None:
    text = GOOD.replace("title: A", "titel: A").replace("kind: number, of: x, points: 1", "kind: arry, of: x, points: 1")
    text = text.replace("needs: [one]", "needs: [none]").replace("points: 3\nquest", "points: 9\nquest")
    found = "\n".join(faults(text))
    for part in ("titel", "unknown kind `arry`", "there is no check `none`", "the questions add up to 3"):
        assert part in found


def test_a_missing_reference_and_missing_data_are_faults(tmp_path: Path) -> None:
    path = tmp_path / "hw.yaml"
    path.write_text(GOOD.replace("points: 3\nq", "points: 3\nreference: nowhere\nq"))
    with pytest.raises(RubricError, match="there is no folder nowhere"):
        load_rubric(path)
    (tmp_path / "ref").mkdir()
    path.write_text(GOOD.replace("points: 3\nq", "points: 3\nreference: ref\ndata: {a.csv: a.csv}\nq"))
    with pytest.raises(RubricError, match=r"there is no file a\.csv in ref"):
        load_rubric(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the rubric"):
        load_rubric(tmp_path / "absent.yaml")


@pytest.mark.parametrize("text", ["", "- 1\n", "a: [", "questions: 3", "questions: [1, {}]", "questions: [{checks: 3}]"])
def test_what_is_no_rubric_at_all_is_faults_and_no_crash(text: str) -> None:
    assert faults(text)


def test_the_schema_for_editors_is_current_and_knows_every_kind() -> None:
    kept = Path(__file__).parents[2] / "rubrics" / "rubric.schema.json"
    assert kept.read_text(encoding="utf-8") == rubric_schema(), "run: grader rubric schema > rubrics/rubric.schema.json"
    text = json.dumps(json.loads(rubric_schema()))
    assert all(f'"{kind}"' in text for kind in KINDS)
