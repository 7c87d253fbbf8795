"""The one place that compares arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.checks.compare import Closeness, Layout, compare, compare_as, dtype_fits, fit

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
SHAPES = npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
FINITE = npst.arrays(
    dtype=st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_]),
    shape=SHAPES,
    elements=None,
).filter(lambda a: bool(np.isfinite(a).all()))
A = np.array([[0.0, 13.0, 26.0], [0.0, -1.0, -2.0]])


@PROFILE
@given(FINITE)
def test_any_finite_array_equals_itself(x: Any) -> None:
    assert compare(x, x) is None
    assert compare(x, x, Closeness(rtol=0, atol=0)) is None


@PROFILE
@given(st.floats(1e-6, 1e6), st.floats(1e-3, 0.9))
def test_the_tolerance_is_relative_to_the_expected_value_and_not_to_the_seen_one(expected: float, rtol: float) -> None:
    """A seen value above the tolerance band fails, although the band around the seen value would reach the expected one."""
    seen = expected / (1 - rtol) * (1 - 1e-9)
    assume(abs(seen - expected) > rtol * expected * (1 + 1e-9))
    close = Closeness(rtol=rtol, atol=0)
    assert abs(expected - seen) <= rtol * seen
    assert compare(np.array(seen), np.array(expected), close) is not None
    assert compare(np.array(expected * (1 + rtol * 0.99)), np.array(expected), close) is None


@PROFILE
@given(SHAPES, SHAPES)
def test_arrays_of_different_shapes_never_agree_even_where_numpy_would_broadcast(left: Any, right: Any) -> None:
    assume(left != right)
    mismatch = compare(np.ones(left), np.ones(right))
    assert mismatch is not None
    assert mismatch.code == "shape"


@PROFILE
@given(FINITE, st.sampled_from([np.nan, np.inf, -np.inf]), st.data())
def test_nan_and_infinity_never_pass(expected: Any, strange: float, data: Any) -> None:
    assume(expected.size)
    seen = expected.astype(float)
    seen[tuple(data.draw(st.integers(0, n - 1)) for n in seen.shape)] = strange
    for close in (Closeness(), Closeness(rtol=0.9, atol=1e9), Closeness(nonfinite=True, atol=1e9)):
        assert compare(seen, expected, close) is not None
    assert compare(seen, seen) is not None, "not even against themselves, unless asked"
    assert compare(seen, seen, Closeness(nonfinite=True)) is None


def test_a_finite_value_is_not_close_to_an_expected_infinity() -> None:
    assert compare(np.array(1.0), np.array(np.inf), Closeness(rtol=0.5, nonfinite=True)) is not None
    assert compare(np.array(1.0), np.array(np.inf)) is not None


def test_a_mismatch_says_how_much_differs_how_far_and_where_first() -> None:
    seen = A.copy()
    seen[0, 2], seen[1, 1] = 20.0, 0.0
    mismatch = compare(seen, A)
    assert mismatch is not None
    assert (mismatch.code, mismatch.index, mismatch.seen, mismatch.expected, mismatch.worst) == (
        "values",
        (0, 2),
        20.0,
        26.0,
        6.0,
    )
    assert mismatch.share == pytest.approx(2 / 6)
    assert mismatch.reason().facts["expected_value"] == 26.0


def test_the_worst_difference_is_reported_to_one_digit_only() -> None:
    mismatch = compare(np.array([1.0]), np.array([4.7212]))
    assert mismatch is not None
    assert mismatch.reason().facts["worst"] == 4.0


def test_unsigned_integers_and_bools_are_compared_as_numbers() -> None:
    assert compare(np.array([0], dtype=np.uint8), np.array([1], dtype=np.uint8)) is not None
    assert compare(np.array([True, False]), np.array([1.0, 0.0])) is None
    assert compare(np.array([True]), np.array([False])) is not None


@pytest.mark.parametrize(
    ("name", "wanted", "fits"),
    [
        ("float32", "any", True),
        ("float32", "float", True),
        ("bfloat16", "float", True),
        ("int64", "float", False),
        ("uint8", "integer", True),
        ("float64", "integer", False),
        ("torch.float32", "float32", True),
        ("float64", "float32", False),
    ],
)
def test_dtypes_are_wanted_by_family_or_by_name(name: str, wanted: str, fits: bool) -> None:
    assert dtype_fits(name, wanted) is fits
    mismatch = compare(np.zeros(2), np.zeros(2), Closeness(dtype=wanted), name)
    assert (mismatch is None) is fits


ROW_MAJOR = A.reshape(-1)
COLUMN_MAJOR = A.reshape(-1, order="F")


@pytest.mark.parametrize(
    ("seen", "layouts", "layout"),
    [
        (A, ["denominator"], "denominator"),
        (A.T, ["denominator"], None),
        (A.T, ["denominator", "numerator"], "numerator"),
        (A.T, ["numerator", "denominator"], "denominator"),
        (COLUMN_MAJOR, ["denominator", "vec"], "vec"),
        (COLUMN_MAJOR[None, :], ["denominator", "vec"], "vec"),
        (COLUMN_MAJOR[:, None], ["denominator", "vec"], "vec"),
        (ROW_MAJOR, ["denominator", "vec"], None),
        (A.T.reshape(-1, order="F"), ["numerator", "vec"], "vec"),
        (COLUMN_MAJOR, ["denominator", "flat"], None),
        (A[None], ["denominator", "flat"], "flat"),
        (A[None], ["denominator", "numerator"], None),
    ],
)
def test_layouts_of_a_matrix(seen: Any, layouts: list[Layout], layout: str | None) -> None:
    """`A` is the reference's; numerator layout is the transpose, vec stacks the columns of the denominator-layout matrix."""
    found = fit(seen, A, layouts, Closeness())
    assert (found.layout if found.mismatch is None else None) == layout


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1)])
def test_flat_takes_a_vector_in_any_orientation(shape: tuple[int, ...]) -> None:
    seen = np.array([1.0, 2.0, 3.0]).reshape(shape)
    assert fit(seen, np.array([[1.0], [2.0], [3.0]]), ["denominator", "flat"], Closeness()).mismatch is None


def test_the_reported_mismatch_is_that_of_the_layout_that_comes_closest() -> None:
    seen = A.T.copy()
    seen[0, 0] = 5.0
    found = fit(seen, A, ["denominator", "numerator"], Closeness())
    assert found.layout == "numerator"
    assert found.mismatch is not None
    assert found.mismatch.code == "values"


def test_one_layout_at_a_time_can_be_asked_for() -> None:
    assert compare_as("numerator", "denominator", A.T, A, Closeness()) is None
    assert compare_as("numerator", "denominator", A, A, Closeness()) is not None
