"""Drawing the arguments of calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from grader.checks.inputs import ArgumentSpec, draw_case, draw_dims, literal_case
from grader.checks.literals import from_value

PROFILE = settings(max_examples=40, deadline=None, derandomize=True)
SPEC: TypeAdapter[Any] = TypeAdapter(ArgumentSpec)
DIMS = {"m": (2, 5), "n": (2, 6)}


def draw(spec: dict[str, Any], seed: int = 0) -> Any:
    return from_value(draw_case([SPEC.validate_python(spec)], DIMS, (seed, 0)).args[0])


@PROFILE
@given(st.integers(0, 10**6))
def test_the_same_seed_draws_the_same_case_and_another_seed_another(seed: int) -> None:
    spec = [SPEC.validate_python({"normal": [3, 4]})]
    first, again, other = (from_value(draw_case(spec, DIMS, s).args[0]) for s in [(seed, 0), (seed, 0), (seed, 1)])
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@PROFILE
@given(st.integers(0, 10**6))
def test_dims_are_in_their_range_and_distinct_where_possible(seed: int) -> None:
    dims = draw_dims({"m": (2, 3), "n": (2, 3), "k": (2, 3)}, np.random.default_rng(seed))
    assert all(2 <= size <= 3 for size in dims.values())
    assert dims["m"] != dims["n"]


def test_shapes_name_dims() -> None:
    case = draw_case(
        {"W": SPEC.validate_python({"normal": ["m", "n"]}), "x": SPEC.validate_python({"normal": ["n"]})}, DIMS, (1, 2)
    )
    assert from_value(case.kwargs["W"]).shape[1] == from_value(case.kwargs["x"]).shape[0]
    assert not case.args


@PROFILE
@given(st.integers(0, 10**6))
def test_entries_are_in_their_bounds(seed: int) -> None:
    uniform = draw({"uniform": [50], "low": -2, "high": 3}, seed)
    assert uniform.min() >= -2
    assert uniform.max() < 3
    labels = draw({"integers": [50], "low": 1, "high": 4}, seed)
    assert set(labels.tolist()) <= {1, 2, 3, 4}
    classes = draw_case([SPEC.validate_python({"integers": [50], "high": "m"})], {"m": (3, 3)}, (seed,)).args[0]
    assert set(from_value(classes).tolist()) == {0, 1, 2}


@pytest.mark.parametrize(("shape", "axis"), [([4], 0), ([5, 3], -1), ([5, 3], 0), ([2, 3, 4], 1), ([3, 1], 0)])
def test_one_hot_has_a_single_one_in_each_line_along_its_axis(shape: list[int], axis: int) -> None:
    drawn = draw({"onehot": shape, "axis": axis})
    assert drawn.shape == tuple(shape)
    assert set(np.unique(drawn).tolist()) <= {0.0, 1.0}
    assert (drawn.sum(axis=axis) == 1).all()


def test_the_empty_shape_is_a_plain_number() -> None:
    assert isinstance(draw({"normal": []}), float)
    assert isinstance(draw({"integers": [], "high": 3}), int)


def test_scale_and_dtype_are_kept() -> None:
    assert draw({"normal": [2000], "mean": 5, "scale": 0.1}).mean() == pytest.approx(5, abs=0.05)
    assert draw({"normal": [3], "dtype": "float32"}).dtype == np.float32


def test_literals_are_handed_over_as_they_are() -> None:
    assert draw({"value": {"lr": 0.1}}) == {"lr": 0.1}
    case = literal_case([[[1, 2], [3, 4]], 0.5])
    assert from_value(case.args[0]).tolist() == [[1, 2], [3, 4]]
    assert from_value(literal_case({"x": 1}).kwargs["x"]) == 1


@pytest.mark.parametrize(
    "spec",
    [
        {"nrmal": [1]},
        {"normal": [1], "value": 2},
        {"normal": [1], "low": 2},
        {"integers": [1], "low": 5, "high": 2},
        {"uniform": [1], "low": 5, "high": 2},
        {"onehot": []},
        {"onehot": [3], "axis": 2},
        {"value": object()},
    ],
)
def test_faulty_arguments_are_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SPEC.validate_python(spec)


@pytest.mark.parametrize("shape", [["k"], [10_000, 10_000]])
def test_unknown_dims_and_absurd_sizes_are_refused(shape: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"dims|entries"):
        draw({"normal": shape})
