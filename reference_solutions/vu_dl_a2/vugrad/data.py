"""Points to learn from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Samples(NamedTuple):
    """Points (n, 2) and their labels (n,), 0 or 1."""

    points: NDArray[np.float64]
    labels: NDArray[np.int64]


def load_synth(count: int = 200, seed: int = 0) -> Samples:
    """Points drawn evenly from the square of side 2 around the origin; label 1 within the circle of half its area."""
    points = np.random.default_rng(seed).uniform(-1, 1, (count, 2))
    inside = (points**2).sum(axis=1) < 2 / np.pi
    return Samples(points, inside.astype(np.int64))
