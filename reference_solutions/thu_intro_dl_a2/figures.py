"""The figure of 2.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def gradient_curves(gradients: Mapping[str, Sequence[float]]) -> Figure:
    """Mean absolute gradient against the layer on a logarithmic axis, one line a network."""
    figure, axes = plt.subplots()
    for name, values in gradients.items():
        axes.semilogy(range(1, len(values) + 1), values, marker=".", label=name)
    axes.set(xlabel="layer", ylabel="mean absolute gradient", title="Gradients of the weights, layer by layer")
    axes.legend()
    return figure
