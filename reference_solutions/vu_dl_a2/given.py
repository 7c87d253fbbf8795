"""What the assignment gives: nodes of 5, 7 and 9, sizes of 10 and 11, where the images are."""

from __future__ import annotations

import numpy as np

A_7 = np.array([[1.0, 2.0], [3.0, 4.0]])
B_7 = np.array([[2.0, 0.0], [1.0, -1.0]])
X_9 = np.array([[-2.0, -0.5, 1.0, 3.0]])  # unmutated: a gradient of ReLU depends on the signs alone
W_9 = np.array([[1.0, 2.0, 3.0, 4.0]])  # unmutated: where x is negative, its factor does not count
"""Values of the nodes of 7 and 9."""

INPUTS, OUTPUTS, HIDDEN_MULT = 3, 2, 4
BATCH = 5  # unmutated: the outputs are judged for as many points as there are
"""The networks of 10, and the points they are asked about."""

FOLDER = "cifar-10-batches-bin"
# unmutated: the student may train on some of the files
TRAIN_FILES = tuple(f"{FOLDER}/data_batch_{number}.bin" for number in range(1, 6))
TEST_FILE = f"{FOLDER}/test_batch.bin"
SIDE, CHANNELS = 32, 3
RECORD = 1 + CHANNELS * SIDE * SIDE
"""Bytes of an image: its label, then red, green and blue, each row by row."""
