"""The figure of 9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def loss_curves(losses: Mapping[str, Sequence[float]]) -> Figure:
    """The loss against the step of training, one line a network."""
    figure, axes = plt.subplots()
    for name, values in losses.items():
        axes.plot(values, label=name)
    axes.set(xlabel="step", ylabel="mean cross-entropy", title="Loss in training")
    axes.legend()
    return figure
