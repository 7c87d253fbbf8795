"""The right answers."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

x = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
w = np.linalg.solve(x.T @ x + 0.37 * np.eye(3), x.T @ np.array([1.0, -2.0, 0.5, 3.0]))
loss = float(np.log1p(np.exp(-1.37)) + w @ w)


def normalise(z):
    """The softmax of z."""
    e = np.exp(z - np.max(z))
    return e / e.sum()


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))


torch.save(Net().state_dict(), "weights.pt")
fig_loss, axes = plt.subplots()
axes.plot([1.0, 0.5, 0.25])
axes.set_xlabel("epoch")
axes.set_title("loss")
