"""Kind `number`: one number against the reference's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from grader.checks.base import at, first_captured, not_readable, oracle_fault, refusal, value_of
from grader.checks.compare import Closeness, compare
from grader.checks.literals import Number, as_number, fact
from grader.checks.reports import ReportedCheck, ReportReading, digits_of, read_report, without_sections
from grader.model.evidence import Capture
from grader.model.verdict import Reason, Verdict, failed, passed, undecided


class NumberCheck(ReportedCheck):
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
        reading = read_report(self.report, seen, self.is_array)
        if reading is not None:
            return self._judge_reading(reading, right)
        capture = first_captured(without_sections(seen) if self.report else seen)
        return refusal(capture) or at(capture, self._judge_value(capture, right))

    def _judge_reading(self, reading: ReportReading, right: Number) -> Verdict:
        """A number read in a report: right to the digits that are written, a percentage as a share where one is expected."""
        if reading.written is None or reading.note is None:
            return reading.verdict or undecided("unclear_reading", labels=[], read=[])
        if reading.written.value.size != 1 or isinstance(right, complex):
            facts = {"labels": [], "read": [reading.note.facts["excerpt"]]}
            return at(reading.capture, undecided("unclear_reading", **facts), reading.note)
        scale = 0.01 if reading.written.percent and abs(_float(right)) <= 1 else 1.0
        value = reading.written.number * scale
        if self.integer:
            is_right, is_exact = value == right, True
        else:
            digits = digits_of(reading.written, reading.written.value.reshape(-1)[:1])
            is_exact = _close(value, right, self.rtol, self.atol)
            is_right = is_exact or any(_close(float(m[0]) * scale, right, 0.0, digits.reach * scale) for m in digits.middles)
        verdict = passed(seen=fact(value)) if is_right else failed("values", seen=fact(value), expected_value=fact(right))
        notes = (reading.note, Reason(code="written_digits")) if is_right and not is_exact else (reading.note,)
        return at(reading.capture, verdict, *notes)

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


def _close(value: float, right: Number, rtol: float, atol: float) -> bool:
    return compare(np.asarray(value), np.asarray(_float(right)), Closeness(rtol=rtol, atol=atol)) is None


def _float(number: Number) -> float | complex:
    """The number in double precision; integers too large for it become infinite."""
    try:
        return number if isinstance(number, complex) else float(number)
    except OverflowError:
        return float("inf")
