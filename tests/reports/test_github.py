"""What a CI run shows: annotations at the student's line, escaped and within the limits; a summary; the points."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.evidence import Place
from grader.model.report import Report
from grader.model.rubric import Visibility
from grader.model.verdict import failed, graded, passed, undecided
from grader.reports.github import SUMMARY_BYTES, classroom_result, findings, has_visible_failure, job_summary, points_notices
from grader.reports.lines import line_in_notebook, line_of_name, source_lines
from grader.reports.workflow_commands import PER_LEVEL, Annotation, command, within_limits
from tests.reports.builder import LINE, at, check, question, report

CELLS = [["# Title\n"], ["a = 1\n", "\n", "dW1 = a\n", "dW1 = 2 * a"], "one = 'string'\ntwo = 2", []]


def notebook(indent: int | None = 1) -> str:
    outputs = [{"output_type": "stream", "name": "stdout", "text": ["dW1 = a\n", '{"source": ["a = 1\\n"]}\n']}]
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {"source": ["x"]}, "outputs": outputs, "source": source} for source in CELLS
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


def test_each_line_of_a_cell_is_found_in_the_notebooks_json() -> None:
    text = notebook()
    lines = text.splitlines()
    assert [json.loads(lines[n - 1].strip().rstrip(",")) for n in source_lines(text, 1)] == CELLS[1]
    assert len(source_lines(text, 2)) == 2
    assert len(set(source_lines(text, 2))) == 1
    assert source_lines(text, 3) == ()
    assert line_in_notebook(text, 3, 1) == line_in_notebook(text, 99, 1) == 1


def test_a_notebook_on_one_line_has_all_on_line_1() -> None:
    assert set(source_lines(notebook(indent=None), 1)) == {1}


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.text(st.sampled_from('{}[],:"\\ \n' + "ab"), max_size=60), st.integers(0, 3))
def test_looking_for_lines_survives_any_text(text: str, cell: int) -> None:
    assert all(line >= 1 for line in source_lines(text, cell))


@pytest.mark.parametrize(
    ("source", "name", "line"),
    [("a = 1\nb = 2\na = 3", "a", 3), ("def f():\n    x = 1\nclass C: pass", "C.weight", 3), ("%magic\nx = 1", "x", 2)],
)
def test_a_name_is_where_it_was_defined_last(source: str, name: str, line: int) -> None:
    assert line_of_name(source, name) == line


@pytest.mark.parametrize("source", ["x = (", "print(x)", ""])
def test_a_name_that_is_not_defined_is_on_line_1(source: str) -> None:
    assert line_of_name(source, "x") == 1


HERE = Place(part="hw1.ipynb", cell=1, heading="Problem 3.2", name="dW1")


def example(visibility: Visibility = Visibility.VISIBLE) -> Report:
    wrong = at(failed("values", share=1.0, worst=3.0, expected_value=77.5), place=HERE)
    raised = failed("raised", kind="ValueError", message="no::error ::", line={**LINE, "cell": 1, "line": 3})
    checks = [
        check("good", "array", 1, passed()),
        check("wrong", "array", 1, wrong, hint="Look at the mask.", visibility=visibility),
        check("raised", "call", 1, raised, visibility=visibility),
        check("part", "number", 1, graded(Fraction(1, 2), "edge_cases"), visibility=visibility),
        check("open", "manual", 1, undecided("manual", excerpt="")),
    ]
    return report("aster", [question("3.2", "Gradients", 5, checks)])


def test_a_finding_is_at_the_line_it_is_about() -> None:
    text = notebook()
    wrong, raised, part = findings(example(), {"hw1.ipynb": text}, "work/")
    assert (wrong.level, wrong.file, part.level, part.file) == ("error", "work/hw1.ipynb", "warning", "")
    assert text.splitlines()[wrong.line - 1].strip() == '"dW1 = 2 * a"'
    assert text.splitlines()[raised.line - 1].strip() == '"dW1 = a\\n",'
    assert "Look at the mask." in wrong.message
    assert "77.5" not in wrong.message


def test_what_is_not_visible_yet_is_neither_annotated_nor_a_failure() -> None:
    hidden = example(Visibility.AFTER_DUE)
    assert findings(hidden, {}) == ()
    assert not has_visible_failure(hidden)
    assert has_visible_failure(example())


def test_a_command_keeps_its_text_from_being_another_command() -> None:
    hostile = Annotation("error", "a\n::error ::b\r100%", title="x,file=y::z", file="a:b,c.py", line=3)
    line = command(hostile)
    assert line == "::error file=a%3Ab%2Cc.py,line=3,title=x%2Cfile=y%3A%3Az::a%0A::error ::b\\x0d100%25"
    assert command(replace(hostile, file="", title="", message="m")) == "::error::m"


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_a_command_is_one_line_whatever_stands_in_it(message: str, title: str, file: str) -> None:
    line = command(Annotation("error", message, title, file, 1))
    assert len(line.splitlines()) == 1
    head = line.split("::")[1]
    assert head.count(",") <= 2


@pytest.mark.parametrize("count", [0, 9, 10, 11, 40])
def test_no_more_than_ten_of_a_kind_are_shown_and_the_rest_is_counted(count: int) -> None:
    errors = [Annotation("error", f"e{n}") for n in range(count)]
    kept = within_limits([*errors, Annotation("warning", "w")])
    shown = [a for a in kept if a.level == "error"]
    assert len(shown) == min(count, PER_LEVEL)
    assert len([a for a in kept if a.level == "warning"]) == 1
    if count > PER_LEVEL:
        assert shown[-1].message.startswith(f"{count - 9} more")


def test_notices_leave_room_for_those_that_carry_the_points() -> None:
    assert len(within_limits([Annotation("notice", "n")] * 12, reserved=2)) == PER_LEVEL - 2


def test_the_points_are_told_as_classroom_reporters_read_them() -> None:
    first, second = points_notices(example())
    assert (first.title, first.message) == ("Autograding complete", "Points 1.50/5.00")
    assert (second.title, json.loads(second.message)) == ("Autograding report", {"totalPoints": 1.5, "maxPoints": 5.0})


def test_the_result_has_all_that_a_reporter_counts_with() -> None:
    result = json.loads(base64.b64decode(classroom_result(example())))
    assert (result["version"], result["status"], result["max_score"]) == (1, "fail", 5.0)
    assert [t["status"] for t in result["tests"]] == ["pass", "fail", "fail", "fail", "pass"]
    assert sum(t["score"] for t in result["tests"]) == 1.5


def test_a_summary_too_large_for_a_step_is_cut_at_a_line() -> None:
    many = [check(f"c{n}", "number", 1, passed(), title="x" * 3900) for n in range(400)]
    text = job_summary(report("aster", [question("1", "One", 400, many)]))
    assert len(text.encode()) <= SUMMARY_BYTES
    assert text.endswith("it is in the results file.*\n")
    assert job_summary(example()).startswith("# Homework 1")


def test_what_the_hand_in_decides_is_told_apart_from_what_a_person_does() -> None:
    checks = [
        check("later", "manual", 2, undecided("at_hand_in")),
        check("rests", "number", 1, undecided("sealed_follows", checks=["The first"])),
        check("person", "manual", 4, undecided("manual", excerpt="x")),
    ]
    summary = job_summary(report("aster", [question("1", "One", 7, checks)]))
    assert "**0.00 of 7.00 points**, 3.00 are judged when you hand in, 4.00 wait for a person" in summary
    assert [line.rpartition(": ")[2] for line in summary.splitlines() if line.startswith("- ")] == [
        "judged when you hand in",
        "judged when you hand in",
        "waits for a person",
    ]
    assert "Still open" in summary
    assert "Still open" not in job_summary(report("aster", [question("1", "One", 4, checks[2:])]))
