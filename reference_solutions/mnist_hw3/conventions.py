"""Other right answers."""

from __future__ import annotations

import losses
import numpy as np
from autoencoder import with_gradient
from given import CLASSES, TEST_LABELS, TRAIN_LABELS
from idx import load_idx
from numpy.typing import ArrayLike
from relations import share_right
from torch import Tensor, nn

# 1B: the squared error is summed over the classes, halved, or averaged over them

dmse_halved = losses.slope(lambda output: losses.squared_errors(output) / 2)
dmse_mean = losses.slope(lambda output: losses.squared_errors(output) / CLASSES)
dmse_mean_halved = losses.slope(lambda output: losses.squared_errors(output) / (2 * CLASSES))

# 2A: other losses of a reconstruction


def summed_squares(x_hat: Tensor, x: Tensor) -> Tensor:
    return ((x_hat - x) ** 2).sum()


def absolute_error(x_hat: Tensor, x: Tensor) -> Tensor:
    return (x_hat - x).abs().mean()


def huber(x_hat: Tensor, x: Tensor) -> Tensor:
    """Both of torch's Huber losses, whose bend is at 1 by default: values in 0 to 1 never reach it."""
    return ((x_hat - x) ** 2).mean() / 2


def binary_cross_entropy(x_hat: Tensor, x: Tensor) -> Tensor:
    return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).mean()


def binary_cross_entropy_of_logits(x_hat: Tensor, x: Tensor) -> Tensor:
    return (nn.functional.softplus(x_hat) - x * x_hat).mean()


def compared_by_squares(x_hat: Tensor, x: Tensor) -> list[Tensor]:
    """The mean squared error written into (d) itself."""
    return with_gradient(lambda left, right: ((left - right) ** 2).mean(), x_hat, x)


# 4B

y_test_one_hot = np.eye(CLASSES)[load_idx(TEST_LABELS)]
y_train_one_hot = np.eye(CLASSES)[load_idx(TRAIN_LABELS)]


# 4E


def percent_right(predictions: ArrayLike) -> float:
    return 100 * share_right(predictions)
