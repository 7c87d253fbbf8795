"""Convolutions written as sums, and the least-mean-squares filter."""

from __future__ import annotations

from grader.symbolic.environment import Environment

_LENGTH, _WIDTH = 5, 2


def _selecting(rows: int, columns: int, offset: int) -> str:
    """The matrix that picks the entries offset, offset + 1, ... of a column."""
    lines = [", ".join("1" if c == r + offset else "0" for c in range(columns)) for r in range(rows)]
    return "np.array([" + ", ".join(f"[{line}]" for line in lines) + "])"


def _valid_1d() -> str:
    """y_i = sum_a x_{i+a-1} w_a as a sum of shifted copies."""
    rows = _LENGTH - _WIDTH + 1
    terms = [f"({_selecting(1, _WIDTH, a)} @ w) * ({_selecting(rows, _LENGTH, a)} @ x)" for a in range(_WIDTH)]
    return " + ".join(terms)


def _valid_2d(height: int, width: int, size: int) -> str:
    """Y_ij = sum_ab X_{i+a-1, j+b-1} K_ab, as PyTorch's convolution (no flip, no padding)."""
    rows, columns = height - size + 1, width - size + 1
    terms = []
    for a in range(size):
        for b in range(size):
            weight = f"({_selecting(1, size, a)} @ K @ {_selecting(1, size, b)}.T)"
            terms.append(f"{weight} * ({_selecting(rows, height, a)} @ X @ {_selecting(columns, width, b)}.T)")
    return " + ".join(terms)


ENVIRONMENTS = (
    Environment(
        name="convolution_1d",
        title="a valid convolution of a signal, written as a sum",
        dims={"n": _LENGTH, "k": _WIDTH, "m": _LENGTH - _WIDTH + 1},
        leaves={"x": ("n", 1), "w": ("k", 1)},
        defs={"y": _valid_1d()},
        upstream={"y": "G"},
        indices={"i": "m", "a": "k", "j": "n", "b": "k"},
        zero_outside=("x", "y"),
        aliases={"dy": "grad y"},
        allowed_in_final=("x", "w", "grad y"),
    ),
    Environment(
        name="convolution_2d",
        title="a valid convolution of an image with a 2x2 kernel, written as a sum",
        dims={"h": 3, "w": 4, "k": 2, "m": 2, "n": 3},
        leaves={"X": ("h", "w"), "K": ("k", "k")},
        defs={"Y": _valid_2d(3, 4, 2)},
        upstream={"Y": "G"},
        entries={"x": "X", "y": "Y"},
        indices={"i": "m", "j": "n", "a": "k", "b": "k", "p": "h", "q": "w"},
        zero_outside=("X", "Y"),
        aliases={"dY": "grad Y"},
        allowed_in_final=("X", "K", "grad Y"),
    ),
    Environment(
        name="lms",
        title="least mean squares: the error of a linear filter and its Wiener solution",
        dims={"K": 4, "d": 3},
        leaves={"X": ("K", "d"), "W": ("d", 1), "D": ("K", 1)},
        defs={"e": "D - X @ W", "Wstar": "np.linalg.inv(X.T @ X) @ X.T @ D"},
        loss="(D - X @ W).T @ (D - X @ W) / (2 * K)",
        losses=("MSE", "L", "J"),
        aliases={"W*": "Wstar", "w": "W", "w*": "Wstar"},
        entries={"x": "X"},
        slices={"x": "row_as_column", "X": "row_as_column"},
        indices={"i": "K", "k": "K", "j": "d"},
        allowed_in_final=("X", "W", "D", "e"),
    ),
)
