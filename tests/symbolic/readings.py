"""Declared names for the tests of reading, and readings shown as plain text."""

from __future__ import annotations

from grader.symbolic.read import read_latex, read_numpy, read_sympy
from grader.symbolic.reading import Problem, Reading, Symbols
from grader.symbolic.tree import Node
from grader.symbolic.typeset import to_text

NAMES = Symbols(
    dims=frozenset({"n", "m", "k", "N", "C", "d_k"}),
    shapes={
        "X": ("n", "f"),
        "Y": ("n", "m"),
        "W": ("f", "m"),
        "Z": ("n", "m"),
        "A": ("n", "m"),
        "Z_2": ("n", "m"),
        "W_1": ("m", "n"),
        "W_2": ("k", "m"),
        "b_1": ("m", 1),
        "b_2": ("k", 1),
        "x_1": ("n", 1),
        "x_2": ("m", 1),
        "x_3": ("k", 1),
        "t": ("k", 1),
        "v": ("m", 1),
        "z": ("m", 1),
        "w": ("m", 1),
        "y": ("m", 1),
        "yhat": ("m", 1),
        "theta": ("m", 1),
        "Q": ("n", "d_k"),
        "K": ("n", "d_k"),
        "V": ("n", "m"),
        "W_hh": ("m", "m"),
        "MSE": (),
        "lambda": (),
        "mu_B": (),
        "sigma_B": (),
        "phi": (),
    },
    functions=frozenset({"f", "F", "g", "sigma", "softmax", "ReLU", "diag", "vec"}),
    entries={"x": "X"},
    aliases={"dZ2": "grad Z_2", "dZ": "grad Z", "dY": "grad Y", "p": "yhat"},
    labels=frozenset({"l", "L", "l-1", "l+1"}),
)


def sides(reading: Reading) -> list[str]:
    """Every side as it was read; "?" for one that was not understood."""
    return ["?" if side.tree is None else to_text(side.tree) for chain in reading.chains for side in chain.sides]


def latex(text: str, symbols: Symbols = NAMES) -> str:
    """The one side of a formula, as read."""
    reading = read_latex(text, symbols)
    (only,) = sides(reading)
    assert not reading.problems, reading.problems
    return only


def tree(text: str, symbols: Symbols = NAMES) -> Node:
    """The tree of a formula with one side."""
    reading = read_latex(text, symbols)
    (only,) = [side.tree for chain in reading.chains for side in chain.sides]
    assert only is not None, reading.problems
    return only


def numpy(text: str) -> str:
    (only,) = sides(read_numpy(text, NAMES))
    return only


def sympy(text: str) -> str:
    (only,) = sides(read_sympy(text, NAMES))
    return only


def problem(text: str, symbols: Symbols = NAMES) -> Problem:
    """Why a formula is refused; there must be exactly one reason, and no tree where it stands."""
    reading = read_latex(text, symbols)
    (only,) = reading.problems
    return only
