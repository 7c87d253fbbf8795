"""A skeleton made from a rubric: every place an answer is looked for, and nothing that could be taken for one."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from grader.checks import Rubric
from grader.checks.writing import own_text
from grader.intake.headings import find_heading
from grader.intake.notebooks import read_notebook
from grader.intake.rubrics import load_rubric
from grader.intake.sections import read_sections
from grader.model.evidence import CaptureStatus
from grader.model.probe import Read
from grader.model.submission import Submission
from grader.model.values import Section
from grader.release.readme import student_readme
from grader.release.stubs import rubric_skeleton, signature

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=sorted((ROOT / "rubrics").glob("*.yaml")), ids=lambda path: path.stem)
def rubric(request: pytest.FixtureRequest) -> Rubric:
    return load_rubric(request.param).rubric


def test_every_heading_of_the_rubric_is_found_and_nothing_is_written_under_it(rubric: Rubric) -> None:
    part = read_notebook(rubric_skeleton(rubric).text.encode(), "hw.ipynb")
    submission = Submission(id="a", root="", digest="d", parts=(part,))
    for question in rubric.questions:
        (capture,) = read_sections(submission, (Read(headings=question.answer.headings),)).values()
        assert capture.status is CaptureStatus.CAPTURED, question.id
        assert isinstance(capture.value, Section)
        assert capture.value.heading == question.answer.headings[0]
        assert own_text(capture.value.text) == ""
        assert capture.value.tables == ()


def test_all_code_of_a_skeleton_is_python_and_binds_no_answer(rubric: Rubric) -> None:
    cells = json.loads(rubric_skeleton(rubric).text)["cells"]
    code = [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    names = {n.id for tree in code for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert names == set()
    defined = {node.name for tree in code for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    asked = {n[0] for q in rubric.questions for n in (*q.answer.functions.values(), *q.answer.classes.values())}
    blanks = "\n".join(program for question in rubric.questions for program in question.answer.blanks)
    assert defined == {name for name in asked if "." not in name and f"def {name}(" not in blanks}


def test_no_heading_of_the_readme_is_taken_for_a_questions(rubric: Rubric) -> None:
    readme = student_readme(rubric, ["hw.ipynb"], [], [])
    headings = [[line.lstrip("# ")] for line in readme.splitlines() if line.startswith("#")]
    assert headings
    assert all(find_heading(q.answer.headings, headings).index is None for q in rubric.questions)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("Write `f(x, W1=None)`.", "x, W1=None"),
        ("the value of f(2) and f(x) is", "x"),
        ("f(x + 1)", "*arguments"),
        ("f(x); import os", "x"),
        ("nothing", "*arguments"),
    ],
)
def test_arguments_are_those_that_the_task_shows(text: str, arguments: str) -> None:
    assert signature("f", text) == arguments
