"""The executed notebook holds what ran and what came of it, and nothing a browser would run."""

from __future__ import annotations

import json

import nbformat

from grader.model.evidence import CellRun, Run
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Frame, Raised
from grader.store.executed import executed_notebook

CELLS = (
    Cell(index=0, kind="markdown", source="# Title"),
    Cell(index=1, kind="code", source="print(1)"),
    Cell(index=2, kind="code", source="1/0"),
    Cell(index=3, kind="code", source="never"),
)
ONE = Submission(id="a", root="", digest="d", parts=(Part(path="a.ipynb", kind="notebook", cells=CELLS),))


def notebook(*runs: CellRun) -> nbformat.NotebookNode:
    text = executed_notebook(ONE, Run(cells=runs))["executed.ipynb"]
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    return made


def test_outputs_errors_and_cells_that_never_ran_are_told_apart() -> None:
    error = Raised(kind="ZeroDivisionError", message="division by zero", frames=(Frame(file="cell", line=1, code="1/0", cell=2),))
    made = notebook(
        CellRun(part="a.ipynb", cell=1, status="ok", stdout="1\n"),
        CellRun(part="a.ipynb", cell=2, status="raised", error=error),
    )
    assert made.cells[1].outputs[0].text == "1\n"
    assert made.cells[2].outputs[0].ename == "ZeroDivisionError"
    assert (made.cells[3].outputs, made.cells[3].execution_count) == ([], None)


def test_only_harmless_kinds_of_output_are_kept() -> None:
    sent = [
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)", "text/plain": "x"}, "metadata": {}},
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
        {"output_type": "unheard of"},
        "nonsense",
    ]
    made = notebook(CellRun(part="a.ipynb", cell=1, status="ok", outputs=json.dumps(sent)))
    assert [dict(o.data) for o in made.cells[1].outputs] == [{"text/plain": "x"}]


def test_outputs_that_are_no_json_are_left_out() -> None:
    assert notebook(CellRun(part="a.ipynb", cell=1, status="ok", outputs="[" * 100_000)).cells[1].outputs == []


def test_a_cell_that_was_stopped_says_so() -> None:
    made = notebook(CellRun(part="a.ipynb", cell=3, status="timed_out"))
    assert "ran too long" in made.cells[3].outputs[0].text
