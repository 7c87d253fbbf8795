"""Labs 2 and 3: a small CNN, its cost, its weights and gradients."""
import matplotlib.pyplot as plt
import torch
from instrumented import CONV, FC
from torch import nn


class SimpleNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = CONV(3, 16, 5, padding=2)
        self.conv2 = CONV(16, 16, 3, padding=2)
        self.conv3 = CONV(16, 32, 7, padding=2)
        self.pool1 = nn.MaxPool2d(4, 2)
        self.pool2 = nn.MaxPool2d(3, 2)
        self.pool3 = nn.MaxPool2d(2, 2)
        self.fc1 = FC(288, 32)
        self.fc2 = FC(32, 10)

    def forward(self, x):
        x = self.pool1(self.conv1(x).relu())
        x = self.pool2(self.conv2(x).relu())
        x = self.pool3(self.conv3(x).relu())
        return self.fc2(self.fc1(torch.flatten(x, 1)).relu())


def weighted(net):
    return [(name, part) for name, part in net.named_children() if isinstance(part, (CONV, FC))]


def loss_backward(net):
    net.zero_grad()
    nn.functional.mse_loss(net(torch.randn(1, 3, 32, 32)), torch.randn(1, 10)).backward()


def draw(net, what, title):
    fig, axes = plt.subplots(5, 1, figsize=(5, 12))
    for ax, (name, part) in zip(axes, weighted(net)):
        ax.hist(what(part).detach().flatten().numpy(), bins=40)
        ax.set_ylabel(name)
    fig.suptitle(title)
    return fig


torch.manual_seed(1)
network = SimpleNN()
fig_3a = draw(network, lambda part: part.weight, "weights")
loss_backward(network)
fig_3b = draw(network, lambda part: part.weight.grad, "gradients")
for _, part in weighted(network):
    nn.init.zeros_(part.weight)
loss_backward(network)
fig_3c = draw(network, lambda part: part.weight.grad, "gradients, zero weights")
grad_is_zero = [part.weight.grad.abs().max().item() == 0 for _, part in weighted(network)]
