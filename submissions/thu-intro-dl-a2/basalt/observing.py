import numpy as np
import torch
import matplotlib.pyplot as plt
from torch import nn


def build(hidden, width):
    """`hidden` hidden layers and an output layer."""
    parts, size = [], 8
    for _ in range(hidden):
        parts += [nn.Linear(size, width), nn.ReLU()]
        size = width
    return nn.Sequential(*parts, nn.Linear(size, 1))


def average(hidden, width, rate):
    generator = torch.Generator().manual_seed(5)
    inputs = torch.rand(100, 8, generator=generator)
    targets = inputs.mean(1, keepdim=True) > 0.5
    torch.manual_seed(5)
    model = build(hidden, width)
    rows = []
    for step in range(10):
        model.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(inputs), targets.float()).backward()
        rows.append([float(p.grad.abs().mean()) for n, p in model.named_parameters() if n.endswith("weight")])
        with torch.no_grad():
            for p in model.parameters():
                p -= rate * p.grad
    return np.mean(rows, axis=0)


avg_gradients = dict(
    base=average(16, 64, 0.01),
    shallow=average(4, 64, 0.01),
    wide=average(16, 512, 0.01),
    slow=average(16, 64, 1e-4),
)
fig_2_4 = plt.figure()
for key in avg_gradients:
    plt.semilogy(avg_gradients[key], label=key)
plt.xlabel("depth")
plt.ylabel("average of |dL/dW|")
plt.legend(title="setting")
