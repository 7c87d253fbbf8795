"""The figures of the three labs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from lms import Data, Fit
from matplotlib.figure import Figure
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def curves(fits: Mapping[float, Fit]) -> Figure:
    """Mean squared error after each epoch on a logarithmic axis, one line a learning rate."""
    figure, axes = plt.subplots()
    for rate, fit in fits.items():
        axes.semilogy(range(1, len(fit.curve) + 1), fit.curve, marker=".", label=f"r = {rate:g}")
    axes.set(xlabel="epoch", ylabel="MSE on the whole data set", title="LMS: loss after each epoch")
    axes.legend()
    return figure


def fits_in_space(data: Data, weights: Mapping[str, Floats]) -> Figure:
    """The data points, and each model along the line x1 = x2 of the input plane."""
    figure = plt.figure()
    axes = figure.add_subplot(projection="3d")
    # unmutated: whether points and lines in space belong together is for the person who reads 1 (c)
    axes.scatter(data.X[:, 1], data.X[:, 2], data.D[:, 0], s=8, label="data")
    path = np.linspace(-3.0, 3.0, 25)  # unmutated: any part of the line will do
    for (name, w), style in zip(weights.items(), ("-", "--"), strict=True):
        axes.plot(path, path, w[0, 0] + (w[1, 0] + w[2, 0]) * path, style, label=name)
    axes.set(xlabel="x1", ylabel="x2", zlabel="d", title="Data and both linear models")
    axes.legend()
    return figure


def histograms(title: str, values: Mapping[str, Sequence[float] | Floats]) -> Figure:
    """One histogram a layer."""
    figure, rows = plt.subplots(2, 3, figsize=(9, 5), layout="constrained")  # unmutated: sizes are free
    figure.suptitle(title)
    for axes, (name, numbers) in zip(rows.flat, values.items(), strict=False):
        axes.hist(np.ravel(numbers), bins=30)
        axes.set(title=name, xlabel="value", ylabel="count")  # unmutated: not asked for
    rows.flat[-1].set_axis_off()  # unmutated: not asked for
    return figure
