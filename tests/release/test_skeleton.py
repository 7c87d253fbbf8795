"""An instructor's notebook becomes a skeleton: no solutions, no outputs, no metadata that tells one."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from grader.errors import UsageError
from grader.release.regions import CODE_PROMPT, TEXT_PROMPT
from grader.release.skeleton import module_skeleton, notebook_skeleton


def notebook(*cells: dict[str, Any]) -> bytes:
    content = {"cells": list(cells), "metadata": {"widgets": {"state": "4242"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


def code(source: str, **metadata: Any) -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": "4242"}]
    return {"cell_type": "code", "id": "a", "source": source, "metadata": metadata, "outputs": outputs, "execution_count": 7}


def words(source: str, kind: str = "markdown", **metadata: Any) -> dict[str, Any]:
    return {"cell_type": kind, "id": "b", "source": source, "metadata": metadata}


MARKED = code("### BEGIN SOLUTION\nx = 4242\n### END SOLUTION")


def sources(data: bytes) -> list[str]:
    made = nbformat.reads(notebook_skeleton(data, "hw.ipynb").text, as_version=4)
    nbformat.validate(made)
    return [cell.source for cell in made.cells]


def test_outputs_counts_and_metadata_are_cleared() -> None:
    skeleton = notebook_skeleton(notebook(MARKED, code("y = 1", tags=["keep"])), "hw.ipynb")
    assert "4242" not in skeleton.text
    cells = json.loads(skeleton.text)["cells"]
    assert [(c["outputs"], c["execution_count"], c["metadata"]) for c in cells] == [([], None, {})] * 2
    assert skeleton.solutions == 1


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        (code("x = 4242", tags=["solution"]), [CODE_PROMPT]),
        (words("## Problem 1\n\nFalse.", tags=["solution"]), [f"## Problem 1\n\n{TEXT_PROMPT}"]),
        (code("x = 4242", tags=["remove-cell"]), []),
        (code("x = 4242", nbgrader={"solution": True, "grade": False, "grade_id": "a"}), [CODE_PROMPT]),
        (words("because 4242", nbgrader={"solution": True, "grade": True, "points": 2}), [TEXT_PROMPT]),
        (code("assert x", nbgrader={"solution": False, "grade": True}), ["assert x"]),
    ],
)
def test_a_cell_that_is_all_solution_is_replaced_or_removed(cell: dict[str, Any], left: list[str]) -> None:
    assert sources(notebook(MARKED, cell)) == [CODE_PROMPT, *left]


def test_an_nbgrader_cell_with_marks_keeps_what_stands_outside_them() -> None:
    cell = code("a = 1\n### BEGIN SOLUTION\nx = 4242\n### END SOLUTION", nbgrader={"solution": True})
    assert sources(notebook(cell)) == [f"a = 1\n{CODE_PROMPT}"]


def test_blocks_of_cells_between_otters_raw_cells_are_taken_as_they_say() -> None:
    block = [words("# BEGIN SOLUTION", "raw"), code("x = 4242"), words("# END SOLUTION", "raw")]
    tests = [words("# BEGIN TESTS", "raw"), code("assert x == 4242"), words("# END TESTS", "raw")]
    question = words("# BEGIN QUESTION\nname: q1\npoints: 2", "raw")
    assert sources(notebook(question, *block, *tests, words("# END QUESTION", "raw"))) == [CODE_PROMPT]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (notebook(code("x = 1")), "marks no solution"),
        (notebook(code("### BEGIN SOLUTION\nx = 1")), "cell 1, line 1: .*never closed"),
        (notebook(words("# BEGIN TESTS", "raw"), MARKED), "BEGIN TESTS is never closed"),
        (b"<html>", "web page"),
    ],
)
def test_what_would_hand_out_the_solution_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        notebook_skeleton(data, "hw.ipynb")


def test_a_module_is_stripped_the_same_way() -> None:
    skeleton = module_skeleton("def f(x):\n    ### BEGIN SOLUTION\n    return 4242\n    ### END SOLUTION\n", "hw.py")
    compile(skeleton.text, "hw.py", "exec")
    assert "4242" not in skeleton.text
    with pytest.raises(UsageError, match="marks no solution"):
        module_skeleton("x = 1\n", "hw.py")
