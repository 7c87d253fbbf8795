"""What must hold of a student's own values; the functions get them as numpy arrays, the labels from the test file."""

from __future__ import annotations

import numpy as np
from given import LEAST_ACCURACY, TEST_IMAGES, TEST_LABELS
from idx import load_idx
from numpy.typing import ArrayLike, NDArray

NARROWEST, WIDEST = 0.9, 8.0
"""Between the darkest and the brightest pixel: 1 for grey values (255/256 for some), at most this when standardised."""


def is_scaled(pictures: ArrayLike, file: NDArray[np.uint8]) -> bool:
    """All pixels of the file in its order, with one factor above zero and one offset for all of them."""
    seen, wanted = np.asarray(pictures, dtype=float), file.reshape(len(file), -1).astype(float)
    if seen.size != wanted.size or seen.shape[:1] != wanted.shape[:1] or not np.isfinite(seen).all():
        return False
    factor = np.ptp(seen) / np.ptp(wanted)
    scaled = (wanted - wanted.min()) * factor + seen.min()
    return bool(factor > 0 and np.allclose(seen.reshape(wanted.shape), scaled, rtol=0, atol=1e-3 * np.ptp(seen)))


def has_range(pictures: ArrayLike) -> bool:
    return NARROWEST <= float(np.ptp(np.asarray(pictures))) <= WIDEST


def are_test_pictures(pictures: ArrayLike) -> bool:
    """The test set scaled to a range near 0 to 1: 0 to 1 itself, -1 to 1, or standardised."""
    return is_scaled(pictures, load_idx(TEST_IMAGES)) and has_range(pictures)


def share_right(predictions: ArrayLike) -> float:
    """The share of the test set that these digits are right for; 0 for anything but one digit a picture."""
    seen, labels = np.asarray(predictions), load_idx(TEST_LABELS)
    if seen.size != labels.size or seen.shape not in ((labels.size,), (labels.size, 1)):
        return 0.0
    return float(np.mean(seen.reshape(-1) == labels))


def is_accurate(predictions: ArrayLike) -> bool:
    return share_right(predictions) >= LEAST_ACCURACY
