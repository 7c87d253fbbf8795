"""Known wrong answers, each computed as a student who makes the mistake computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from cifar import Images, Net, load_cifar, parameter_count
from given import A_7, B_7, CHANNELS, SIDE, W_9, X_9
from numpy.typing import ArrayLike, NDArray
from relations import BIASES, MATRICES, is_grid, is_highest, log_softmax, sigmoid, sorted_by_shape, told_rows
from torch import Tensor

Floats = NDArray[np.float64]

# 7: a contributes to the loss through the sum and through the product

grad_a_sum_only = A_7
grad_a_product_only = A_7 + B_7
grad_b_ones = np.ones_like(B_7)
parents_once = 1


# 8


def normalize_sum_constant(x: Floats, go: Floats) -> Floats:
    return go / x.sum(axis=1, keepdims=True)


def normalize_row_forgotten(x: Floats, go: Floats) -> Floats:
    total = x.sum(axis=1, keepdims=True)
    return go / total - go * x / total**2


def normalize_square_missing(x: Floats, go: Floats) -> Floats:
    total = x.sum(axis=1, keepdims=True)
    return go / total - (go * x).sum(axis=1, keepdims=True) / total


# 9

grad_x_no_mask = W_9
grad_x_upstream_lost = (X_9 > 0).astype(float)


def relu_leaky(x: Floats) -> Floats:
    return np.where(x > 0, x, 0.01 * x)


def relu_no_mask(x: Floats, go: Floats) -> Floats:
    return go


def relu_mask_of_gradient(x: Floats, go: Floats) -> Floats:
    return np.where(go > 0, go, 0.0)


def relu_upstream_lost(x: Floats, go: Floats) -> Floats:
    return (x > 0).astype(float)


# 10


def layer_left_out(weights: Sequence[ArrayLike]) -> bool:
    """The parameters of two of the layers."""
    shapes = sorted(np.asarray(each).shape for each in weights)
    layers = list(zip(MATRICES, BIASES, strict=True))
    return any(shapes == sorted(shape for other in layers if other is not layer for shape in other) for layer in layers)


def outputs(weights: Sequence[ArrayLike], x: ArrayLike, way: str) -> Floats:
    """The outputs before the log-softmax, with the second hidden layer put together in one of the wrong ways."""
    p = sorted_by_shape(weights)
    first = sigmoid(np.asarray(x) @ p.w1 + p.b1)
    linear = first @ p.w2 + p.b2
    second = {
        "before": sigmoid(linear + first),
        "bare": linear + first,
        "none": sigmoid(linear),
        "right": sigmoid(linear) + first,
    }[way]
    return second @ p.w3 + p.b3


def skip_before_activation(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    return log_softmax(outputs(weights, x, "before"))


def second_without_activation(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    return log_softmax(outputs(weights, x, "bare"))


def skip_left_out(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    return log_softmax(outputs(weights, x, "none"))


def skip_always(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    return log_softmax(outputs(weights, x, "right"))


def residual_logits(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    return outputs(weights, x, "right")


def plain_logits(weights: Sequence[ArrayLike], x: ArrayLike) -> Floats:
    return outputs(weights, x, "none")


# 11


def load_channels_last(path: str) -> Images:
    """The three bytes of a pixel were taken to stand together."""
    right = load_cifar(path)
    pixels = right.images.reshape(-1, SIDE, SIDE, CHANNELS).permute(0, 3, 1, 2)
    return Images(pixels.contiguous(), right.labels)


def load_unscaled(path: str) -> Images:
    right = load_cifar(path)
    return Images(((right.images + 1) * 127.5).round(), right.labels)


def load_zero_to_one(path: str) -> Images:
    right = load_cifar(path)
    return Images((right.images + 1) / 2, right.labels)


class NetReluOutput(Net):
    """With a ReLU after the last layer."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(super().forward(x))


class NetSoftmaxOutput(Net):
    """With the softmax that the loss applies as well."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.softmax(super().forward(x), dim=1)


_net = Net()
_layers = dict(_net.named_children())
total_without_biases = sum(parameter.numel() for name, parameter in _net.named_parameters() if name.endswith("weight"))
total_one_channel = parameter_count(_net) - sum(
    layer.weight.numel() - layer.weight[:, 0].numel() for layer in (_net.conv1, _net.conv2)
)


def table_without_biases() -> list[dict[str, Any]]:
    return [{"layer": name, "parameters": layer.weight.numel()} for name, layer in _layers.items()]


def table_one_channel() -> list[dict[str, Any]]:
    """Each kernel was counted for one input channel."""
    return [
        {"layer": name, "parameters": layer.weight[:, :1].numel() + layer.bias.numel()}
        if name.startswith("conv")
        else {"layer": name, "parameters": parameter_count(layer)}
        for name, layer in _layers.items()
    ]


def one_varied(tuning: Any) -> bool:
    """Only the rate, or only the momentum, was varied."""
    rows = told_rows(tuning)
    return len(rows) > 1 and 1 in (len({row.rate for row in rows}), len({row.momentum for row in rows}))


def grid_with_gaps(tuning: Any) -> bool:
    """Both were varied, but not every rate was tried with every momentum."""
    rows = told_rows(tuning)
    return len({row.rate for row in rows}) > 1 and len({row.momentum for row in rows}) > 1 and not is_grid(tuning)


def best_in_training(tuning: Any, best: Any) -> bool:
    return is_highest(tuning, best, lambda row: row.train)
