"""Kind `array`: shape, dtype and entries of an array against the reference's, in any of the accepted layouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grader.checks.base import at, first_captured, not_readable, oracle_fault, refusal, value_of
from grader.checks.compare import Closeness, Layout, fit
from grader.checks.literals import as_array
from grader.checks.reports import ReportedCheck, ReportReading, digits_of, read_report, turned_to, without_sections
from grader.model.evidence import Capture
from grader.model.values import Array, Value
from grader.model.verdict import Reason, Verdict, failed, passed, undecided


class ArrayCheck(ReportedCheck):
    """An array, tensor or nested list; nothing is broadcast."""

    kind: Literal["array"] = "array"
    is_array: ClassVar[bool] = True
    rtol: float = Field(default=1e-5, ge=0, lt=1)
    """Tolerance relative to each expected entry."""
    atol: float = Field(default=1e-8, ge=0)
    """Absolute tolerance, for expected entries near zero."""
    layouts: tuple[Layout, ...] = Field(default=("denominator",), min_length=1)
    """The reference's own layout first, then others that are accepted as well."""
    dtype: str = "any"
    """``any``, ``float``, ``integer`` or an exact name such as ``float32``."""
    nonfinite: bool = False
    """NaN and infinities in the expected array are wanted where they stand."""

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        expected = self.oracle(expected)
        if fault := oracle_fault(expected):
            return fault
        value = value_of(expected)
        right = None if value is None else as_array(value)
        if right is None or not (self.nonfinite or np.isfinite(right).all()):
            return undecided("no_oracle", status="captured", message="the expected value is no finite array", names=[])
        reading = read_report(self.report, seen, self.is_array)
        if reading is not None:
            return self._judge_reading(reading, right)
        capture = first_captured(without_sections(seen) if self.report else seen)
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail="")
        array = as_array(capture.value)
        if array is None:
            return at(capture, not_readable(capture.value, f"array of shape {right.shape}"))
        close = Closeness(self.rtol, self.atol, self.dtype, self.nonfinite)
        best = fit(array, right, self.layouts, close, dtype_name(capture.value))
        if best.mismatch is not None:
            reason = best.mismatch.reason()
            return at(capture, failed(reason.code, **reason.facts))
        return at(capture, passed(), *layout_note(best.layout, self.layouts))

    def _judge_reading(self, reading: ReportReading, right: NDArray[Any]) -> Verdict:
        """An array read in a report: it has no dtype, and is right to the digits that are written."""
        if reading.written is None or reading.note is None:
            return reading.verdict or undecided("unclear_reading", labels=[], read=[])
        array = turned_to(reading.written.value, right.shape)
        exact = fit(array, right, self.layouts, Closeness(self.rtol, self.atol))
        digits = digits_of(reading.written, array)
        tries = (fit(middle, right, self.layouts, Closeness(0.0, digits.reach)) for middle in digits.middles)
        best = exact if exact.mismatch is None else next((each for each in tries if each.mismatch is None), exact)
        if best.mismatch is not None:
            reason = best.mismatch.reason()
            return at(reading.capture, failed(reason.code, **reason.facts), reading.note)
        rounded = (Reason(code="written_digits"),) if best is not exact else ()
        return at(reading.capture, passed(), reading.note, *layout_note(best.layout, self.layouts), *rounded)


def dtype_name(value: Value) -> str:
    """The student's own dtype; "" where the array was made from a list."""
    return value.dtype if isinstance(value, Array) else ""


def layout_note(layout: Layout, layouts: Sequence[Layout]) -> tuple[Reason, ...]:
    """Which layout was accepted, when there was a choice between layouts (and not only of orientation)."""
    return (Reason(code="layout", facts={"layout": layout}),) if {"numerator", "vec"} & set(layouts) else ()
