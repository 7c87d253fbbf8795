"""What all kinds share: whose fault it is when there is no value, and what a rubric may say of mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from grader.checks import KINDS, Rubric
from grader.checks.base import Also, Mistake, first_captured, refusal
from grader.checks.blame import environment_fault
from grader.model.evidence import Capture, CaptureStatus
from grader.model.values import Raised
from grader.model.verdict import Reason
from tests.checks.check_cases import BOX_FAILED, MISSING, NO_LIBRARY, RAISED, TIMED_OUT, capture

HERE = capture(1)


@pytest.mark.parametrize(
    ("places", "chosen"),
    [
        ([MISSING, HERE], HERE),
        ([RAISED, BOX_FAILED, HERE], HERE),
        ([RAISED, BOX_FAILED], BOX_FAILED),
        ([TIMED_OUT, RAISED], RAISED),
        ([MISSING, TIMED_OUT], TIMED_OUT),
    ],
)
def test_of_several_places_a_value_counts_first_and_then_what_excuses_the_student(places: list[Capture], chosen: Capture) -> None:
    assert first_captured(places) is chosen


def test_where_all_is_missing_everything_looked_for_is_named() -> None:
    other = MISSING.model_copy(update={"looked_for": ("Problem 1",), "nearest": ("Problem 11",)})
    found = first_captured([MISSING, other])
    assert (found.looked_for, found.nearest) == (("w", "Problem 1"), ("W", "Problem 11"))


@pytest.mark.parametrize(
    ("kind", "message", "cause"),
    [
        (
            "AttributeError",
            "module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias for the builtin",
            "removed_alias",
        ),
        ("AttributeError", "`np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.", "removed_alias"),
        ("AssertionError", "Torch not compiled with CUDA enabled", "no_gpu"),
        ("URLError", "<urlopen error [Errno -3] Temporary failure in name resolution>", "no_network"),
        ("AttributeError", "module 'numpy' has no attribute 'dott'", ""),
        ("ValueError", "shapes (2,3) and (2,3) not aligned", ""),
    ],
)
def test_exceptions_the_environment_may_have_caused(kind: str, message: str, cause: str) -> None:
    fault = environment_fault(Raised(kind=kind, message=message))
    assert (fault.cause if fault else "") == cause


def test_a_missing_library_is_named() -> None:
    assert NO_LIBRARY.error is not None
    fault = environment_fault(NO_LIBRARY.error)
    assert fault is not None
    assert (fault.cause, fault.what) == ("no_library", "sklearn")


@pytest.mark.parametrize("model", [Mistake, Also])
@pytest.mark.parametrize("fields", [{}, {"expect": "a", "value": 1}])
def test_a_known_answer_comes_from_the_reference_or_from_a_literal(model: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="expect"):
        model(says="x", **fields)
    assert model(says="x", value=None).value is None
    assert model(says="x", expect="mistakes.a").expect


def test_a_rubric_takes_checks_of_every_kind_by_name_and_refuses_others() -> None:
    raw: dict[str, Any] = {
        "assignment": "hw1",
        "title": "Homework",
        "points": 1,
        "questions": [{"id": "1", "title": "One", "points": 1, "checks": [{"id": "a", "kind": "manual", "points": 1}]}],
    }
    assert Rubric.model_validate(raw).questions[0].checks[0].id == "a"
    raw["questions"][0]["checks"][0]["kind"] = "manuel"
    with pytest.raises(ValidationError, match="manuel"):
        Rubric.model_validate(raw)


@pytest.mark.parametrize("name", list(KINDS))
def test_a_kind_is_listed_under_its_own_name(name: str) -> None:
    assert KINDS[name].model_fields["kind"].default == name


def test_what_could_not_be_looked_for_is_missing_with_the_reason() -> None:
    missing = Capture(status=CaptureStatus.MISSING, looked_for=("x",), detail="hw.ipynb is in r")
    verdict = refusal(first_captured([Capture(status=CaptureStatus.MISSING, looked_for=("y",)), missing]))
    assert verdict is not None
    assert verdict.reason == Reason(code="missing", facts={"looked_for": ["y", "x"], "nearest": [], "why": "hw.ipynb is in r"})
