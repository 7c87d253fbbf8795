"""Kind `number`: one number against the reference's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from grader.checks.base import OracleCheck, at, first_captured, not_readable, oracle_fault, refusal, value_of
from grader.checks.compare import Closeness, compare
from grader.checks.literals import Number, as_number, fact
from grader.model.evidence import Capture
from grader.model.verdict import Verdict, failed, passed, undecided


class NumberCheck(OracleCheck):
    """A number within a tolerance of the expected one; it may stand in an array of one entry or in a string."""

    kind: Literal["number"] = "number"
    rtol: float = Field(default=1e-4, ge=0, lt=1)
    """Tolerance relative to the expected value."""
    atol: float = Field(default=0.0, ge=0)
    """Absolute tolerance, for expected values near zero."""
    integer: bool = False
    """The number must be the very integer; tolerances do not apply."""

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        expected = self.oracle(expected)
        if fault := oracle_fault(expected):
            return fault
        value = value_of(expected)
        right = None if value is None else as_number(value)
        if right is None or not np.isfinite(_float(right)):
            return undecided("no_oracle", status="captured", message="the expected value is no finite number", names=[])
        capture = first_captured(seen)
        return refusal(capture) or at(capture, self._judge_value(capture, right))

    def _judge_value(self, capture: Capture, right: Number) -> Verdict:
        if capture.value is None:
            return undecided("box_failed", detail="")
        number = as_number(capture.value)
        if number is None:
            return not_readable(capture.value, "number")
        if self.integer:
            code = "" if number == right else "values"
        else:
            close = Closeness(rtol=self.rtol, atol=self.atol)
            mismatch = compare(np.asarray(_float(number)), np.asarray(_float(right)), close)
            code = mismatch.code if mismatch else ""
        return failed(code, seen=fact(number), expected_value=fact(right)) if code else passed(seen=fact(number))


def _float(number: Number) -> float | complex:
    """The number in double precision; integers too large for it become infinite."""
    try:
        return number if isinstance(number, complex) else float(number)
    except OverflowError:
        return float("inf")
