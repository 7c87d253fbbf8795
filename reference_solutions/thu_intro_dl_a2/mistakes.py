"""Known wrong answers, each computed as a student who makes the mistake computes it."""

from __future__ import annotations

import numpy as np
import torch
from given import FACTOR, INTERCEPT, SEED, SLOPE, TESTS
from numpy.typing import ArrayLike, NDArray
from regression import Data, SimpleLinear, descend, draw, draw_data
from relations import curves, have_lengths, is_last_largest, is_random
from torch import nn

Floats = NDArray[np.float64]


# 2.1: what was done wrong when the matrices were drawn


def same_matrix(a: ArrayLike, b: ArrayLike) -> bool:
    first, second = np.asarray(a), np.asarray(b)
    return first.shape == (5, 5) and is_random(first) and np.array_equal(first, second)


def other_size(a: ArrayLike, b: ArrayLike) -> bool:
    first, second = np.asarray(a), np.asarray(b)
    return first.shape == second.shape != (5, 5) and is_random(first) and is_random(second)


def not_random(a: ArrayLike, b: ArrayLike) -> bool:
    first, second = np.asarray(a), np.asarray(b)
    return first.shape == second.shape == (5, 5) and not (is_random(first) and is_random(second))


def reversed_difference(a: Floats, b: Floats) -> Floats:
    return b - a


def swapped_factors(a: Floats, b: Floats) -> Floats:
    return b @ a


# 2.2


def column_by_column(a: Floats) -> Floats:
    return a.T.reshape(-1)


def counted_from_one(a: Floats) -> Floats:
    return a[2:6, 2:4]


def last_left_out(a: Floats) -> Floats:
    return a[1:4, 1:2]


# 2.3


def matmul_factor(a: Floats) -> Floats:
    return a @ FACTOR.numpy()


def mean(c: Floats) -> float:
    return float(np.mean(c))


dS_dA_matmul = FACTOR.sum(dim=1).expand(3, 3)
dS_dA_mean = FACTOR / FACTOR.numel()
dS_dA_twice = 2 * FACTOR


# 2.4


def signed_means(base: ArrayLike, shallow: ArrayLike, wide: ArrayLike, slow: ArrayLike) -> bool:
    found = curves(base, shallow, wide, slow)
    return have_lengths(found) and any(bool((each < 0).any()) for each in found)


def last_first(*gradients: ArrayLike) -> bool:
    return all(is_last_largest(each[::-1]) for each in curves(*gradients))


# 2.5


class Broadcast(nn.Module):
    """The mean squared error of a column of outputs and a flat vector of targets: of every output with every target."""

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return ((outputs - targets.reshape(1, -1)) ** 2).mean()


def model_first() -> tuple[Data, SimpleLinear]:
    """The model is built before the noise is drawn, so both get other random numbers."""
    torch.manual_seed(SEED)
    model = SimpleLinear()
    return draw_data(), model


initial = draw()[1]
w_initial, b_initial = initial.fc.weight.item(), initial.fc.bias.item()
_data, _model = draw()
loss_after_step = nn.functional.mse_loss(descend(_data, _model).model(_data.x), _data.y).item()
broadcast = descend(*draw(), Broadcast())
summed = descend(*draw(), nn.MSELoss(reduction="sum"))
other_draws = descend(*model_first())
true_line = [SLOPE * x + INTERCEPT for x in TESTS]
