"""2.4: deep networks trained for a few steps, and the mean absolute gradient of each layer's weights."""

from __future__ import annotations

from itertools import pairwise

import torch
from given import Setting
from torch import Tensor, nn

SEED = 0  # unmutated: any random numbers will do
INPUTS, SAMPLES, STEPS = 20, 64, 10  # unmutated: data and steps of the student's choice


def network(layers: int, width: int) -> nn.Sequential:
    """`layers` linear layers with ReLU between them; one output."""
    sizes = [INPUTS, *[width] * (layers - 1), 1]  # unmutated: as many outputs as the student's data have
    modules: list[nn.Module] = []
    for size, following in pairwise(sizes):
        modules += [nn.Linear(size, following), nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def linear_layers(net: nn.Sequential) -> list[nn.Linear]:
    return [module for module in net if isinstance(module, nn.Linear)]


def samples() -> tuple[Tensor, Tensor]:  # unmutated: data of the student's choice
    """Inputs (SAMPLES, INPUTS) and targets (SAMPLES, 1): the sine of the sum of the inputs."""
    inputs = torch.randn(SAMPLES, INPUTS)
    return inputs, inputs.sum(dim=1, keepdim=True).sin()


def step_gradients(net: nn.Sequential, inputs: Tensor, targets: Tensor, optimizer: torch.optim.Optimizer) -> Tensor:
    """One step of training; the mean absolute gradient of each layer's weights in it, shape (layers,)."""
    optimizer.zero_grad()  # unmutated: the table cannot show it, for data of the student's choice; an analysis may
    nn.functional.mse_loss(net(inputs), targets).backward()
    sizes = [layer.weight.grad.abs().mean() for layer in linear_layers(net)]
    optimizer.step()  # unmutated: so few steps change the means little; the table cannot show it
    return torch.stack(sizes)


def layer_gradients(setting: Setting, steps: int = STEPS, seed: int = SEED) -> list[float]:
    """The mean over the steps of training, one number a layer, the first layer first."""
    torch.manual_seed(seed)  # unmutated: any random numbers will do
    inputs, targets = samples()
    net = network(setting.layers, setting.width)
    optimizer = torch.optim.SGD(net.parameters(), lr=setting.rate)
    seen = [step_gradients(net, inputs, targets, optimizer) for _ in range(steps)]
    # unmutated: of data of the student's choice, the table cannot show that it has ten times the mean
    means: list[float] = torch.stack(seen).mean(dim=0).tolist()
    return means
