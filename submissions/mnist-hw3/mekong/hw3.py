import gzip

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

dmse_1b = 2 * (0.9 - 1) / 10
dce_1b = 0.9 - 1


def reconstruct(model, optimizer, train_loader):
    loss_fn = nn.SmoothL1Loss()  # (a)
    for epoch in range(10):
        model.train()  # (b)
        for images, _ in train_loader:
            x = images.squeeze(1).reshape(len(images), -1)  # (c)
            x_hat = model(x)
            loss = ((x - x_hat) ** 2).mean()  # (d)
            optimizer.zero_grad(); loss.backward()  # (e)
            optimizer.step()  # (f)
            last = loss.item()  # (g)


def load_idx(path):
    data = gzip.open(path, "rb").read() if path.endswith(".gz") else open(path, "rb").read()
    if "labels" in path:
        return np.frombuffer(data, np.uint8)
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28) / 255.0


X_train = torch.tensor(load_idx("train-images-idx3-ubyte.gz"), dtype=torch.float32)
X_test = torch.tensor(load_idx("t10k-images-idx3-ubyte"), dtype=torch.float32)
y_train = torch.tensor(load_idx("train-labels-idx1-ubyte.gz")[8:].astype(int))
y_test = torch.tensor(load_idx("t10k-labels-idx1-ubyte")[8:].astype(int))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.Linear(64, 10))

    def forward(self, x):
        return self.net(x)


parameters_4 = 50890
macs_4 = 50816

torch.manual_seed(5)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
losses_4 = []
for epoch in range(60):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(X_train), y_train)
    loss.backward()
    optimizer.step()
    losses_4.append(loss.item())
plt.figure()
plt.plot(losses_4)
plt.savefig("loss.png")
torch.save(model.state_dict(), "mnist.pt")
predictions_4 = model(X_test).argmax(1)
accuracy_4 = (predictions_4 == y_test).double().mean().item()
