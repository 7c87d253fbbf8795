"""Attention and one step of recurrent networks."""

from __future__ import annotations

from typing import Any

from grader.symbolic.environment import Environment

_GATES = ("i", "f", "o", "g")


def _lstm() -> Environment:
    """Gates i, f, o through the sigmoid, candidate g through tanh; c = f c_prev + i g, h = o tanh(c)."""
    leaves: dict[str, Any] = {"x": ("d", 1), "hprev": ("h", 1), "cprev": ("h", 1)}
    defs = {}
    for gate in _GATES:
        leaves |= {f"W_{gate}": ("h", "d"), f"U_{gate}": ("h", "h"), f"b_{gate}": ("h", 1)}
        defs[f"z_{gate}"] = f"W_{gate} @ x + U_{gate} @ hprev + b_{gate}"
    for gate in _GATES:
        defs[gate] = f"tanh(z_{gate})" if gate == "g" else f"sigma(z_{gate})"
    defs |= {"c": "f * cprev + i * g", "hnew": "o * tanh(c)"}
    declared: dict[str, Any] = {
        "name": "lstm_step",
        "title": "one step of an LSTM",
        "dims": {"d": 2, "h": 3},
        "leaves": leaves,
        "defs": defs,
        "upstream": {"hnew": "G"},
        "functions": {"sigma": "sigmoid"},
        "aliases": {"c^t-1": "cprev", "h^t-1": "hprev", "c^t": "c", "h^t": "hnew", "dh": "grad hnew", "dc": "grad c", "x^t": "x"}
        | {"c_{t-1}": "cprev", "h_{t-1}": "hprev", "c_t": "c", "h_t": "hnew", "x_t": "x"}
        | {f"{gate}_t": gate for gate in _GATES},
        "labels": ("t", "t-1"),
        "indices": {"j": "h", "k": "h"},
        "allowed_in_final": (*leaves, *defs, *(f"grad {name}" for name in defs)),
    }
    return Environment.model_validate(declared)


ENVIRONMENTS = (
    Environment(
        name="attention",
        title="softmax(Q K^T / sqrt(d)) V",
        dims={"n": 2, "m": 3, "d": 4, "v": 5},
        leaves={"Q": ("n", "d"), "K": ("m", "d"), "V": ("m", "v")},
        defs={"S": "Q @ K.T / sqrt(d)", "A": "softmax(S)", "O": "A @ V"},
        upstream={"O": "G"},
        aliases={"P": "A", "d_k": "d", "dO": "grad O", "dA": "grad A", "dP": "grad A", "dS": "grad S"},
        entries={"q": "Q", "a": "A", "s": "S", "o": "O"},
        indices={"i": "n", "j": "m", "l": "m"},
        allowed_in_final=("Q", "K", "V", "S", "A", "O", "d", "grad O", "grad A", "grad S"),
    ),
    Environment(
        name="rnn_step",
        title="one step of a recurrent network with tanh",
        dims={"d": 2, "h": 3},
        leaves={"x": ("d", 1), "hprev": ("h", 1), "W": ("h", "h"), "U": ("h", "d"), "b": ("h", 1)},
        defs={"a": "W @ hprev + U @ x + b", "hnew": "tanh(a)"},
        upstream={"hnew": "G"},
        aliases={
            "h^t-1": "hprev",
            "h^t": "hnew",
            "x^t": "x",
            "a^t": "a",
            "h_{t-1}": "hprev",
            "h_t": "hnew",
            "x_t": "x",
            "a_t": "a",
            "z": "a",
            "W_hh": "W",
            "W_xh": "U",
            "W_h": "W",
            "W_x": "U",
            "dh": "grad hnew",
        },
        labels=("t", "t-1"),
        indices={"i": "h", "j": "h"},
        allowed_in_final=("x", "hprev", "W", "U", "b", "a", "hnew", "grad hnew", "grad a"),
    ),
    _lstm(),
)
