"""Between plain Python and values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.literals import (
    as_array,
    as_number,
    as_rows,
    as_text,
    describe,
    fact,
    flat_numbers,
    from_value,
    is_cut,
    parse_number,
    to_value,
)
from grader.model.values import Array, Record, Scalar, Sequence, Table, Text
from tests.checks.check_cases import VALUES

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@PROFILE
@given(PLAIN)
def test_what_goes_in_comes_out_the_same(thing: Any) -> None:
    back = from_value(to_value(thing))
    assert _plain(back) == thing


def _plain(thing: Any) -> Any:
    if isinstance(thing, np.ndarray):
        return thing.tolist()
    if isinstance(thing, list):
        return [_plain(item) for item in thing]
    return {key: _plain(value) for key, value in thing.items()} if isinstance(thing, dict) else thing


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (True, Scalar),
        (3, Scalar),
        ("3", Text),
        ([1, 2], Array),
        ([[1, 2], [3, 4]], Array),
        ([[1, 2], [3]], Sequence),
        ([[1], 2], Sequence),
        ([[[1]], [2]], Sequence),
        ([True, False], Sequence),
        ([], Sequence),
        ([1, "a"], Sequence),
        ([10**400], Sequence),
        ({"a": 1}, Record),
    ],
)
def test_only_rectangles_of_numbers_become_arrays(thing: Any, kind: type) -> None:
    assert isinstance(to_value(thing), kind)


def test_what_is_no_literal_is_refused() -> None:
    with pytest.raises(ValueError, match="no literal: object"):
        to_value(object())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("14.5", 14.5),
        ("-1e-3", -1e-3),
        ("1,228,800", 1228800),
        ("12,34", None),
        ("1/2", 0.5),
        ("1/0", None),
        ("−2", -2),
        ("$3$", 3),
        (".5", 0.5),
        ("", None),
        ("-", None),
        ("e5", None),
        ("14.5 units", None),
        ("nan", None),
        ("0x10", None),
        ("1" * 200, None),
    ],
)
def test_numbers_in_text(text: str, number: float | None) -> None:
    assert parse_number(text) == number


def test_arrays_are_read_from_nested_lists_and_from_lists_of_arrays() -> None:
    rows = Sequence(python="list", items=(to_value(np.array([1, 2])), to_value(np.array([3, 4]))), length=2)
    array = as_array(rows)
    assert array is not None
    assert array.tolist() == [[1, 2], [3, 4]]
    assert as_array(Sequence(python="set", items=(to_value(1),), length=1)) is None, "a set has no order"
    assert as_array(Sequence(python="list", items=(to_value(1),), length=9)) is None, "only its beginning is there"
    numbers = flat_numbers(to_value([1.0, [2, 3]]))
    assert numbers is not None
    assert numbers.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("thing", "columns", "rows"),
    [
        ([{"a": 1, "b": [1, 2]}, {"a": 2}], ("a", "b"), (("1", "[1.0, 2.0]"), ("2", ""))),
        ({"a": [1, 2], "b": ["x", "y"]}, ("a", "b"), (("1.0", "x"), ("2.0", "y"))),
        ({"conv1": {"macs": 3}, "fc1": {"macs": 4}}, ("", "macs"), (("conv1", "3"), ("fc1", "4"))),
        ([["a", (1, 3)], ["b", (2, 3)]], (), (("a", "[1.0, 3.0]"), ("b", "[2.0, 3.0]"))),
        (np.array([[1, 2]]), (), (("1", "2"),)),
    ],
)
def test_rows_are_read_from_lists_and_dicts(thing: Any, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    table = as_rows(to_value(thing))
    assert table is not None
    assert (table.columns, table.rows) == (columns, rows)


def test_facts_are_plain_json() -> None:
    assert fact(np.array([1.0, np.nan])) == [1.0, "nan"]
    assert fact(np.float32(0.5)) == 0.5
    assert fact((1, (float("inf"),))) == [1, ["inf"]]
    assert fact(np.zeros((100, 100))) == "array of shape (100, 100)"


@PROFILE
@given(VALUES)
def test_any_value_can_be_read_described_and_printed(value: Any) -> None:
    array, table = as_array(value), as_rows(value)
    assert array is None or array.dtype.kind in "biufc"
    assert table is None or isinstance(table, Table)
    assert as_number(value) is None or isinstance(as_number(value), int | float | complex)
    assert isinstance(describe(value), str)
    assert len(as_text(value, 50)) <= 50
    assert isinstance(is_cut(value), bool)
    assert flat_numbers(value) is None or flat_numbers(value).ndim == 1
    from_value(value)
