import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import matplotlib.pyplot as plt
from scipy.io import loadmat

# ---- problem 2 ----
in2 = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
s_2_1 = [1.5, 3.5, -2.5, -0.5]
y_2_1 = [1, 1, -1, 1]
w_2_2 = [-0.5, -0.5]  # no bias needed, I think
s_2_2 = [1, 0, 0, -1]
w_2_3 = [2, 1, 1, 1]
s_2_3 = [-1, 1, 1, 3, 1, 3, 4, 6]
w_2_4 = [1, -1, -1]
s_2_4 = [-1, 1, 1, -1]

# ---- problem 3 ----


def net(x1, W1, b1, W2, b2, relu):
    z = W1 @ x1 + b1
    x2 = np.maximum(z, 0) if relu else 1 / (1 + np.exp(-z))
    return z, x2, W2 @ x2 + b2


def dL_dW1(x1, W1, b1, W2, b2, t):
    z, x2, x3 = net(x1, W1, b1, W2, b2, False)
    return ((W2.T @ (x3 - t)) * x2 * (1 - x2)) @ x1.T


def dL_dW2(x1, W1, b1, W2, b2, t):
    z, x2, x3 = net(x1, W1, b1, W2, b2, False)
    return x2 @ (x3 - t)


def dL_db1(x1, W1, b1, W2, b2, t):
    z, x2, x3 = net(x1, W1, b1, W2, b2, False)
    return ((W2.T @ (x3 - t)) * x2 * (1 - x2)).tolist()


def dL_db2(x1, W1, b1, W2, b2, t):
    return str(net(x1, W1, b1, W2, b2, False)[2] - t)


def relu_dL_dW1(x1, W1, b1, W2, b2, t):
    z, x2, x3 = net(x1, W1, b1, W2, b2, True)
    return ((W2.T @ (2 * (x3 - t))) * (z > 0)) @ x1.T


given = (
    np.array([[0], [1], [2]]),
    np.array([[3, -1, 1], [-5, 2, -1]]),
    np.array([[1], [2]]),
    np.array([[1, -2], [-3, 1]]),
    np.array([[1], [1]]),
)
t = np.array([[1], [2]])
z, x2, x3 = net(*given, True)
L = float(np.sum((t - x3) ** 2))
db2 = 2 * (x3 - t)
dW2 = db2 @ x2.T
db1 = given[3].T @ db2 * (z > 0)
dW1 = relu_dL_dW1(*given, t)
L_sigmoid = "about 4.2011"

# ---- problem 4 ----
pic = np.array(
    [
        [0, 0, -1, 0, 0, 0, 1, 0, 0],
        [0, -1, -1, -1, 0, 1, 1, 1, 0],
        [-1, -1, -1, -1, 0, 1, 1, 1, 1],
        [0, -1, -1, -1, 0, 1, 1, 1, 0],
        [0, 0, -1, 0, 0, 0, 1, 0, 0],
    ]
)
ker = np.array([[0, -0.5, 0], [-0.5, 1, -0.5], [0, -0.5, 0]])


def conv2d_same(image, kernel):
    out = np.zeros((5, 9))
    big = np.pad(image, 1)
    for r in range(5):
        for c in range(9):
            out[r, c] = (big[r : r + 3, c : c + 3] * kernel).sum()
    return out


conv_output = conv2d_same(pic, ker)

# ---- lab 1 ----
mat = loadmat("dataset.mat")
X, D = mat["X"], mat["D"][:, 0]
W_wiener = np.linalg.solve(X.T @ X, X.T @ D).round(2)
mse_wiener = ((D - X @ W_wiener) ** 2).mean() / 2


def lms(r):
    w = np.zeros(3)
    out = []
    for epoch in range(20):
        out.append(((D - X @ w) ** 2).mean() / 2)
        for x, d in zip(X, D):
            w = w + r * (d - w @ x) * x
    return w, out


W_lms, mse_lms = lms(0.01)
fig_mse = plt.figure()
plt.plot(mse_lms)

fig_fits = plt.figure()
plt.scatter(X[:, 1], D)
plt.plot([-2, 2], [W_wiener[0] - 2 * W_wiener[1], W_wiener[0] + 2 * W_wiener[1]])

mse_rates = [lms(r)[1] for r in (0.005, 0.01, 0.05, 0.5)]
fig_rates = plt.figure()
for curve in mse_rates[:3]:
    plt.semilogy(curve)
plt.xlabel("epoch")
plt.ylabel("loss")
mse_diverging = lms(0.5)[1]


# ---- lab 2 ----
class CONV(nn.Conv2d):
    def forward(self, x):
        self.input = x
        self.output = super().forward(x)
        return self.output


class FC(nn.Linear):
    def forward(self, x):
        self.input = x
        self.output = super().forward(x)
        return self.output


class SimpleNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = CONV(3, 16, 5, padding=2, bias=False)
        self.conv2 = CONV(16, 16, 3, padding=1, bias=False)
        self.conv3 = CONV(16, 32, 7, padding=2, bias=False)
        self.fc1 = nn.Linear(128, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 4, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 3, 2)
        x = F.max_pool2d(F.relu(self.conv3(x)), 2, 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


cost_table = [
    ["Conv 1", (1, 3, 32, 32), (1, 16, 32, 32), (16, 3, 5, 5), 1200, 1228800],
    ["Conv 2", (1, 16, 15, 15), (1, 16, 15, 15), (16, 16, 3, 3), 2304, 518400],
    ["Conv 3", (1, 16, 7, 7), (1, 32, 5, 5), (32, 16, 7, 7), 25088, 627200],
    ["FC 1", (1, 128), (1, 32), (32, 128), 4096, 4096],
    ["FC 2", (1, 32), (1, 10), (10, 32), 320, 320],
]

# ---- lab 3 ----
model = SimpleNN()
fig_weights = plt.figure()
for number, part in enumerate((model.conv1, model.conv2, model.conv3, model.fc1, model.fc2)):
    plt.subplot(1, 5, number + 1)
    plt.hist(part.weight.detach().numpy().ravel())
gradient_is_zero = [True, True, True, False, False]
