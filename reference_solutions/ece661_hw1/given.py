"""What the assignment gives: an Adaline, a first layer, a network with its input and target, an image and a kernel."""

from __future__ import annotations

import numpy as np

UNIT = np.array([0.5, -2.0, 1.0])
"""The Adaline of 2.1, bias first: |w1| exceeds |w0| + |w2|, so the output depends on x1 alone."""

FIRST_LAYER = np.array([[0.5, -1.0, 1.0], [0.5, 1.0, -1.0]])  # unmutated: with a larger bias the same second layer is right
"""The two Adalines of the Madaline of 2.4, bias first."""

NETWORK = (
    np.array([[0.0], [1.0], [2.0]]),
    np.array([[3.0, -1.0, 1.0], [-5.0, 2.0, -1.0]]),  # unmutated: the first input is 0, so that the first column does not count
    np.array([[1.0], [2.0]]),
    np.array([[1.0, -2.0], [-3.0, 1.0]]),
    np.array([[1.0], [1.0]]),
)
"""x1, W1, b1, W2, b2 of 3.2."""

TARGET = np.array([[1.0], [2.0]])

IMAGE = np.array(
    [
        [0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, -1.0, -1.0, -1.0, 0.0, 1.0, 1.0, 1.0, 0.0],
        [-1.0, -1.0, -1.0, -1.0, 0.0, 1.0, 1.0, 1.0, 1.0],
        [0.0, -1.0, -1.0, -1.0, 0.0, 1.0, 1.0, 1.0, 0.0],
        [0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    ]
)
KERNEL = np.array([[0.0, -0.5, 0.0], [-0.5, 1.0, -0.5], [0.0, -0.5, 0.0]])
