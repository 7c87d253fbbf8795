"""What was read in a report is on its page, with the line that puts another reading in its place."""

from __future__ import annotations

import html
import json
import re

import pytest

from grader.model.evidence import Place
from grader.model.report import CorrectedReading
from grader.model.verdict import Reason, Verdict, failed, passed, undecided
from grader.reports import feedback_html
from tests.reports.builder import HOSTILE, at, check, question, report

NOTE = Reason(code="read_from_text", facts={"read": 14.5, "excerpt": "So L = 14.5"})
READ = at(passed(), notes=(NOTE,), place=Place(part="hw.txt", heading="Problem 3"))


def page(verdict: Verdict, submission: str = "aster") -> str:
    return feedback_html(report(submission, [question("3", "Loss", 1, [check("loss", "number", 1, verdict)])]))


def test_a_reading_is_told_with_where_it_stands() -> None:
    text = re.sub(r"<[^>]+>", "", page(READ))
    assert "Read in your report: 14.5, from “So L = 14.5”" in html.unescape(text)
    assert "Found in hw.txt, under “Problem 3”" in html.unescape(text)


@pytest.mark.parametrize("submission", ["aster", *HOSTILE])
def test_the_line_that_corrects_it_is_one_that_is_taken(submission: str) -> None:
    (line,) = re.findall(r"<pre>(\{.*?\})</pre>", page(READ, submission))
    reading = CorrectedReading.model_validate(json.loads(html.unescape(line)))
    assert (reading.submission, reading.question, reading.check) == (submission, "3", "loss")


@pytest.mark.parametrize(
    ("verdict", "is_told"),
    [
        (undecided("unclear_reading", labels=["L"], read=[]), True),
        (undecided("not_read", excerpt="Maybe.", options=["A", "B"]), True),
        (at(passed(), notes=(Reason(code="code_of_report", facts={"heading": "Problem 3"}),)), True),
        (passed(), False),
        (failed("missing", looked_for=["L"], nearest=[]), False),
    ],
)
def test_the_line_is_there_where_a_text_was_read_and_nowhere_else(verdict: Verdict, is_told: bool) -> None:
    assert ("overrides.jsonl" in page(verdict)) is is_told
