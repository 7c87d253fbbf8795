"""A course: which rubrics and which submissions belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import RubricError, UsageError
from grader.intake.courses import find_course

RUBRIC = """\
assignment: {name}
title: A homework
points: 1
questions:
  - id: "1"
    title: A number
    points: 1
    answer: {{variables: {{x: x}}}}
    checks:
      - {{id: x, kind: number, of: x, points: 1, value: 3}}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("hw2", "hw1", "hw3"):
        (tmp_path / "rubrics").mkdir(exist_ok=True)
        (tmp_path / "rubrics" / f"{name}.yaml").write_text(RUBRIC.format(name=name))
    for path in ("hw1/aster", "hw2/aster", "hw2/birch"):
        (tmp_path / "work" / path).mkdir(parents=True)
    (tmp_path / "rubrics" / "schema.json").write_text("{}")
    return tmp_path


def test_rubrics_find_the_folders_called_like_them_in_order(course: Path) -> None:
    found = find_course(course / "rubrics", course / "work")
    assert [(a.name, [s.id for s in a.sources]) for a in found.assignments] == [("hw1", ["aster"]), ("hw2", ["aster", "birch"])]
    assert found.without_submissions == ("hw3",)


def test_a_faulty_rubric_counts_only_where_it_is_needed(course: Path) -> None:
    (course / "rubrics" / "hw3.yaml").write_text("assignment: [")
    assert len(find_course(course / "rubrics", course / "work").assignments) == 2
    (course / "work" / "hw3" / "cedar").mkdir(parents=True)
    with pytest.raises(RubricError):
        find_course(course / "rubrics", course / "work")


def test_no_folder_for_any_rubric_is_said_with_the_names_looked_for(course: Path) -> None:
    with pytest.raises(UsageError, match=r"no folder .*hw1, hw2, hw3"):
        find_course(course / "rubrics", course / "rubrics")
