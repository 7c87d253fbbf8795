"""Formula questions of a rubric are proved when it is read; each fault has its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.intake.rubrics import load_rubric

RUBRIC = r"""assignment: hw
title: A homework
points: 1
questions:
  - id: "1"
    title: One
    points: 1
    answer: {heading: "Problem 1"}
    checks:
      - id: x
        kind: derivation
        points: 1
        environment: mlp_sigmoid
        quantity: \frac{\partial L}{\partial b_2}
        reference: -(t - x_3)^T
        mistakes:
          - {id: minus, formula: (t - x_3)^T, says: sign}
          - {id: double, formula: -2 (t - x_3)^T, says: twice}
"""


def faults(tmp_path: Path, old: str, new: str) -> list[str]:
    path = tmp_path / "hw.yaml"
    assert old in RUBRIC
    path.write_text(RUBRIC.replace(old, new))
    with pytest.raises(RubricError) as caught:
        load_rubric(path)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def test_a_proved_question_has_no_faults(tmp_path: Path) -> None:
    path = tmp_path / "hw.yaml"
    path.write_text(RUBRIC)
    assert len(load_rubric(path).rubric.questions) == 1


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("reference: -(t - x_3)^T", "reference: (t - 2 x_3)^T", r"15: (t - 2 x_3)^T is not \frac{\partial L}{\partial b_2}"),
        ("formula: (t - x_3)^T", "formula: (x_3 - t)^T", "17: the mistake `minus` is right, so it is no mistake"),
        ("formula: (t - x_3)^T", "formula: 2 (x_3 - t)^T", "17: the mistake `minus` has the same value as `double`"),
        ("formula: (t - x_3)^T", "formula: Q", "17: the mistake `minus` cannot be decided"),
        ("reference: -(t - x_3)^T", r"reference: '\frac{\partial L}{\partial x_3}'", "15:"),
        (r"\partial b_2}", r"\partial q}", "14:"),
    ],
)
def test_a_fault_is_found_at_its_formula(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(tmp_path, old, new))


def test_a_reference_must_hold_in_an_accepted_layout(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "reference: -(t - x_3)^T", "reference: x_3 - t")
    assert "x_3 - t is not" in fault or "layout" in fault
