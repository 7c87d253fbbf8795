"""Reference solution of the second assignment of the introduction to deep learning: every value a check compares."""

from __future__ import annotations

import conventions
import follow
import mistakes
import regression
import relations
import torch
from deep import layer_gradients
from figures import gradient_curves
from given import FACTOR, WEIGHTS, Setting

__all__ = ["WEIGHTS", "conventions", "follow", "mistakes", "relations"]

# 1.1 to 1.5
answer_1_1, answer_1_2, answer_1_3, answer_1_4, answer_1_5 = "A", "B", "A", "A", ["B", "D"]

torch.manual_seed(0)  # unmutated: any random numbers will do

# 2.1
A_2_1 = torch.rand(5, 5)
B_2_1 = torch.rand(5, 5)
addition = torch.add(A_2_1, B_2_1)
subtraction = torch.sub(A_2_1, B_2_1)
ele_multiplication = torch.mul(A_2_1, B_2_1)
mat_multiplication = torch.matmul(A_2_1, B_2_1)

# 2.2
A_2_2 = torch.rand(6, 4)
A_reshaped = A_2_2.reshape(24)
A_subset = A_2_2[1:5, 1:3]

# 2.3
A_2_3 = torch.rand(3, 3, requires_grad=True)
C_2_3 = A_2_3 * FACTOR
S_2_3 = C_2_3.sum()
S_2_3.backward()
dS_dA = A_2_3.grad

# 2.4
gradients = {
    "base": layer_gradients(Setting()),
    "shallow": layer_gradients(Setting(layers=4)),
    "wide": layer_gradients(Setting(width=512)),  # unmutated: gradients of data of the student's choice do not show it
    "slow": layer_gradients(Setting(rate=0.0001)),  # unmutated: gradients of data of the student's choice do not show it
}
fig_gradients = gradient_curves(gradients)

# 2.5
data, model = regression.draw()
step = regression.descend(data, model)
loss_2_5, w_2_5, b_2_5 = step.loss, step.w, step.b
torch.save(step.model.state_dict(), "weights.pt")
loaded = regression.SimpleLinear()
loaded.load_state_dict(torch.load("weights.pt", weights_only=True))
predictions_2_5 = regression.predict(loaded)
