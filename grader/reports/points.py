"""Points as they are printed: whole hundredths that add up. Inside, points are Fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor


def hundredths(points: Fraction) -> int:
    """The nearest number of hundredths, halves upwards."""
    return floor(points * 100 + Fraction(1, 2))


def apportioned(parts: Sequence[Fraction], total: int) -> tuple[int, ...]:
    """Hundredths for each part that add up to `total`, each within one hundredth of its part.

    Largest remainders are rounded up, ties the first. `total` must be a rounding of the parts' sum, up or down.
    """
    floors = [floor(part * 100) for part in parts]
    missing = total - sum(floors)
    if not 0 <= missing <= len(parts):
        raise ValueError(f"{total} hundredths are no rounding of the sum of {len(parts)} parts")
    by_remainder = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i] * 100, i))
    raised = set(by_remainder[:missing])
    return tuple(points + (index in raised) for index, points in enumerate(floors))


def shares(parts: Iterable[Fraction]) -> tuple[int, ...]:
    """Hundredths for each part, adding up to the rounded sum."""
    parts = tuple(parts)
    return apportioned(parts, hundredths(sum(parts, Fraction(0))))


def shown(points: int) -> str:
    """``2.50`` for 250 hundredths."""
    sign = "-" if points < 0 else ""
    return f"{sign}{abs(points) // 100}.{abs(points) % 100:02d}"


def number(points: int) -> float:
    """250 hundredths as the number 2.5, for JSON."""
    return points / 100
