import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from training import mlp, x_train, y_train

torch.manual_seed(0)
net = mlp(784, 256, 512, 10)
mean_gradients = np.zeros(100)
for step in range(100):
    start = 16 * step % len(x_train)
    net.zero_grad()
    nn.functional.cross_entropy(net(x_train[start : start + 16]), y_train[start : start + 16]).backward()
    total = sum(p.grad.abs().sum() for p in net.parameters())
    mean_gradients[step] = total / sum(p.numel() for p in net.parameters())
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.01 * p.grad

gradients_fall = "no" if mean_gradients[-10:].mean() >= mean_gradients[:10].mean() else "yes"
fig_1_7 = plt.figure()
plt.plot(mean_gradients)
plt.xlabel("step")
plt.ylabel("mean |gradient|")
