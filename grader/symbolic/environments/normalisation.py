"""Normalisation layers, with a given gradient of their result."""

from __future__ import annotations

from typing import Any

from grader.symbolic.environment import Environment


def _normalisation(name: str, title: str, axis: int) -> Environment:
    """Standardised along one axis of X, then scaled and shifted per feature (column)."""
    over = f"axis={axis}, keepdims=True"
    declared: dict[str, Any] = {
        "name": name,
        "title": title,
        "dims": {"N": 4, "d": 3},
        "leaves": {"X": ("N", "d"), "gamma": (1, "d"), "beta": (1, "d"), "epsilon": ()},
        "positive": ("epsilon",),
        "defs": {
            "mu": f"X.mean({over})",
            "v": f"((X - mu) ** 2).mean({over})",
            "sigma": "sqrt(v)",
            "s": "sqrt(v + epsilon)",
            "Xhat": "(X - mu) / s",
            "Y": "gamma * Xhat + beta",
        },
        "upstream": {"Y": "G"},
        "entries": {"x": "X", "y": "Y", "xhat": "Xhat"},
        "aliases": {"eps": "epsilon", "var": "v", "dY": "grad Y", "dXhat": "grad Xhat", "m": "N"},
        "indices": {"i": "N", "n": "N", "j": "d", "k": "d"} if axis == 0 else {"i": "N", "n": "N", "j": "d", "k": "d", "l": "d"},
        "axis": {"i": 0, "n": 0, "j": 1, "k": 1},
        "allowed_in_final": ("X", "gamma", "mu", "v", "sigma", "s", "Xhat", "epsilon", "grad Y", "grad Xhat"),
    }
    return Environment.model_validate(declared)


ENVIRONMENTS = (
    _normalisation("batch_norm", "batch normalisation: each feature over the batch in rows", 0),
    _normalisation("layer_norm", "layer normalisation: each example over its features", 1),
)
