"""Words that several commands print."""

from __future__ import annotations

from fractions import Fraction

from grader.reports.points import hundredths, shown


def points_text(points: Fraction) -> str:
    """``3``, ``2.5``, ``0.33``: at most two decimals, no trailing zeros."""
    return shown(hundredths(points)).rstrip("0").rstrip(".")
