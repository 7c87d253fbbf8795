"""The small convolutional network of Lab 2, built from layers that remember what went in and came out."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class CONV(nn.Conv2d):
    """A convolution without bias (unless asked for) that keeps its last `input` and `output`."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, bias: bool = False, **settings: Any) -> None:
        super().__init__(in_channels, out_channels, kernel_size, bias=bias, **settings)
        self.input: Tensor | None = None
        self.output: Tensor | None = None

    def forward(self, features: Tensor) -> Tensor:
        self.input = features
        self.output = super().forward(features)
        return self.output


class FC(nn.Linear):
    """A fully connected layer that keeps its last `input` and `output`."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__(in_features, out_features, bias)
        self.input: Tensor | None = None
        self.output: Tensor | None = None

    def forward(self, features: Tensor) -> Tensor:
        self.input = features
        self.output = super().forward(features)
        return self.output


class SimpleNN(nn.Module):
    """Three convolutions with pooling and two fully connected layers, for images (N, 3, 32, 32); ten outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = CONV(3, 16, 5, padding=2)
        self.conv2 = CONV(16, 16, 3, padding=2)
        self.conv3 = CONV(16, 32, 7, padding=2)
        self.fc1 = FC(32 * 3 * 3, 32)
        self.fc2 = FC(32, 10)

    def forward(self, images: Tensor) -> Tensor:
        out = functional.max_pool2d(functional.relu(self.conv1(images)), 4, stride=2)
        out = functional.max_pool2d(functional.relu(self.conv2(out)), 3, stride=2)
        out = functional.max_pool2d(functional.relu(self.conv3(out)), 2, stride=2)
        return self.fc2(functional.relu(self.fc1(out.flatten(start_dim=1))))


LABELS = {"conv1": "Conv 1", "conv2": "Conv 2", "conv3": "Conv 3", "fc1": "FC 1", "fc2": "FC 2"}


def layers(net: nn.Module) -> dict[str, CONV | FC]:
    """The layers with weights, by name, in the order of use."""
    return {name: module for name, module in net.named_modules() if isinstance(module, CONV | FC)}


def count_macs(layer: CONV | FC) -> int:
    """Multiplications of weights in the last pass of one image: every weight is used once at every output position."""
    positions = math.prod(layer.output.shape[2:]) if isinstance(layer, CONV) else 1
    return layer.weight.numel() * positions


def cost_rows(net: nn.Module) -> list[dict[str, Any]]:
    """The table of Lab 2 (b) after a pass of one image: shapes, parameters and multiply-accumulates, weights only."""
    return [
        {
            "Layer": LABELS[name],
            "Input shape": tuple(layer.input.shape),
            "Output shape": tuple(layer.output.shape),
            "Weight shape": tuple(layer.weight.shape),
            "# Param": layer.weight.numel(),
            "# MAC": count_macs(layer),
        }
        for name, layer in layers(net).items()
    ]


def backward(net: nn.Module) -> None:
    """Gradients of the mean squared error between one random image's output and a random target."""
    net.zero_grad()
    functional.mse_loss(net(torch.randn(1, 3, 32, 32)), torch.randn(1, 10)).backward()


def zero_weights(net: nn.Module) -> None:
    """Every weight becomes zero; the biases stay as they are."""
    with torch.no_grad():
        for layer in layers(net).values():
            layer.weight.zero_()


def gradient_is_zero(net: nn.Module) -> list[bool]:
    """For each layer, whether every entry of its weight's gradient is exactly zero."""
    return [not bool(layer.weight.grad.any()) for layer in layers(net).values()]
