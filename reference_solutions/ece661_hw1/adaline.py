"""Adalines and Madalines on bipolar inputs: s = w0 + w1 x1 + ... and y = sgn(s)."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def bipolar_inputs(count: int) -> Floats:
    """All inputs of `count` bipolar values, counting up with the first input as the most significant; shape (2^count, count)."""
    return np.array(list(product([-1.0, 1.0], repeat=count)))


def features(weights: Floats, inputs: Floats) -> Floats:
    """s for every row of `inputs`; `weights` begin with the bias."""
    return weights[0] + inputs @ weights[1:]


def sign(s: Floats) -> Floats:
    return np.where(s > 0, 1.0, -1.0)


def least_squares(inputs: Floats, targets: Floats) -> Floats:
    """The weights, bias first, whose features come nearest to the targets."""
    design = np.hstack([np.ones((len(inputs), 1)), inputs])
    return np.linalg.lstsq(design, targets, rcond=None)[0]


def hidden_outputs(first_layer: Floats, inputs: Floats) -> Floats:
    """The outputs of a first layer of Adalines, one column a unit; `first_layer` has a row of weights (bias first) a unit."""
    return np.stack([sign(features(weights, inputs)) for weights in first_layer], axis=1)


LOW, HIGH = -1.0, 1.0  # unmutated: weights for outputs of any size have the same signs


def nand(inputs: Floats) -> Floats:
    return np.where((inputs > 0).all(axis=1), LOW, HIGH)


def majority(inputs: Floats) -> Floats:
    return np.where(inputs.sum(axis=1) > 0, HIGH, LOW)


def xor(inputs: Floats) -> Floats:
    return np.where((inputs > 0).sum(axis=1) % 2 == 1, HIGH, LOW)  # unmutated: of two inputs, any remainder tells it
