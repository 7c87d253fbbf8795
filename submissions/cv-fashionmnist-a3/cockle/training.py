from pathlib import Path
import gzip

import numpy as np
import pandas as pd
import torch
from torch import nn


def read(name):
    """Own reader of the IDX files, without fashion.py."""
    raw = gzip.open(Path(name)).read()
    dimensions = raw[3]
    shape = np.frombuffer(raw, ">u4", dimensions, 4)
    return torch.tensor(np.frombuffer(raw, np.uint8, -1, 4 + 4 * dimensions).reshape(shape).copy())


x_train = read("train-images-idx3-ubyte.gz").reshape(-1, 784) / 255.0
y_train = read("train-labels-idx1-ubyte.gz").long()
x_test = read("t10k-images-idx3-ubyte.gz").reshape(-1, 784) / 255.0
y_test = read("t10k-labels-idx1-ubyte.gz").long()


def mlp(*units):
    layers = [nn.Flatten()]
    for i in range(len(units) - 1):
        layers.append(nn.Linear(units[i], units[i + 1]))
        if i < len(units) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def train(net, lr, epochs, batch=16):
    sgd = torch.optim.SGD(net.parameters(), lr)
    loss_curve, test_curve = [], []
    for epoch in range(epochs):
        batch_losses = []
        shuffled = torch.randperm(len(x_train))
        for start in range(0, len(x_train), batch):
            chosen = shuffled[start : start + batch]
            sgd.zero_grad()
            loss = nn.CrossEntropyLoss()(net(x_train[chosen]), y_train[chosen])
            loss.backward()
            sgd.step()
            batch_losses.append(loss.item())
        loss_curve.append(np.mean(batch_losses))
        with torch.no_grad():
            hits = (net(x_test).argmax(dim=1) == y_test).sum().item()
        test_curve.append(100 * hits / len(y_test))
    return np.array(loss_curve), np.array(test_curve)
