"""Other right answers: each network with one linear layer more, its output layer, than were counted."""

from __future__ import annotations

from numpy.typing import ArrayLike
from relations import are_magnitudes, curves, have_lengths


def output_apart(base: ArrayLike, shallow: ArrayLike, wide: ArrayLike, slow: ArrayLike) -> bool:
    found = curves(base, shallow, wide, slow)
    return have_lengths(found, extra=1) and are_magnitudes(found)
