"""2.5: one step of gradient descent on a line with noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from given import INTERCEPT, NOISE, POINTS, RATE, SEED, SLOPE, TESTS
from torch import Tensor, nn


class SimpleLinear(nn.Module):
    """y = w x + b for columns x (N, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x)


@dataclass(frozen=True)
class Data:
    """Inputs and noisy targets, (POINTS, 1) each."""

    x: Tensor
    y: Tensor


@dataclass(frozen=True)
class Step:
    """The loss before the step, and the model after it."""

    loss: float
    model: SimpleLinear

    @property
    def w(self) -> float:
        return self.model.fc.weight.item()

    @property
    def b(self) -> float:
        return self.model.fc.bias.item()


def draw_data() -> Data:
    """Evenly spaced inputs in -2 to 2; the noise is the first thing drawn from the generator."""
    x = torch.linspace(-2, 2, POINTS).unsqueeze(1)
    return Data(x, SLOPE * x + INTERCEPT + NOISE * torch.randn_like(x))


def draw() -> tuple[Data, SimpleLinear]:
    """The data and the model, in this order, from the seed."""
    torch.manual_seed(SEED)
    return draw_data(), SimpleLinear()


def descend(data: Data, model: SimpleLinear, loss_of: nn.Module | None = None) -> Step:
    """One step of full-batch gradient descent on the mean squared error, or on another loss."""
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    optimizer.zero_grad()  # unmutated: before the only step there is no gradient
    loss = (loss_of or nn.MSELoss())(model(data.x), data.y)
    loss.backward()
    optimizer.step()
    return Step(loss.item(), model)


def predict(model: SimpleLinear) -> list[float]:
    """What the model says at the test points."""
    with torch.no_grad():
        values: list[float] = model(torch.tensor(TESTS).unsqueeze(1)).squeeze(1).tolist()
    return values
