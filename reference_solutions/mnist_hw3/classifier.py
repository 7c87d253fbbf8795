"""4: the classifier, its size, and what it says of pictures."""

from __future__ import annotations

import torch
from given import CLASSES, HIDDEN, PIXELS
from torch import Tensor, nn


class Classifier(nn.Module):
    """Logits (N, CLASSES) of pictures (N, 1, SIDE, SIDE); the softmax is part of the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)


def parameters(model: nn.Module) -> int:
    return sum(each.numel() for each in model.parameters())


def multiplications(model: nn.Module) -> int:
    """Multiply-accumulates of one picture: one for each weight of a linear layer."""
    return sum(layer.weight.numel() for layer in model.modules() if isinstance(layer, nn.Linear))


def predict(model: nn.Module, images: Tensor) -> Tensor:
    """The most likely digit of each picture, (N,)."""
    model.eval()  # unmutated: nothing in this network depends on it
    with torch.no_grad():
        return model(images).argmax(dim=1)
