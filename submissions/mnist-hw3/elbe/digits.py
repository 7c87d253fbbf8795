import gzip
import pathlib

import numpy
import torch
from matplotlib import pyplot
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def read_idx(path):
    """Any IDX file of bytes; gzip is recognised by its first bytes."""
    content = pathlib.Path(path).read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    axes = content[3]
    shape = numpy.frombuffer(content, dtype=">u4", count=axes, offset=4)
    return numpy.frombuffer(content, dtype="u1", offset=4 + 4 * axes).reshape(tuple(shape)).copy()


def pictures(path):
    return (torch.tensor(read_idx(path)).flatten(1) / 255 - 0.1307) / 0.3081


def one_hot(path):
    return nn.functional.one_hot(torch.tensor(read_idx(path)).long(), 10).double()


x_train, x_test = pictures("train-images-idx3-ubyte.gz"), pictures("t10k-images-idx3-ubyte")
y_train, y_test = one_hot("train-labels-idx1-ubyte.gz"), one_hot("t10k-labels-idx1-ubyte")


class MnistNet(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.append(nn.Flatten())
        self.append(nn.Linear(28**2, 64))
        self.append(nn.ReLU())
        self.append(nn.Linear(64, 10))


def train(epochs=6):
    torch.manual_seed(11)
    net = MnistNet()
    sgd = optim.SGD(net.parameters(), lr=0.1)
    curve = []
    for epoch in range(epochs):
        net.train()
        seen = 0.0
        for x, y in DataLoader(TensorDataset(x_train, y_train), batch_size=16, shuffle=True):
            loss = nn.CrossEntropyLoss()(net(x), y.float())
            loss.backward()
            sgd.step()
            sgd.zero_grad()
            seen += loss.item() * len(x)
        curve.append(seen / len(x_train))
    return net, curve


network, train_losses = train()
torch.save({"epoch": 6, "model_state_dict": network.state_dict()}, "digits.pt")
fig_4, axes = pyplot.subplots()
axes.plot(train_losses, "o-")
axes.set_xlabel("epoch")
axes.set_ylabel("cross-entropy")

network.eval()
test_predictions = [int(digit) for digit in network(x_test).argmax(dim=-1)]
test_accuracy = 100 * sum(p == t for p, t in zip(test_predictions, y_test.argmax(1).tolist())) / len(test_predictions)
num_parameters = numpy.array([sum(p.numel() for p in network.parameters())])
num_macs = float(784 * 64 + 64 * 10)
