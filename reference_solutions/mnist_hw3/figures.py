"""The figure of 4D."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def loss_curve(losses: Sequence[float]) -> Figure:
    """The mean training loss of each epoch."""
    figure, axes = plt.subplots()
    axes.plot(range(1, len(losses) + 1), losses, marker="o")
    axes.set(xlabel="epoch", ylabel="cross-entropy", title="Training loss")
    return figure
