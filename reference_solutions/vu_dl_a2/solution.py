"""Reference solution of the second deep-learning assignment, on derivatives: every value a check compares."""

from __future__ import annotations

import conventions
import follow
import mistakes
import numpy as np
import relations
import vugrad as vg
from cifar import Net, load_all, load_cifar, load_test, parameter_count, tune
from figures import loss_curves
from given import A_7, B_7, BATCH, INPUTS, OUTPUTS, W_9, X_9
from networks import MLP, compare_activations, compare_residual
from ops import Normalize, ReLU, relu

__all__ = ["Net", "Normalize", "ReLU", "conventions", "follow", "load_cifar", "mistakes", "relations", "relu"]

np.random.seed(0)  # unmutated: any random numbers will do

# 5
a_5, b_5 = vg.TensorNode(np.random.randn(2, 2)), vg.TensorNode(np.random.randn(2, 2))
c_5 = a_5 + b_5

# 7
a_7, b_7 = vg.TensorNode(A_7), vg.TensorNode(B_7)
loss_7 = ((a_7 + b_7) * a_7).sum()
loss_7.backward()
grad_a_7, grad_b_7, parents_7 = a_7.grad, b_7.grad, a_7.numparents

# 9
x_9 = vg.TensorNode(X_9)
(relu(x_9) * vg.TensorNode(W_9)).sum().backward()
grad_x_9 = x_9.grad
losses_9 = compare_activations({"sigmoid": vg.sigmoid, "ReLU": relu})
fig_9 = loss_curves(losses_9)

# 10
net_10 = MLP(INPUTS, OUTPUTS, residual=True)
plain_10 = MLP(INPUTS, OUTPUTS, residual=False)
x_10 = np.random.randn(BATCH, INPUTS)
out_10 = net_10(vg.TensorNode(x_10)).value
out_plain_10 = plain_10(vg.TensorNode(x_10)).value
losses_10 = compare_residual()

# 11
table_11 = [{"layer": name, "parameters": parameter_count(layer)} for name, layer in Net().named_children()]
total_11 = parameter_count(Net())
tuning_11 = tune(load_all(), load_test())
best_11 = max(tuning_11, key=lambda row: row["test_accuracy"])
