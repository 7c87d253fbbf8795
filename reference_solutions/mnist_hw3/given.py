"""What the assignment gives: a softmax output, a confident one, the sizes of two networks, and how the classifier is trained."""

from __future__ import annotations

PROBABILITIES = (0.1, 0.1, 0.0, 0.4, 0.05, 0.05, 0.05, 0.05, 0.1, 0.1)  # unmutated: but for that of LABEL, they do not count
"""The softmax vector of 1A."""
LABEL = 3
CONFIDENT = 0.9
"""The probability of the right class in 1B."""

SIDE = 28
PIXELS, HIDDEN, CLASSES = SIDE * SIDE, 64, 10

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
"""The files of 4, in the format of the MNIST database: the training set compressed, the test set not."""

EPOCHS, BATCH, RATE = 10, 32, 0.003  # unmutated: of the student's choice
LEAST_ACCURACY = 0.85  # unmutated: what the rubric asks for, no answer
"""What 4E asks for; guessing gives 0.1."""
