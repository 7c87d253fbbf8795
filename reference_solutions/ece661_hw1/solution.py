"""Reference solution of ECE 661 homework 1: every value that a check compares is computed here."""

from __future__ import annotations

import conventions
import follow
import lms
import mistakes
import network
import numpy as np
import torch
from adaline import bipolar_inputs, features, hidden_outputs, least_squares, majority, nand, sign, xor
from backprop import (
    dL_db1,
    dL_db2,
    dL_dW1,
    dL_dW2,
    loss,
    relu_dL_db1,
    relu_dL_db2,
    relu_dL_dW1,
    relu_dL_dW2,
    run_relu,
    run_sigmoid,
)
from convolution import conv2d_same
from figures import curves, fits_in_space, histograms
from given import FIRST_LAYER, IMAGE, KERNEL, NETWORK, TARGET, UNIT
from network import CONV, FC, SimpleNN

__all__ = [
    "CONV",
    "FC",
    "SimpleNN",
    "conv2d_same",
    "conventions",
    "dL_dW1",
    "dL_dW2",
    "dL_db1",
    "dL_db2",
    "follow",
    "mistakes",
    "relu_dL_dW1",
]

# 1.1 to 1.5
answer_1_1 = answer_1_2 = answer_1_3 = answer_1_4 = answer_1_5 = False

# 2.1 to 2.4: the weights are the least-squares fit to the truth table, which here realises it
pairs, triples = bipolar_inputs(2), bipolar_inputs(3)
s_given = features(UNIT, pairs)
y_given = sign(s_given)
function_given = "D"
w_nand = least_squares(pairs, nand(pairs))
s_nand = features(w_nand, pairs)
w_majority = least_squares(triples, majority(triples))
s_majority = features(w_majority, triples)
hidden = hidden_outputs(FIRST_LAYER, pairs)
w_xor = least_squares(hidden, xor(pairs))
s_xor = features(w_xor, hidden)

# 3.2
L = loss(run_relu(*NETWORK).x3, TARGET)
dW1 = relu_dL_dW1(*NETWORK, TARGET)
dW2 = relu_dL_dW2(*NETWORK, TARGET)
db1 = relu_dL_db1(*NETWORK, TARGET)
db2 = relu_dL_db2(*NETWORK, TARGET)
L_sigmoid = loss(run_sigmoid(*NETWORK).x3, TARGET)

# 4.1
conv_output = conv2d_same(IMAGE, KERNEL)

# Lab 1
data = lms.load()
W_wiener = lms.wiener(data)
mse_wiener = lms.mse(data, W_wiener)
fits = {rate: lms.run(data, rate) for rate in (0.005, 0.01, 0.05, 0.5)}
W_lms, mse_lms = fits[0.01].weights, fits[0.01].curve
mse_rates = np.array([fit.curve for fit in fits.values()])
mse_diverging = lms.run(data, 1.0).curve
fig_mse = curves({0.01: fits[0.01]})  # unmutated: the first number is a word of the legend
fig_fits = fits_in_space(data, {"Wiener": W_wiener, "LMS": W_lms})
fig_rates = curves(fits)

# Lab 2
torch.manual_seed(0)  # unmutated: any random numbers will do
net = SimpleNN()
net(torch.randn(1, 3, 32, 32))
cost_table = network.cost_rows(net)

# Lab 3
fig_weights = histograms("Weights", {name: layer.weight.detach().numpy() for name, layer in network.layers(net).items()})
network.backward(net)
fig_gradients = histograms("Gradients", {name: layer.weight.grad.numpy() for name, layer in network.layers(net).items()})
network.zero_weights(net)
network.backward(net)
fig_zeroed = histograms(
    "Gradients with zero weights", {name: layer.weight.grad.numpy() for name, layer in network.layers(net).items()}
)
gradient_is_zero = network.gradient_is_zero(net)
