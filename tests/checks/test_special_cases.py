"""A right formula with a remark on a special case behind it: the remark is not taken for a wrong answer."""

from __future__ import annotations

import pytest

from grader.model.evidence import Capture
from grader.model.values import Section
from grader.model.verdict import Status, Verdict
from tests.checks.unseen_derivations import check

RIGHT = r"$\nabla_w L = \frac{1}{N} X^T (X w - y)$. "
REMARKS = {
    "a number": r"For $N = 1$ we get $\nabla_w L = (x_1^T w - y_1) x_1$.",
    "the minimum": r"At the minimum $\nabla_w L = 0$, so $X^T X w = X^T y$.",
    "another loss": r"With the sum instead of the mean one would get $\nabla_w L = X^T (X w - y)$.",
    "words behind": r"We have $\nabla_w L = -\frac{1}{N} X^T y$ for the first step.",
}


def told(text: str) -> Verdict:
    section = Section(part="homework.md", heading="regression-fourth", text=text)
    return check("fourth_mixed", "regression-fourth").judge((Capture.of(section),), ())


@pytest.mark.parametrize("remark", REMARKS.values(), ids=REMARKS)
def test_a_remark_on_a_special_case_behind_a_right_formula_waits_for_a_person(remark: str) -> None:
    verdict = told(RIGHT + remark)
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "formula_open")
    assert verdict.reason.facts["cause"] == {"code": "condition"}


@pytest.mark.parametrize("remark", REMARKS.values(), ids=REMARKS)
def test_the_same_words_are_no_excuse_where_no_right_formula_stands_before(remark: str) -> None:
    assert told(RIGHT.replace("X w - y", "y - X w") + remark).reason.code == "formula_wrong"


def test_a_wrong_formula_behind_a_right_one_is_wrong_where_no_words_make_it_a_remark() -> None:
    assert told(RIGHT + r"Therefore $\nabla_w L = \frac{1}{N} X^T (y - X w)$.").reason.code == "formula_wrong"
