"""The kind `manual`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from grader.checks.manual import ManualCheck
from grader.model.evidence import Capture
from grader.model.probe import Figures, Look, Read, SavedFile, SourceText
from grader.model.rubric import Answer
from grader.model.values import Axes, Figure, Several, Table
from tests.checks.check_cases import BOX_FAILED, CAPTURES, MISSING, WITHOUT_VALUE, capture, section, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
PENDING = ("undecided", "manual", "")
EMPTY = ("failed", "empty", "0")
DRAWN = Figure(axes=(Axes(),))


def check(**fields: Any) -> ManualCheck:
    return ManualCheck.model_validate({"id": "m", "points": 2, "criteria": [{"says": "clear"}], **fields})


@pytest.mark.parametrize(
    ("fields", "seen", "verdict"),
    [
        ({}, [section("The noise helps a little.")], PENDING),
        ({}, [section("")], EMPTY),
        ({}, [section("False.")], EMPTY),
        ({}, [section("*Your answer here*")], EMPTY),
        ({"least_words": 1}, [section("False.")], PENDING),
        ({"skeleton": "Explain in two sentences."}, [section("Explain in two sentences.")], EMPTY),
        ({"skeleton": "Explain in two sentences."}, [section("Explain in two sentences.\nIt is so indeed.")], PENDING),
        ({}, [section("$$L=14.5$$")], PENDING),
        ({}, [section("![scan](attachment:scan.png)")], PENDING),
        ({}, [section("", [Table(columns=("s",), rows=(("1",),))])], PENDING),
        ({}, [capture("It sharpens the edges.")], PENDING),
        ({}, [capture("")], EMPTY),
        ({}, [capture(None)], EMPTY),
        ({}, [capture(np.eye(2))], PENDING),
        ({}, [Capture.of(DRAWN)], PENDING),
        ({}, [Capture.of(Figure(axes=()))], EMPTY),
        ({}, [Capture.of(Several(items=(Figure(axes=()), DRAWN)))], PENDING),
        ({}, [Capture.of(Several(items=()))], EMPTY),
        ({}, [MISSING, section("The noise helps a little.")], PENDING),
        ({}, [section(""), Capture.of(DRAWN)], PENDING),
        ({}, [section(""), MISSING], EMPTY),
        ({}, [MISSING, MISSING], ("failed", "missing", "0")),
        ({}, [section(""), BOX_FAILED], ("undecided", "box_failed", "")),
        ({}, [], PENDING),
    ],
)
def test_cases(fields: dict[str, Any], seen: list[Capture], verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge(seen, ())) == verdict


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    verdict = check().judge([seen], ())
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_the_human_gets_the_beginning_of_the_answer_and_its_place() -> None:
    verdict = check().judge([section("The noise helps. " * 100)], ())
    assert verdict.reason.facts["excerpt"].startswith("The noise helps.")
    assert len(verdict.reason.facts["excerpt"]) == 300
    assert verdict.place.heading == "Problem 1"


def test_it_observes_what_the_key_stands_for() -> None:
    answer = Answer(
        heading=("Problem 4.2",),
        variables={"why": ("why",)},
        figures={"plot": ("fig",)},
        files={"weights": ("w.pt",)},
        functions={"f": ("f",)},
    )
    read = Read(headings=("Problem 4.2",))
    assert check().probes(answer) == (read,)
    assert check(of="why").probes(answer) == (Look(names=("why",)), read)
    assert check(of="plot").probes(answer) == (Figures(names=("fig",), headings=("Problem 4.2",)), read)
    assert check(of="weights").probes(answer) == (SavedFile(names=("w.pt",)), read)
    assert check(of="f").probes(answer) == (SourceText(names=("f",)), read)


def test_the_points_of_criteria_add_up_to_those_of_the_check() -> None:
    assert check(criteria=[{"says": "a", "points": "1/2"}, {"says": "b", "points": 1.5}])
    for criteria in ([{"says": "a", "points": 1}], [{"says": "a", "points": 2}, {"says": "b"}]):
        with pytest.raises(ValidationError):
            check(criteria=criteria)


@PROFILE
@given(CAPTURES)
def test_any_capture_is_nothing_or_waits_for_a_human(seen: Capture) -> None:
    verdict = check().judge([seen], ())
    assert verdict.credit in (None, 0)
