"""The figures: one line for each experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def curves(values: Mapping[str, Sequence[float]], xlabel: str, ylabel: str, title: str) -> Figure:
    """Numbers against their position, counted from 1; one line a name."""
    figure, axes = plt.subplots()
    for name, numbers in values.items():
        axes.plot(range(1, len(numbers) + 1), numbers, marker=".", label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.legend()
    return figure
