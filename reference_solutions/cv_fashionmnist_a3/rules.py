"""What must hold for a student's own tables, whatever the data and the draw; the functions get them as they were handed in."""

from __future__ import annotations

from typing import Any

import numpy as np
from given import EPOCHS, RATES
from tables import Rows, curves_of, number, rows_of, shares

CHANCE = 0.3
"""Above this, a network tells the ten classes better than by a lucky draw (it has 1/10)."""
NOISE = 0.15
"""Accuracies of two trainings of one network differ by so much without meaning, on few test pictures and before they converge."""
ROUNDED = 0.006
"""A share that was rounded to a whole percent."""
RATE_ONE, FASTEST, SLOWEST = RATES[0], RATES[1], RATES[-1]


def accuracies_of(table: Any) -> dict[float, float]:
    """Shares by learning rate."""
    rows = rows_of(table)
    return dict(zip(rows, shares(row.accuracy for row in rows.values()), strict=True))


def has_rates(table: Any) -> bool:
    """A line for each learning rate of the task; more do no harm."""
    return set(RATES) <= set(rows_of(table))


def are_accuracies(table: Any) -> bool:
    """Every accuracy is a share in 0 to 1, or a percentage."""
    found = accuracies_of(table).values()
    return bool(found) and all(0 <= share <= 1 for share in found)


def rate_one_fails(table: Any) -> bool:
    """With rate 1 this network stays near the accuracy of guessing, and below every smaller rate that did learn."""
    found = accuracies_of(table)
    return RATE_ONE in found and found[RATE_ONE] <= CHANCE and found[RATE_ONE] < max(found.values())


def slowest_lags(table: Any) -> bool:
    """After a few epochs the rate 0.001 is behind the rate 0.1."""
    found = accuracies_of(table)
    return {SLOWEST, FASTEST} <= set(found) and found[SLOWEST] < found[FASTEST]


def is_best_row(table: Any, best: Any) -> bool:
    """The rate that is named has the highest accuracy of the student's own table."""
    found = accuracies_of(table)
    named = number(best)
    return named in found and found[named] == max(found.values())


def losses_fall(losses: Any) -> bool:
    """The losses of the rate 0.1 are one an epoch and end lower than they began."""
    curve = curves_of(losses).get(FASTEST, [])
    return len(curve) == EPOCHS and bool(np.isfinite(curve).all()) and curve[-1] < curve[0]


def are_converged_rows(table: Any) -> bool:
    """An accuracy and a whole number of epochs for each rate."""
    return has_rates(table) and are_accuracies(table) and are_epochs(rows_of(table))


def are_epochs(rows: Rows) -> bool:
    return all(row.epochs is not None and row.epochs >= 1 and row.epochs == int(row.epochs) for row in rows.values())


def longer_is_better(table: Any, converged: Any) -> bool:
    """Trained until they converge, the rates that learn are no worse than after ten epochs, and one of them is better."""
    before, after = accuracies_of(table), accuracies_of(converged)
    gains = [after[rate] - before[rate] for rate in RATES[1:]]
    return min(gains) >= -NOISE and max(gains) > 0


def stands_at_epoch(converged: Any, histories: Any, shift: int = 0) -> bool:
    """The accuracy in the table is the one recorded after the epoch in the table, counted from 1."""
    rows, curves = accuracies_of(converged), curves_of(histories)
    epochs = {rate: int(row.epochs or 0) + shift for rate, row in rows_of(converged).items()}
    recorded = {rate: shares(curve) for rate, curve in curves.items()}
    return all(
        rate in curves and 1 <= epochs[rate] <= len(curves[rate]) and abs(recorded[rate][epochs[rate] - 1] - share) <= ROUNDED
        for rate, share in rows.items()
    )


def three_accuracies(accuracies: Any) -> bool:
    """An accuracy for each of the three networks, as a share or a percentage."""
    values = list(accuracies.values()) if isinstance(accuracies, dict) else list(np.asarray(accuracies).reshape(-1))
    found = shares(number(value) for value in values)
    return len(found) == 3 and all(0 <= share <= 1 for share in found)


def sizes_fall(means: Any) -> bool:
    """Whether the last ten steps' means are smaller in size, on average, than the first ten's."""
    sizes = np.abs(np.asarray(means, dtype=float).reshape(-1))
    return bool(sizes[-10:].mean() < sizes[:10].mean())


def claim_fits(means: Any, falls: Any) -> bool:
    """What the student says of her own means is so."""
    return sizes_fall(means) == says_yes(falls)


def says_yes(claim: Any) -> bool:
    return claim.strip().casefold() in ("true", "yes") if isinstance(claim, str) else bool(claim)
