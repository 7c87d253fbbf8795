"""The picture beside a figure's check is the one of the cell it was found in, and damaged outputs show none."""

from __future__ import annotations

import base64
import json
from fractions import Fraction

import pytest

from grader.model.evidence import CellRun, Place, Run
from grader.model.report import CheckReport, QuestionReport, Report
from grader.model.verdict import passed
from grader.reports.pictures import pictures_of

PNG = b"\x89PNG\r\n\x1a\nrest"


def output(png: bytes) -> str:
    return json.dumps([{"output_type": "display_data", "data": {"image/png": base64.b64encode(png).decode()}}])


def report(outputs: str, kind: str = "figure", cell: int = 3) -> Report:
    verdict = passed().model_copy(update={"place": Place(part="a.ipynb", cell=cell)})
    one = CheckReport(id="plot", kind=kind, title="", possible=Fraction(1), earned=Fraction(1), verdict=verdict)
    question = QuestionReport(id="1", title="", possible=Fraction(1), earned=Fraction(1), pending=Fraction(0), checks=(one,))
    runs = (
        CellRun(part="a.ipynb", cell=2, status="ok", outputs=output(b"other")),
        CellRun(part="a.ipynb", cell=3, status="ok", outputs=outputs),
    )
    return Report(
        assignment="hw",
        title="",
        submission="s",
        digest="",
        possible=Fraction(1),
        earned=Fraction(1),
        pending=Fraction(0),
        questions=(question,),
        run=Run(cells=runs),
    )


def test_the_picture_is_that_of_the_cell() -> None:
    assert pictures_of(report(output(PNG))) == {"1/plot": PNG}


def test_only_checks_of_figures_have_pictures() -> None:
    assert pictures_of(report(output(PNG), kind="array")) == {}


@pytest.mark.parametrize(
    "outputs", ["nonsense", "[" * 100_000, "{}", "[1]", '[{"data": {"image/png": 3}}]', '[{"data": {"image/png": "%%%"}}]']
)
def test_damaged_outputs_show_none(outputs: str) -> None:
    assert pictures_of(report(outputs)) == {}
