"""What the assignment gives: learning rates, sizes of the three networks, how they are trained."""

from __future__ import annotations

CLASSES = 10
RATES = (1.0, 0.1, 0.01, 0.001)
EPOCHS = 10
BATCH = 16
BASE = (784, 256, 512, CLASSES)
DEEPER = (784, 256, 512, 1024, 2048, CLASSES)
WIDER = (784, 1024, 2048, CLASSES)
"""Units of a fully connected network, from its input to its output."""

STEPS = 100
STEP_RATE = 0.01
SEED = 0
"""1.7: steps that are watched, their learning rate, and the seed before the network is built."""
