"""Follow-through: what a later step gives when it is done rightly on the student's own earlier values."""

from __future__ import annotations

import numpy as np
from given import TESTS
from numpy.typing import ArrayLike, NDArray


def predictions(w: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """The line with these parameters at the test points."""
    return float(np.ravel(np.asarray(w))[0]) * np.array(TESTS) + float(np.ravel(np.asarray(b))[0])
