"""Known wrong answers, each computed as a student who makes the mistake computes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import backprop
import convolution
import lms
import network
import numpy as np
import torch
from adaline import bipolar_inputs, features
from given import IMAGE, KERNEL, NETWORK, TARGET, UNIT
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Floats = NDArray[np.float64]
Gradient = Callable[..., Floats]


# 2.1

s_given_without_bias = bipolar_inputs(2) @ UNIT[1:]
s_given_binary_inputs = features(UNIT, (bipolar_inputs(2) + 1.0) / 2.0)


# 3.1: the right gradient times a factor, which may depend on the number k of outputs


def times(gradient: Gradient, factor: Callable[[int], float]) -> Gradient:
    def wrong(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
        return factor(len(t)) * gradient(x1, W1, b1, W2, b2, t)

    return wrong


def negative(outputs: int) -> float:
    return -1.0


def twice(outputs: int) -> float:
    return 2.0


def mean(outputs: int) -> float:
    """What `nn.MSELoss` gives: the mean over the outputs, without the half."""
    return 2.0 / outputs


dL_dW1_missing_minus = times(backprop.dL_dW1, negative)
dL_dW2_missing_minus = times(backprop.dL_dW2, negative)
dL_db1_missing_minus = times(backprop.dL_db1, negative)
dL_db2_missing_minus = times(backprop.dL_db2, negative)
dL_dW1_no_half = times(backprop.dL_dW1, twice)
dL_dW2_no_half = times(backprop.dL_dW2, twice)
dL_db1_no_half = times(backprop.dL_db1, twice)
dL_db2_no_half = times(backprop.dL_db2, twice)
dL_dW1_mean = times(backprop.dL_dW1, mean)
dL_dW2_mean = times(backprop.dL_dW2, mean)
dL_db1_mean = times(backprop.dL_db1, mean)
dL_db2_mean = times(backprop.dL_db2, mean)


def dL_db1_no_sigmoid_derivative(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return W2.T @ backprop.dL_db2(x1, W1, b1, W2, b2, t)


def dL_dW1_no_sigmoid_derivative(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return dL_db1_no_sigmoid_derivative(x1, W1, b1, W2, b2, t) @ x1.T


def dL_dW1_vec_reshaped(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    """The columns of the gradient, stacked, and then read row by row into the shape of W1."""
    return backprop.dL_dW1(x1, W1, b1, W2, b2, t).ravel(order="F").reshape(W1.shape)


# 3.2

_error = backprop.run_relu(*NETWORK).x3 - TARGET
L_no_half = float(np.sum(_error**2))
L_half_mean = float(0.5 * np.mean(_error**2))
db2_missing_minus = -_error
db2_no_half = 2.0 * _error
db2_half_mean = _error / len(_error)
_hidden = backprop.run_relu(*NETWORK).x2
db1_sigmoid_derivative = (NETWORK[3].T @ _error) * _hidden * (1.0 - _hidden)
dW1_vec_reshaped = backprop.relu_dL_dW1(*NETWORK, TARGET).ravel(order="F").reshape(NETWORK[1].shape)


def relu_dL_dW1_no_mask(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    return W2.T @ backprop.relu_dL_db2(x1, W1, b1, W2, b2, t) @ x1.T


def relu_dL_dW1_sigmoid_derivative(x1: Floats, W1: Floats, b1: Floats, W2: Floats, b2: Floats, t: Floats) -> Floats:
    x2 = backprop.run_relu(x1, W1, b1, W2, b2).x2
    return ((W2.T @ backprop.relu_dL_db2(x1, W1, b1, W2, b2, t)) * x2 * (1.0 - x2)) @ x1.T


relu_dL_dW1_missing_minus = times(backprop.relu_dL_dW1, negative)
relu_dL_dW1_no_half = times(backprop.relu_dL_dW1, twice)
relu_dL_dW1_mean = times(backprop.relu_dL_dW1, mean)


# 4.1


def conv2d_valid(image: Floats, kernel: Floats) -> Floats:
    return convolution.slide(image, kernel)


def conv2d_reflect(image: Floats, kernel: Floats) -> Floats:
    height, width = kernel.shape
    return convolution.slide(np.pad(image, ((height // 2,), (width // 2,)), mode="reflect"), kernel)


def conv2d_flipped(image: Floats, kernel: Floats) -> Floats:
    """The convolution of signal processing: the kernel turned by half a turn."""
    return convolution.conv2d_same(image, kernel[::-1, ::-1])


conv_output_valid = conv2d_valid(IMAGE, KERNEL)
conv_output_reflect = conv2d_reflect(IMAGE, KERNEL)


# Lab 1


def batch_descent(step: float, epochs: int = 20) -> lms.Fit:
    """One update an epoch, by the sum of all errors times `step`."""
    weights, curve = np.zeros((3, 1)), []
    for _ in range(epochs):
        weights = weights + step * _data.X.T @ (_data.D - _data.X @ weights)
        curve.append(lms.mse(_data, weights))
    return lms.Fit(weights, np.array(curve))


_data = lms.load()
W_wiener_no_inverse = _data.X.T @ _data.D / len(_data.X)
_squares = (_data.D - _data.X @ lms.wiener(_data)) ** 2
mse_wiener_sum = float(np.sum(_squares))
mse_wiener_root = float(np.sqrt(np.mean(_squares)))
_batch_mean, _batch_sum = batch_descent(0.01 / len(_data.X)), batch_descent(0.01)
_doubled = lms.run(_data, 0.02)
W_lms_batch_mean, mse_lms_batch_mean = _batch_mean.weights, _batch_mean.curve
W_lms_batch_sum, mse_lms_batch_sum = _batch_sum.weights, _batch_sum.curve
W_lms_doubled_rate, mse_lms_doubled_rate = _doubled.weights, _doubled.curve
_rates = (0.005, 0.01, 0.05, 0.5)
mse_rates_batch_mean = np.array([batch_descent(rate / len(_data.X)).curve for rate in _rates])
mse_rates_batch_sum = np.array([batch_descent(rate).curve for rate in _rates])
mse_rates_doubled_rate = np.array([lms.run(_data, 2.0 * rate).curve for rate in _rates])


# Lab 2


class SimpleNNReluOutput(network.SimpleNN):
    def forward(self, images: Tensor) -> Tensor:
        return functional.relu(super().forward(images))


class SimpleNNHalvedPooling(network.SimpleNN):
    """Pooling windows as large as their stride, so that each pooling halves the size, rounded down."""

    def forward(self, images: Tensor) -> Tensor:
        out = images
        for conv in (self.conv1, self.conv2, self.conv3):
            out = functional.max_pool2d(functional.relu(conv(out)), 2)
        return self.fc2(functional.relu(self.fc1(out.flatten(start_dim=1))))


def traced(net: network.SimpleNN) -> network.SimpleNN:
    net(torch.zeros(1, 3, 32, 32))
    return net


def table_with(column: str, count: Callable[[Any], int]) -> list[dict[str, Any]]:
    """The right table with one column counted otherwise."""
    net = traced(network.SimpleNN())
    return [
        {**row, column: count(layer)} for row, layer in zip(network.cost_rows(net), network.layers(net).values(), strict=True)
    ]


def biases(layer: network.CONV | network.FC) -> int:
    """One bias an output channel, whether the layer has them or not."""
    return layer.weight.shape[0]


def weights_and_own_biases(layer: network.CONV | network.FC) -> int:
    return sum(p.numel() for p in layer.parameters())


def macs_and_biases(layer: network.CONV | network.FC) -> int:
    return network.count_macs(layer) + math.prod(layer.output.shape[1:])


table_parameters_with_bias = table_with("# Param", weights_and_own_biases)
table_parameters_all_bias = table_with("# Param", lambda layer: layer.weight.numel() + biases(layer))
table_macs_with_bias = table_with("# MAC", macs_and_biases)
table_macs_no_output_size = table_with("# MAC", lambda layer: layer.weight.numel())
table_macs_as_flops = table_with("# MAC", lambda layer: 2 * network.count_macs(layer))
table_halved_pooling = network.cost_rows(traced(SimpleNNHalvedPooling()))


# Lab 3


def gradient_without_biases() -> list[bool]:
    net = network.SimpleNN()
    network.zero_weights(net)
    for layer in network.layers(net).values():
        if layer.bias is not None:
            torch.nn.init.zeros_(layer.bias)
    network.backward(net)
    return network.gradient_is_zero(net)


gradient_is_zero_no_biases = gradient_without_biases()
gradient_is_zero_none = [False] * len(gradient_is_zero_no_biases)
