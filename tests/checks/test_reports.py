"""Kinds that read a report where no variable holds the answer: right, wrong, or left to a human."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.array import ArrayCheck
from grader.checks.base import Check
from grader.checks.choice import ChoiceCheck
from grader.checks.number import NumberCheck
from grader.checks.relation import RelationCheck
from grader.checks.told import told
from grader.checks.truth_table import TruthTableCheck
from grader.model.evidence import Capture, CaptureStatus, Place
from grader.model.probe import Look, Read
from grader.model.rubric import Answer
from grader.model.values import Section, Table
from grader.model.verdict import Verdict
from tests.checks.check_cases import BOX_FAILED, MISSING, RAISED, capture, summary

ANSWER = Answer(heading=("Problem 1",), variables={"x": ("x",), "w": ("w",), "s": ("s",)})
LR = Table(columns=("Lr", "Accuracy"), rows=(("1", "10.0%"), ("0.1", "87.5%")), source="printed")


def report(text: str, *tables: Table, part: str = "hw.txt") -> Capture:
    section = Section(part=part, heading="Problem 1", text=text, tables=tables)
    return Capture.of(section).model_copy(update={"place": Place(part=part, heading="Problem 1")})


def number(**fields: Any) -> NumberCheck:
    return NumberCheck(id="x", of="x", points=1, **{"report": {"label": ["x", "the loss"]}, **fields})


def array(**fields: Any) -> ArrayCheck:
    return ArrayCheck(id="x", of="x", points=1, report={"label": ["dL/dx"]}, **fields)


def judge(check: Check, text: Capture, expected: object, variable: Capture = MISSING) -> Verdict:
    return check.judge((variable, text), (capture(expected),) if expected is not None else ())


NUMBERS = [
    ("x = 14.5", 14.5, {}, ("passed", "right", "1")),
    ("the loss is 14.4", 14.5, {}, ("failed", "values", "0")),
    ("x = 0.887", 0.887277, {}, ("passed", "right", "1")),
    ("x = 0.89", 0.887277, {}, ("failed", "values", "0")),
    ("x = 0.888", 0.886, {}, ("failed", "values", "0")),
    ("x is large, see Figure 3", 14.5, {}, ("undecided", "unclear_reading", "")),
    ("x = 14.5, or x = 13", 14.5, {}, ("undecided", "unclear_reading", "")),
    ("x = [1, 2]", 14.5, {}, ("undecided", "unclear_reading", "")),
    ("", 14.5, {}, ("failed", "empty", "0")),
    ("x = 1200", 1200, {"integer": True}, ("passed", "right", "1")),
    ("x = 1201", 1200, {"integer": True}, ("failed", "values", "0")),
    ("x = 87.5%", 0.875, {}, ("passed", "right", "1")),
    ("x = 87.5%", 87.5, {}, ("passed", "right", "1")),
    ("$$-1 * \\log(0.4) = -0.397$$", -0.397940, {"report": {"label": ["CE"], "alone": True}}, ("passed", "right", "1")),
    ("True: w=3.0\nFitted: w=0.5", 0.5, {"report": {"label": ["w"], "after": ["Fitted"]}}, ("passed", "right", "1")),
]


@pytest.mark.parametrize(("text", "expected", "fields", "verdict"), NUMBERS)
def test_a_number_in_a_report_is_judged_as_a_careful_reader_would(
    text: str, expected: float, fields: dict[str, Any], verdict: tuple[str, str, str]
) -> None:
    assert summary(judge(number(**fields), report(text), expected)) == verdict


@pytest.mark.parametrize(
    ("row", "expected", "status"),
    [("0.1", 87.5, "passed"), ("0.10", 0.875, "passed"), ("1", 87.5, "failed"), ("2", 1, "undecided")],
)
def test_a_number_in_a_table_is_found_by_row_and_column(row: str, expected: float, status: str) -> None:
    check = number(report={"row": row, "column": ["accuracy"]})
    assert judge(check, report("See the table.", LR), expected).status.value == status


ARRAYS = [
    (r"$$\frac{\partial L}{\partial x} = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$$", [[1, 2], [3, 4]], {}, "passed"),
    ("dL/dx = [[1, 3], [2, 4]]", [[1, 2], [3, 4]], {}, "failed"),
    ("dL/dx = [[1, 3], [2, 4]]", [[1, 2], [3, 4]], {"layouts": ["denominator", "numerator"]}, "passed"),
    ("dL/dx = [1 -2]", [[1], [-2]], {}, "passed"),
    ("dL/dx = [1.001 -2.125]", [1.00067, -2.12512], {}, "passed"),
    ("dL/dx = [1.01 -2.125]", [1.00067, -2.12512], {}, "failed"),
    ("dL/dx = 3", [[1], [-2]], {}, "undecided"),
    ("see Figure 2", [[1], [-2]], {}, "undecided"),
]


@pytest.mark.parametrize(("text", "expected", "fields", "status"), ARRAYS)
def test_an_array_in_a_report_is_judged_as_a_careful_reader_would(
    text: str, expected: object, fields: dict[str, Any], status: str
) -> None:
    assert judge(array(**fields), report(text), expected).status.value == status


def test_the_verdict_says_what_was_read_and_from_where() -> None:
    verdict = judge(number(), report("We get x = 13."), 14.5)
    assert [(n.code, n.facts) for n in verdict.notes] == [("read_from_text", {"read": 13.0, "excerpt": "We get x = 13."})]
    assert (verdict.place.part, verdict.place.heading) == ("hw.txt", "Problem 1")


def test_a_value_right_to_its_written_digits_says_so() -> None:
    assert [n.code for n in judge(number(), report("x = 0.887"), 0.887277).notes] == ["read_from_text", "written_digits"]


@pytest.mark.parametrize(
    ("variable", "status", "code"),
    [(capture(2.0), "failed", "values"), (capture(14.5), "passed", "right"), (BOX_FAILED, "undecided", "box_failed")],
)
def test_a_variable_comes_before_what_is_written(variable: Capture, status: str, code: str) -> None:
    assert summary(judge(number(), report("x = 14.5"), 14.5, variable))[:2] == (status, code)


@pytest.mark.parametrize(("variable", "code"), [(MISSING, "missing"), (RAISED, "raised")])
def test_text_in_a_notebook_that_says_nothing_of_it_changes_nothing(variable: Capture, code: str) -> None:
    verdict = judge(number(), report("Set `x` to the loss.", part="hw.ipynb"), 14.5, variable)
    assert summary(verdict)[:2] == ("failed", code)


def test_a_missing_heading_beside_a_missing_variable_is_missing() -> None:
    nowhere = Capture(status=CaptureStatus.MISSING, looked_for=("Problem 1",))
    assert summary(number().judge((MISSING, nowhere), (capture(14.5),))) == ("failed", "missing", "0")


def test_only_a_check_that_says_what_to_look_for_asks_for_the_section() -> None:
    plain = NumberCheck(id="x", of="x", points=1)
    assert plain.probes(ANSWER) == (Look(names=("x",)),)
    assert number().probes(ANSWER) == (Look(names=("x",)), Read(headings=("Problem 1",)))


def nand(**fields: Any) -> TruthTableCheck:
    given = {"function": "nand", "of": "w", "inputs": 2, "report": {"weights": [["w_0"], ["w_1"], ["w_2"]]}}
    return TruthTableCheck(id="w", points=1, **{**given, **fields})


S = Table(columns=("x1", "x2", "s"), rows=(("-1", "-1", "1.5"), ("-1", "1", "0.5"), ("1", "-1", "0.5"), ("1", "1", "-0.5")))
UNITS = [
    ("$w_0 = 0.5, w_1 = w_2 = -0.5$.", (), {}, "passed", "right"),
    ("$w_0 = 0.5, w_1 = w_2 = 0.5$.", (), {}, "failed", "wrong_function"),
    ("$w_0 = 0.5, w_1 = -0.5$.", (), {}, "undecided", "unclear_reading"),
    ("See Figure 4.", (), {}, "undecided", "unclear_reading"),
    ("v = [0.5, -0.5, -0.5]", (), {"report": {"label": ["v"]}}, "passed", "right"),
    ("$w_0 = 0.5, w_1 = w_2 = -0.5$.", (S,), {"features": "s"}, "passed", "right"),
    ("$w_0 = 0.5, w_1 = w_2 = -0.5$. See Figure 4.", (), {"features": "s"}, "undecided", "unclear_reading"),
    ("$w_0 = 0.5, w_1 = w_2 = -0.5$ and s = [1.5, 0.5, 0.5, -0.5]", (), {"features": "s"}, "passed", "right"),
]


@pytest.mark.parametrize(("text", "tables", "fields", "status", "code"), UNITS)
def test_weights_and_tables_in_a_report_are_read(
    text: str, tables: tuple[Table, ...], fields: dict[str, Any], status: str, code: str
) -> None:
    check = nand(**fields)
    seen = (*[MISSING] * len(check.places()), report(text, *tables))
    assert summary(check.judge(seen, ()))[:2] == (status, code)


@pytest.mark.parametrize(
    ("check", "read", "expected", "status"),
    [
        (number(), "14.5", 14.5, "passed"),
        (number(), r"5.5 \cdot 10^{-3}", 5.5e-3, "passed"),
        (array(), "[[1, 2], [3, 4]]", [[1, 2], [3, 4]], "passed"),
        (nand(), "0.5, -0.5, -0.5", None, "passed"),
        (nand(features="s"), "0.5, -0.5, -0.5; 1.5, 0.5, 0.5, -0.5", None, "passed"),
        (ChoiceCheck(id="c", points=1, options=("A", "B", "C"), correct=("B",)), "B", None, "passed"),
    ],
)
def test_a_corrected_reading_is_judged_like_any_other(check: Check, read: str, expected: object, status: str) -> None:
    verdict = check.judge(check.corrected(read), (capture(expected),) if expected is not None else ())
    assert verdict.status.value == status


@pytest.mark.parametrize(("check", "read"), [(number(), "large"), (array(), "[[1], [2, 3]]"), (nand(features="s"), "1, 2, 3")])
def test_a_correction_that_is_no_answer_is_refused(check: Check, read: str) -> None:
    with pytest.raises(ValueError, match=r"\bno"):
        check.corrected(read)


def test_what_a_check_reads_can_be_looked_at_without_judging() -> None:
    assert (told(number(), report("So x = 3.")).read, told(number(), report("So x = 3.")).from_where) == (
        ("3.0",),
        ("So x = 3.",),
    )
    assert told(number(), report("Nothing.")).read == ()
    assert told(NumberCheck(id="x", of="x", points=1), report("x = 3")).looks is False


def test_what_a_relation_reads_can_be_looked_at_with_the_caption_of_its_table() -> None:
    reads = {"a": {"columns": [["Lr"]], "table": ["rates"]}, "b": {"label": ["b"], "heading": ["Problem 9"]}}
    check = RelationCheck.model_validate({"id": "x", "points": 1, "given": ["a", "b"], "using": "f", "report": reads})
    section = report("See the table.", LR.model_copy(update={"caption": "Two rates"}))
    assert told(check, section).read == ("[1.0, 0.1]",)
    assert told(check, section).from_where == ("Two rates: 1 | 10.0%; 0.1 | 87.5%",)
    assert told(check, report("No table.")).read == ()
    assert told(check.model_copy(update={"report": {}}), section).looks is False
