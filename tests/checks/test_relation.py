"""The kind `relation`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from grader.checks.literals import from_value
from grader.checks.relation import RelationCheck
from grader.model.evidence import Capture
from grader.model.probe import Call, Look, Read
from grader.model.rubric import Answer
from grader.model.values import Array, Calls, Opaque, Outcome, Scalar, Section, Sequence, Table
from tests.checks.check_cases import BOX_FAILED, CAPTURES, ERROR, MISSING, RAISED, WITHOUT_VALUE, capture, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
A = np.array([[1.0, 2.0], [3.0, 4.0]])
B = np.array([[0.0, 1.0], [1.0, 1.0]])
ANSWER = Answer(variables={"A": ("A",), "B": ("B", "b"), "product": ("product",)})
CUT = Sequence(python="list", items=(Scalar(value=1),), length=5)


def check(**fields: Any) -> RelationCheck:
    return RelationCheck(id="r", points=1, **{"given": ["A", "B"], "using": "relations.rule", **fields})


def returned(thing: Any) -> Capture:
    return Capture.of(Calls(outcomes=(Outcome(value=capture(thing).value),)))


RAISES = Capture.of(Calls(outcomes=(Outcome(error=ERROR),)))
NOT_ASKED = Capture.of(Calls(outcomes=()))


@pytest.mark.parametrize(
    ("fields", "product", "expected", "verdict"),
    [
        ({}, A @ B, returned(A @ B), ("passed", "right", "1")),
        ({}, (A @ B).astype(np.float32), returned(A @ B), ("passed", "right", "1")),
        ({}, A * B, returned(A @ B), ("failed", "values", "0")),
        ({}, (A @ B)[0], returned(A @ B), ("failed", "shape", "0")),
        ({}, (A @ B).T, returned(A @ B), ("failed", "values", "0")),
        ({"layouts": ["denominator", "numerator"]}, (A @ B).T, returned(A @ B), ("passed", "right", "1")),
        ({"dtype": "integer"}, A @ B, returned(A @ B), ("failed", "dtype", "0")),
        ({}, A @ B + 1e-3, returned(A @ B), ("failed", "values", "0")),
        ({"atol": 1e-2}, A @ B + 1e-3, returned(A @ B), ("passed", "right", "1")),
        ({"rtol": 0.5}, 1.4 * (A @ B), returned(A @ B), ("passed", "right", "1")),
        ({}, "text", returned(A @ B), ("failed", "wrong_type", "0")),
        ({}, A @ B, RAISES, ("undecided", "no_oracle", "")),
        ({}, A @ B, NOT_ASKED, ("undecided", "no_oracle", "")),
        ({}, A @ B, returned("text"), ("undecided", "no_oracle", "")),
        ({}, A @ B, RAISED, ("undecided", "no_oracle", "")),
        ({}, A @ B, Capture.of(Array(data=A @ B, dtype="float64")), ("passed", "right", "1")),
    ],
)
def test_a_value_that_must_follow(fields: dict[str, Any], product: Any, expected: Capture, verdict: tuple[str, str, str]) -> None:
    seen = [capture(product), capture(A), capture(B)]
    assert summary(check(of="product", **fields).judge(seen, [expected])) == verdict


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        (returned(True), ("passed", "right", "1")),
        (returned(False), ("failed", "relation", "0")),
        (returned(1), ("undecided", "no_oracle", "")),
        (returned(A), ("undecided", "no_oracle", "")),
        (RAISES, ("undecided", "no_oracle", "")),
    ],
)
def test_a_function_that_says_whether_it_holds(expected: Capture, verdict: tuple[str, str, str]) -> None:
    assert summary(check().judge([capture(A), capture(B)], [expected])) == verdict


def test_what_must_hold_is_told() -> None:
    verdict = check(says="B must differ from A.").judge([capture(A), capture(A)], [returned(False)])
    assert verdict.reason.facts == {"says": "B must differ from A.", "given": ["A", "B"]}


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize(("empty", "status", "code"), WITHOUT_VALUE)
def test_each_value_that_is_missing_is_told(position: int, empty: Capture, status: str, code: str) -> None:
    seen = [capture(A @ B), capture(A), capture(B)]
    seen[position] = empty
    assert summary(check(of="product").judge(seen, [NOT_ASKED]))[:2] == (status, code)


def test_a_broken_box_comes_before_a_missing_value() -> None:
    verdict = check(of="product").judge([MISSING, capture(A), BOX_FAILED], [NOT_ASKED])
    assert summary(verdict) == ("undecided", "box_failed", "")


@pytest.mark.parametrize(
    ("thing", "verdict"), [(Opaque(python="sparse"), ("failed", "not_carried", "0")), (CUT, ("undecided", "cut", ""))]
)
def test_a_value_that_did_not_arrive_whole_is_not_handed_on(thing: Any, verdict: tuple[str, str, str]) -> None:
    seen = [capture(A @ B), capture(A), capture(thing)]
    (probe,) = check(of="product").expected_probes(ANSWER, seen)
    assert isinstance(probe, Call)
    assert probe.cases == ()
    assert summary(check(of="product").judge(seen, [NOT_ASKED])) == verdict


def test_the_students_values_go_to_the_function_in_order() -> None:
    one = check(of="product", library="torch")
    assert one.probes(ANSWER) == (Look(names=("product",)), Look(names=("A",)), Look(names=("B", "b")))
    (probe,) = one.expected_probes(ANSWER, [capture(A @ B), capture(A), capture(B)], oracle="mistakes.other")
    assert isinstance(probe, Call)
    assert probe.names == ("mistakes.other",)
    (case,) = probe.cases
    assert case.as_torch
    assert [arg.data.tolist() for arg in case.args if isinstance(arg, Array)] == [A.tolist(), B.tolist()]


def test_the_reference_is_needed_before_anything_was_seen() -> None:
    """By this the check is known not to judge by the task's words alone."""
    assert len(check().expected_probes(ANSWER, ())) == 1


def test_what_must_hold_is_not_told_of_a_value() -> None:
    with pytest.raises(ValidationError, match="`says` tells what must hold"):
        check(of="product", says="It must be the product.")


RATES = Table(
    columns=("Lr", "Loss", "Accuracy (%)"), rows=(("1", "nan", "10.0%"), ("0.1", "0.4", "87.5%"), ("0.01", "0.5", "83%"))
)
IN_REPORT = {
    "given": ["A", "best"],
    "report": {"A": {"columns": [["rate", "Lr"], ["Accuracy"]]}, "best": {"label": ["best rate"]}},
}
PLACES = Answer(heading=("1.1",), variables={"A": ("A",), "best": ("best",)})


def reported(text: str, *tables: Table) -> Capture:
    return Capture.of(Section(part="hw.txt", heading="1.1", text=text, tables=tables))


def test_values_are_read_in_a_report_where_no_variable_holds_them() -> None:
    one = check(**IN_REPORT)
    assert one.probes(PLACES)[-1] == Read(headings=("1.1",))
    seen = [MISSING, MISSING, reported("The best rate is 0.1.", RATES)]
    (probe,) = one.expected_probes(PLACES, seen)
    assert isinstance(probe, Call)
    table, best = probe.cases[0].args
    assert isinstance(table, Array)
    assert table.data == pytest.approx(np.array([[1, 0.1], [0.1, 0.875], [0.01, 0.83]]))
    assert best == Scalar(value=0.1, python="float")
    verdict = one.judge(seen, [returned(True)])
    assert summary(verdict) == ("passed", "right", "1")
    assert [note.code for note in verdict.notes] == ["read_from_text", "read_from_text"]


def test_a_variable_comes_before_the_report() -> None:
    seen = [capture(A), MISSING, reported("The best rate is 0.1.", RATES)]
    (probe,) = check(**IN_REPORT).expected_probes(PLACES, seen)
    assert isinstance(probe, Call)
    assert isinstance(probe.cases[0].args[0], Array)
    assert probe.cases[0].args[0].data.tolist() == A.tolist()


@pytest.mark.parametrize(
    ("section", "verdict"),
    [
        (reported("The best rate is small.", RATES), ("undecided", "unclear_reading", "")),
        (reported("The best rate is 0.1."), ("undecided", "unclear_reading", "")),
        (
            reported("The best rate is 0.1.", RATES, Table(columns=("Lr", "Accuracy"), rows=(("1", "20%"),))),
            ("undecided", "unclear_reading", ""),
        ),
        (
            reported("The best rate is 0.1.", Table(columns=("Lr", "Accuracy"), rows=(("1", "bad"),))),
            ("undecided", "unclear_reading", ""),
        ),
        (reported(""), ("failed", "empty", "0")),
        (MISSING, ("failed", "missing", "0")),
    ],
)
def test_what_a_report_does_not_say_with_certainty_is_not_wrong(section: Capture, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**IN_REPORT).judge([MISSING, MISSING, section], [NOT_ASKED])) == verdict


def test_a_value_may_stand_in_the_section_of_another_question() -> None:
    columns = {"columns": [["Lr"], ["Accuracy"]]}
    one = check(given=["A", "B"], report={"A": {**columns, "heading": ["1.1"]}, "B": columns})
    places = Answer(heading=("1.2",), variables={"A": ("A",), "B": ("B",)})
    assert one.probes(places)[2:] == (Read(headings=("1.1",)), Read(headings=("1.2",)))
    longer = RATES.model_copy(update={"rows": (("1", "", "20%"),)})
    first, second = one.as_read([MISSING, MISSING, reported("", RATES), reported("", longer)])
    assert isinstance(first.value, Array)
    assert isinstance(second.value, Array)
    assert (first.value.shape, second.value.data.tolist()) == ((3, 2), [[1.0, 0.2]])
    absent = one.judge([MISSING, MISSING, MISSING, reported("", longer)], [NOT_ASKED])
    assert summary(absent) == ("failed", "missing", "0")


def test_named_rows_are_read_in_their_order() -> None:
    rows = {"given": ["A"], "report": {"A": {"columns": [["Accuracy"]], "rows": ["0.01", "1"]}}}
    (read,) = check(**rows).as_read([MISSING, reported("", RATES)])
    assert isinstance(read.value, Array)
    assert read.value.data == pytest.approx(np.array([0.83, 0.1]))


def test_a_dataframe_is_handed_over_row_by_row() -> None:
    frame = Table(columns=("lr", "accuracy"), rows=(("1.0", "0.1"), ("0.1", "0.87")))
    (probe,) = check(given=["A"]).expected_probes(PLACES, [Capture.of(frame)])
    assert isinstance(probe, Call)
    assert from_value(probe.cases[0].args[0]) == [{"lr": "1.0", "accuracy": "0.1"}, {"lr": "0.1", "accuracy": "0.87"}]


def test_a_column_is_read_in_the_table_whose_caption_has_the_words() -> None:
    tables = [RATES.model_copy(update={"caption": caption}) for caption in ("Base model", "With 4 layers")]
    tables[1] = tables[1].model_copy(update={"rows": (("1", "0.4", "20%"),)})
    for name, first in (("base", 0.1), ("4 layer", 0.2)):
        rule = {"given": ["A"], "report": {"A": {"table": [name], "columns": [["ACC.", "accuracy"]]}}}
        (read,) = check(**rule).as_read([MISSING, reported("", *tables)])
        assert isinstance(read.value, Array)
        assert read.value.data[0] == pytest.approx(first)


def test_a_matrix_in_a_report_is_given_to_the_function() -> None:
    rule = {"given": ["A"], "report": {"A": {"label": ["A"]}}}
    (read,) = check(**rule).as_read([MISSING, reported("So A = [[1, 2], [3, 4]].")])
    assert isinstance(read.value, Array)
    assert read.value.data.tolist() == [[1, 2], [3, 4]]


def test_a_human_corrects_what_was_read_one_value_after_the_other() -> None:
    table, best = check(**IN_REPORT).corrected("[[1, 0.1], [0.1, 0.9]]; 0.1")
    assert isinstance(table.value, Array)
    assert table.value.data.tolist() == [[1, 0.1], [0.1, 0.9]]
    assert best.value == Scalar(value=0.1, python="float")
    with pytest.raises(ValueError, match="2 values are wanted"):
        check(**IN_REPORT).corrected("0.1")


def test_only_what_the_check_looks_at_is_read() -> None:
    with pytest.raises(ValidationError, match="`report` has other"):
        check(report={"other": {"label": ["x"]}})


@PROFILE
@given(of=CAPTURES, a=CAPTURES, expected=CAPTURES)
def test_any_capture_gets_a_verdict(of: Capture, a: Capture, expected: Capture) -> None:
    for one, seen in ((check(of="product", given=["A"]), [of, a]), (check(given=["A"]), [a])):
        assert one.judge(seen, [expected]).model_dump_json()
        assert one.expected_probes(ANSWER, seen)
