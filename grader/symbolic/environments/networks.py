"""Two-layer networks, in either layout, for one example and for a batch in rows."""

from __future__ import annotations

from typing import Any

from grader.symbolic.environment import Environment, Layout

_LEAVES = {"x_1": ("n", 1), "W_1": ("m", "n"), "b_1": ("m", 1), "W_2": ("k", "m"), "b_2": ("k", 1), "t": ("k", 1)}


def _column_network(name: str, title: str, activation: str, layout: Layout, **more: Any) -> Environment:
    """x_2 = activation(W_1 x_1 + b_1), x_3 = W_2 x_2 + b_2, half the squared error."""
    function = {"sigmoid": "sigma", "relu": "ReLU"}[activation]
    declared: dict[str, Any] = {
        "name": name,
        "title": title,
        "dims": {"n": 4, "m": 3, "k": 2},
        "leaves": _LEAVES,
        "defs": {"z": "W_1 @ x_1 + b_1", "x_2": f"{function}(z)", "x_3": "W_2 @ x_2 + b_2"},
        "loss": "0.5 * (t - x_3).T @ (t - x_3)",
        "functions": {function: activation},
        "layout": layout,
        "soft": ("z",),
        "allowed_in_final": ("x_1", "W_1", "b_1", "W_2", "b_2", "t", "z", "x_2", "x_3"),
    }
    return Environment.model_validate({**declared, **more})


_NUMBERS: dict[str, Any] = {
    "dims": {"n": 3, "m": 2, "k": 2},
    "data": {
        "x_1": [[0], [1], [2]],
        "t": [[1], [2]],
        "W_1": [[3, -1, 1], [-5, 2, -1]],
        "b_1": [[1], [2]],
        "W_2": [[1, -2], [-3, 1]],
        "b_2": [[1], [1]],
    },
}
"""A worked example: sizes 3, 2 and 2, both hidden units active."""

_BATCH: dict[str, Any] = {
    "dims": {"N": 5, "d": 2, "h": 4, "c": 3},
    "leaves": {"X": ("N", "d"), "W_1": ("d", "h"), "b_1": (1, "h"), "W_2": ("h", "c"), "b_2": (1, "c"), "Y": ("N", "c")},
    "indices": {"i": "N", "j": "h"},
    "aliases": {
        "W1": "W_1",
        "W2": "W_2",
        "b1": "b_1",
        "b2": "b_2",
        "Z1": "Z_1",
        "Z2": "Z_2",
        "H": "A_1",
        "A1": "A_1",
        "T": "Y",
        "dZ2": "grad Z_2",
        "dZ_2": "grad Z_2",
        "dZ1": "grad Z_1",
        "dZ_1": "grad Z_1",
        "dA1": "grad A_1",
        "dA_1": "grad A_1",
    },
    "allowed_in_final": ("X", "Y", "W_1", "W_2", "b_1", "b_2", "Z_1", "A_1", "Z_2", "P", "grad Z_2", "grad Z_1", "grad A_1"),
}

ENVIRONMENTS = (
    _column_network("mlp_sigmoid", "two layers with sigmoid, numerator layout", "sigmoid", "numerator"),
    _column_network("mlp_sigmoid_denominator", "two layers with sigmoid, denominator layout", "sigmoid", "denominator"),
    _column_network("mlp_relu", "two layers with ReLU, numerator layout", "relu", "numerator"),
    _column_network("mlp_relu_denominator", "two layers with ReLU, denominator layout", "relu", "denominator"),
    _column_network("mlp_relu_numbers", "two layers with ReLU on given numbers", "relu", "numerator", **_NUMBERS),
    Environment(
        name="mlp_relu_batch",
        title="two layers with ReLU and mean softmax cross-entropy over a batch in rows",
        onehot={"Y": 1},
        defs={"Z_1": "X @ W_1 + b_1", "A_1": "ReLU(Z_1)", "Z_2": "A_1 @ W_2 + b_2", "P": "softmax(Z_2)"},
        loss="-(Y * log(P)).sum() / N",
        functions={"ReLU": "relu"},
        **_BATCH,
    ),
    Environment(
        name="mlp_sigmoid_batch",
        title="two layers with sigmoid and half the squared error over a batch in rows",
        defs={"Z_1": "X @ W_1 + b_1", "A_1": "sigma(Z_1)", "Z_2": "A_1 @ W_2 + b_2", "P": "Z_2"},
        loss="((Z_2 - Y) ** 2).sum() / (2 * N)",
        functions={"sigma": "sigmoid"},
        **_BATCH,
    ),
)
