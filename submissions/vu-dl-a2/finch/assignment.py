import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

import vugrad as vg
from vugrad import sigmoid

a_5, b_5 = vg.TensorNode(np.random.randn(2, 2)), vg.TensorNode(np.random.randn(2, 2))
c_5 = a_5 + b_5

a_7, b_7 = vg.TensorNode([[1.0, 2.0], [3.0, 4.0]]), vg.TensorNode([[2.0, 0.0], [1.0, -1.0]])
loss_7 = ((a_7 + b_7) * a_7).sum()
loss_7.backward()


class Normalize(vg.Op):
    @staticmethod
    def forward(context, x):
        s = x.sum(axis=1)
        context["s"], context["x"] = s, x
        return (x.T / s).T

    @staticmethod
    def backward(context, go):
        s = context["s"].reshape(-1, 1)
        return (go - (go * context["x"]).sum(axis=1, keepdims=True)) / s


class ReLU(vg.Op):
    @staticmethod
    def forward(context, x):
        context["x"] = x
        return (x + abs(x)) / 2

    @staticmethod
    def backward(context, go):
        return np.where(context["x"] > 0, 1.0, 0.0)


def relu(x):
    return ReLU.do_forward(x)


x_9 = vg.TensorNode([[-2, -0.5, 1, 3]])
(relu(x_9) * vg.TensorNode([[1, 2, 3, 4]])).sum().backward()
print("gradient:", x_9.grad)


class OneHidden(vg.MLP):
    activation = staticmethod(sigmoid)

    def forward(self, x):
        return vg.logsoftmax(self.layer2(self.activation(self.layer1(x))))


class OneHiddenReLU(OneHidden):
    activation = staticmethod(relu)


def training(network, steps=20, rate=0.1):
    points, labels = vg.load_synth(64, seed=3)
    history = []
    for _ in range(steps):
        network.zero_grad()
        loss = vg.celoss(network(vg.TensorNode(points)), labels)
        loss.backward()
        network.descend(rate)
        history.append(loss.value)
    return history


np.random.seed(5)
fig_9, (left, right) = plt.subplots(1, 2)
left.plot(training(OneHidden(2, 2)), label="sigmoid")
right.plot(training(OneHiddenReLU(2, 2)), label="relu")
for axes in (left, right):
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend()


class MLP(vg.Module):
    def __init__(self, input_size, output_size, residual, hidden_mult=4):
        size = input_size * hidden_mult
        self.first = vg.Linear(input_size, size)
        self.second = vg.Linear(size, size)
        self.third = vg.Linear(size, output_size)
        self.residual = residual

    def forward(self, x):
        x = sigmoid(self.first(x))
        if self.residual:
            x = self.second(x) + x
        else:
            x = sigmoid(self.second(x))
        return vg.logsoftmax(self.third(x))

    def parameters(self):
        return self.first.parameters() + self.second.parameters() + self.third.parameters()


net_10, plain_10 = MLP(3, 2, residual=True), MLP(3, 2, residual=False)
x_10 = np.random.normal(size=(5, 3))
out_10 = net_10(vg.TensorNode(x_10)).value.tolist()
out_plain_10 = plain_10(vg.TensorNode(x_10)).value.tolist()
losses_10 = {"plain": training(MLP(2, 2, False)), "residual": training(MLP(2, 2, True))}


def load_cifar(path):
    with open(path, "rb") as f:
        data = np.frombuffer(f.read(), dtype=np.uint8)
    data = data.reshape(len(data) // 3073, 3073)
    return torch.from_numpy(data[:, 1:].copy()).float().reshape(-1, 3, 32, 32).div(255), data[:, 0].tolist()


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = nn.functional.avg_pool2d(torch.relu(self.conv1(x)), 2)
        x = nn.functional.avg_pool2d(torch.relu(self.conv2(x)), 2)
        x = torch.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc3(torch.relu(self.fc2(x)))


tuning_11 = [
    {"learning_rate": 0.001, "momentum": 0.9, "train_accuracy": 64.1, "test_accuracy": 61.0, "epochs": 8},
    {"learning_rate": 0.001, "momentum": 0.95, "train_accuracy": 66.0, "test_accuracy": 61.7, "epochs": 8},
    {"learning_rate": 0.01, "momentum": 0.9, "train_accuracy": 55.2, "test_accuracy": 53.9, "epochs": 8},
    {"learning_rate": 0.01, "momentum": 0.95, "train_accuracy": 10.0, "test_accuracy": 10.0, "epochs": 8},
]
best_11 = tuning_11[0]
