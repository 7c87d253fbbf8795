"""Known wrong answers, each computed as a student who makes the mistake computes it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import fashion
import torch
from given import BASE, DEEPER, RATES, WIDER
from gradients import mean_of_all, step_means
from networks import Base, FullyConnected
from rules import ROUNDED, accuracies_of, are_accuracies, is_best_row, rate_one_fails, stands_at_epoch
from tables import curves_of, number, rows_of, shares
from torch import Tensor

# 1.1


def largest_rate_left_out(table: Any) -> bool:
    rates = set(rows_of(table))
    return RATES[0] not in rates and set(RATES[1:]) <= rates


def counts(table: Any) -> bool:
    """Numbers of pictures that are told rightly, not divided by how many there are."""
    values = [row.accuracy for row in rows_of(table).values()]
    return bool(values) and not are_accuracies(table) and all(value >= 0 and value == int(value) for value in values)


def upside_down(table: Any) -> bool:
    """The accuracies stand in the opposite order beside the rates."""
    rows = rows_of(table)
    turned = zip(rows, [[row.accuracy] for row in reversed(rows.values())], strict=True)
    return not rate_one_fails(table) and rate_one_fails([[rate, *cells] for rate, cells in turned])


def accuracy_named(table: Any, best: Any) -> bool:
    """The best accuracy is given in the place of the rate."""
    best_share = max(accuracies_of(table).values())
    return not is_best_row(table, best) and any(
        abs(share - best_share) <= ROUNDED for share in (number(best), number(best) / 100)
    )


# 1.2


def columns_swapped(table: Any) -> bool:
    """The epochs stand before the accuracies."""
    rows = rows_of(table)
    swapped = [[rate, row.epochs, row.accuracy] for rate, row in rows.items() if row.epochs is not None]
    are_whole = all(row.accuracy >= 1 and row.accuracy == int(row.accuracy) for row in rows.values())
    return len(swapped) == len(rows) and are_whole and are_accuracies(swapped)


def same_accuracies(table: Any, converged: Any) -> bool:
    """The accuracies after ten epochs stand in the second table as well."""
    before, after = accuracies_of(table), accuracies_of(converged)
    return all(abs(before[rate] - after[rate]) <= 1e-9 for rate in RATES)


def counted_from_zero(converged: Any, histories: Any) -> bool:
    return not stands_at_epoch(converged, histories) and stands_at_epoch(converged, histories, shift=1)


def highest_of_all(converged: Any, histories: Any) -> bool:
    """The highest accuracy of the whole training, whenever it was."""
    highest = {rate: max(shares(curve)) for rate, curve in curves_of(histories).items()}
    return all(abs(highest.get(rate, -1.0) - share) <= ROUNDED for rate, share in accuracies_of(converged).items())


# 1.4


class BaseReluOutput(Base):
    def forward(self, images: Tensor) -> Tensor:
        return torch.relu(super().forward(images))


class BaseSoftmaxOutput(Base):
    def forward(self, images: Tensor) -> Tensor:
        return torch.softmax(super().forward(images), dim=1)


class DeeperOneLayerShort(FullyConnected):
    """Without the hidden layer of 2048 units."""

    def __init__(self) -> None:
        super().__init__((*DEEPER[:-2], DEEPER[-1]))


class WiderFirstLayer(FullyConnected):
    """Only the first hidden layer is wider."""

    def __init__(self) -> None:
        super().__init__((WIDER[0], WIDER[1], *BASE[2:]))


def weights_alone(sizes: Sequence[int]) -> int:
    return sum(inputs * outputs for inputs, outputs in pairwise(sizes))


def weight_rows(sizes: Sequence[int]) -> list[dict[str, str | int]]:
    pairs = enumerate(pairwise(sizes), start=1)
    return [{"Layer": f"Linear {layer}", "Parameters": inputs * outputs} for layer, (inputs, outputs) in pairs]


base_weights_alone, deeper_weights_alone, wider_weights_alone = map(weights_alone, (BASE, DEEPER, WIDER))
layers_weights_alone = weight_rows(BASE)


# 1.7


def layer_means(gradients: Sequence[Tensor]) -> Tensor:
    return torch.stack([gradient.double().mean() for gradient in gradients])


def sum_of_layer_means(gradients: Sequence[Tensor]) -> Tensor:
    return layer_means(gradients).sum()


def mean_of_layer_means(gradients: Sequence[Tensor]) -> Tensor:
    return layer_means(gradients).mean()


def mean_of_all_weights(gradients: Sequence[Tensor]) -> Tensor:
    return mean_of_all([gradient for gradient in gradients if gradient.ndim > 1])


_data = fashion.load()
_other_means = {"sum": sum_of_layer_means, "mean": mean_of_layer_means, "weights": mean_of_all_weights}
_seen = step_means(_data, _other_means)
means_summed, means_averaged, means_of_weights = (_seen[name] for name in _other_means)
means_accumulated = step_means(_data, {"mean": mean_of_all}, clear=False)["mean"]
