"""Makes the data set of Lab 1: 100 points of a plane with small noise.

Run ``python reference_solutions/ece661_hw1/make_data.py`` to write ``data/dataset.mat`` again, with the same values.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import savemat

SEED = 661
TRUE_WEIGHTS = np.array([[1.0], [1.0], [-2.0]])
NOISE = 0.01


def make(seed: int = SEED, count: int = 100) -> dict[str, np.ndarray]:
    """`X` of shape (count, 3), its first column 1, and `D` of shape (count, 1)."""
    rng = np.random.default_rng(seed)
    X = np.hstack([np.ones((count, 1)), rng.normal(size=(count, 2))])
    D = X @ TRUE_WEIGHTS + NOISE * rng.normal(size=(count, 1))
    return {"X": X, "D": D}


if __name__ == "__main__":
    savemat(Path(__file__).parent / "data" / "dataset.mat", make())
