"""Single operations between arrays, with a given gradient of their result."""

from __future__ import annotations

from grader.symbolic.environment import Environment

_ROWS_AND_COLUMNS = {"i": "n", "k": "n", "j": "m", "l": "m"}
_AXES = {"i": 0, "k": 0, "j": 1, "l": 1}

ENVIRONMENTS = (
    Environment(
        name="elementwise_division",
        title="Z = X / Y, entry by entry",
        dims={"n": 2, "m": 3},
        leaves={"X": ("n", "m"), "Y": ("n", "m")},
        defs={"Z": "X / Y"},
        upstream={"Z": "G"},
        entries={"x": "X", "y": "Y", "z": "Z"},
        aliases={"dZ": "grad Z"},
        indices=_ROWS_AND_COLUMNS,
        axis=_AXES,
        allowed_in_final=("X", "Y", "Z", "grad Z"),
    ),
    Environment(
        name="elementwise_function",
        title="Y = f(X), entry by entry",
        dims={"n": 2, "m": 3},
        leaves={"X": ("n", "m")},
        defs={"Y": "f(X)"},
        upstream={"Y": "G"},
        entries={"x": "X", "y": "Y"},
        aliases={"dY": "grad Y"},
        functions={"f": "generic", "F": "f"},
        indices=_ROWS_AND_COLUMNS,
        juxtaposed_elementwise=True,
        allowed_in_final=("X", "Y", "grad Y"),
    ),
    Environment(
        name="matrix_product",
        title="Y = X W",
        dims={"n": 2, "f": 3, "m": 4},
        leaves={"X": ("n", "f"), "W": ("f", "m")},
        defs={"Y": "X @ W"},
        upstream={"Y": "G"},
        entries={"x": "X", "w": "W", "y": "Y"},
        aliases={"dY": "grad Y"},
        indices={"i": "n", "k": "n", "r": "f", "s": "f", "j": "m", "l": "m"},
        allowed_in_final=("X", "W", "grad Y"),
    ),
    Environment(
        name="copied_columns",
        title="Y has the vector x in each of its columns",
        dims={"n": 3, "m": 4},
        leaves={"x": ("n", 1)},
        defs={"Y": "x @ np.ones((1, m))"},
        upstream={"Y": "G"},
        entries={"y": "Y"},
        aliases={"X": "x", "dY": "grad Y"},
        indices=_ROWS_AND_COLUMNS,
        axis=_AXES,
        allowed_in_final=("x", "grad Y"),
    ),
    Environment(
        name="row_normalise",
        title="each row of X divided by its sum",
        dims={"n": 2, "m": 3},
        leaves={"X": ("n", "m")},
        defs={"S": "X.sum(axis=1, keepdims=True)", "Y": "X / S"},
        upstream={"Y": "G"},
        entries={"x": "X", "y": "Y"},
        aliases={"dY": "grad Y", "go": "grad Y", "sumd": "S"},
        indices=_ROWS_AND_COLUMNS,
        axis=_AXES,
        allowed_in_final=("X", "Y", "S", "grad Y"),
    ),
)
