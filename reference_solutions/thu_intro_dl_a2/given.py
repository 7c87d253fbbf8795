"""What the assignment gives: an image and a hidden layer, a factor, four deep networks, and a line to learn."""

from __future__ import annotations

from dataclasses import dataclass

import torch

SIDE, UNITS = 100, 100  # unmutated: 1.6 is answered in words alone, in answers.md
WEIGHTS = SIDE * SIDE * UNITS  # unmutated: 1.6 is answered in words alone, in answers.md
"""The picture of 1.6 is SIDE x SIDE pixels; UNITS hidden units see every pixel. Its answer is read from words alone."""

FACTOR = torch.tensor([[1.0, 0.0, 2.0], [1.0, 1.0, 0.0], [0.0, 3.0, 1.0]])
"""B of 2.3."""


@dataclass(frozen=True)
class Setting:
    """A network of 2.4 and how it is trained: linear layers, units of each hidden one, learning rate."""

    layers: int = 16
    width: int = 64  # unmutated: gradients of data of the student's choice do not show it
    rate: float = 0.01  # unmutated: it hardly changes the first gradients, as the students are asked to see


SEED = 42
POINTS = 256
SLOPE, INTERCEPT, NOISE = 3.0, 0.7, 0.2
RATE = 0.05
TESTS = (-1.5, 0.0, 1.5)
"""2.5: the line, the spread of the noise on it, the learning rate, and where the trained model is asked."""
