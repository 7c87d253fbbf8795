"""Points in print: two decimals at most, exact inside."""

from __future__ import annotations

from fractions import Fraction


def shown(points: Fraction) -> str:
    """``3``, ``2.5``, ``0.33``: at most two decimals, halves rounded away from zero, no trailing zeros."""
    hundredths = abs(points) * 100
    whole = hundredths.numerator // hundredths.denominator
    if hundredths - whole >= Fraction(1, 2):
        whole += 1
    text = f"{whole // 100}.{whole % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if points < 0 and whole else text
