"""Objects as values: everything must validate with the model, and nothing hostile may break or hang it."""

from __future__ import annotations

import collections
import datetime
import enum
import fractions
import itertools
import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from grader.model import values
from grader.sandbox.inside import captures, libraries
from grader.sandbox.inside.captures import MOST_ITEMS, Capturer

ADAPTER: TypeAdapter[values.Value] = TypeAdapter(values.Value)


def captured(thing: Any, limit: float = 2**24) -> Any:
    """The value as the host reads it."""
    for name in ("numpy", "torch", "pandas"):
        libraries.load(name)
    capturer = Capturer(limit)
    return ADAPTER.validate_python(capturer.value(thing), context={"blobs": capturer.blobs})


class Colour(enum.IntEnum):
    RED = 3


class Point(NamedTuple):
    x: float
    y: float


@pytest.mark.parametrize(
    ("thing", "value", "python"),
    [
        (None, None, "NoneType"),
        (True, True, "bool"),
        (7, 7, "int"),
        (2.5, 2.5, "float"),
        (math.inf, math.inf, "float"),
        (Colour.RED, 3, "Colour"),
        (np.float32(0.5), 0.5, "numpy.float32"),
        (np.float64(0.5), 0.5, "numpy.float64"),
        (np.int8(-3), -3, "numpy.int8"),
        (np.True_, True, "numpy.bool"),
        (fractions.Fraction(1, 4), 0.25, "Fraction"),
    ],
)
def test_numbers_arrive_as_scalars_with_their_type(thing: Any, value: Any, python: str) -> None:
    seen = captured(thing)
    assert isinstance(seen, values.Scalar)
    assert (seen.value, type(seen.value), seen.python) == (value, type(value), python.replace("numpy.bool", seen.python))


@pytest.mark.parametrize("thing", [1 + 2j, np.complex64(1 + 2j)])
def test_complex_numbers_keep_both_parts(thing: Any) -> None:
    seen = captured(thing)
    assert (seen.value, seen.imaginary) == (1.0, 2.0)


def test_huge_integers_are_opaque() -> None:
    seen = captured(10**5000)
    assert (seen.type, seen.why) == ("opaque", "too large an integer")


def test_texts_are_bounded_and_clean() -> None:
    seen = captured("a" * 3_000_000)
    assert (len(seen.text), seen.length) == (2**20, 3_000_000)
    assert captured("x\udc80y").text == "x?y"


@pytest.mark.parametrize(
    ("thing", "python", "items"),
    [
        ([1, 2], "list", [1, 2]),
        ((1, 2), "tuple", [1, 2]),
        ({3, 1, 2}, "set", [1, 2, 3]),
        (frozenset({2, 1}), "frozenset", [1, 2]),
        (range(3), "range", [0, 1, 2]),
        (collections.deque([1]), "deque", [1]),
        (Point(1.0, 2.0), "Point", [1.0, 2.0]),
        ({"a": 1}.values(), "dict_values", [1]),
        (torch.Size([2, 3]), "Size", [2, 3]),
    ],
)
def test_containers_arrive_as_sequences(thing: Any, python: str, items: list[Any]) -> None:
    seen = captured(thing)
    assert (seen.python, [item.value for item in seen.items], seen.length) == (python, items, len(items))


def test_dicts_keep_their_order() -> None:
    seen = captured(collections.OrderedDict(b=1, a=[2]))
    assert [pair.key.text for pair in seen.entries] == ["b", "a"]
    assert seen.entries[1].value.items[0].value == 2


def test_long_containers_keep_their_beginning_and_length() -> None:
    seen = captured(list(range(50_000)))
    assert (len(seen.items), seen.length) == (MOST_ITEMS, 50_000)


def test_many_nested_values_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "MOST_VALUES", 500)
    seen = captured([[0] * 100 for _ in range(100)])
    assert 400 < sum(len(item.items) for item in seen.items) <= 500


def test_cycles_and_depth_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert captured(loop).items[0].why == "contains itself"
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    assert "nested too deeply" in repr(captured(deep))


def test_generators_are_not_consumed() -> None:
    generator = iter([1, 2, 3])
    counting = itertools.count()
    assert (captured(generator).type, captured(counting).type) == ("opaque", "opaque")
    assert next(generator) == 1


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float32", "float64", "complex64", "complex128"])
def test_numpy_arrays_keep_type_and_values(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    seen = captured(array)
    assert (seen.dtype, seen.library, seen.shape) == (dtype, "numpy", (2, 3))
    assert np.array_equal(seen.data, array)


def test_odd_layouts_of_memory_travel_by_value() -> None:
    base = np.arange(12.0).reshape(3, 4)
    for array in (base.T, base[::2, ::-1], np.asfortranarray(base), base.astype(">f8"), np.broadcast_to(1.5, (2, 2))):
        assert np.array_equal(captured(array).data, array)


def test_long_doubles_are_narrowed() -> None:
    seen = captured(np.ones(2, dtype=np.longdouble))
    assert seen.data.dtype == np.float64


def test_arrays_of_objects_texts_dates_and_records_are_taken_apart() -> None:
    assert [item.value for item in captured(np.array([1, None], dtype=object)).items] == [1, None]
    assert [item.text for item in captured(np.array(["a", "b"])).items] == ["a", "b"]
    assert captured(np.array(["2020-01-02"], dtype="datetime64[D]")).items[0].text == "2020-01-02"
    records = captured(np.array([(1, 2.0)], dtype=[("n", "i4"), ("x", "f8")]))
    assert records.entries[1].value.data.tolist() == [2.0]


def test_numpy_subclasses_do_not_run_their_own_code() -> None:
    class Hostile(np.ndarray):
        def __array_finalize__(self, other: Any) -> None:
            return

        def __array__(self, *args: Any) -> Any:
            raise RuntimeError

        def astype(self, *args: Any, **kwargs: Any) -> Any:
            raise RuntimeError

        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError

    hostile = np.ones(3).view(Hostile)
    assert captured(hostile).data.tolist() == [1.0, 1.0, 1.0]
    assert captured(np.ma.array([1.0, 2.0])).shape == (2,)


@pytest.mark.parametrize(
    ("dtype", "wide"), [("bfloat16", "float32"), ("float16", "float32"), ("int64", "int64"), ("bool", "bool")]
)
def test_tensors_say_their_own_type(dtype: str, wide: str) -> None:
    seen = captured(torch.ones(2, 3).to(getattr(torch, dtype)))
    assert (seen.dtype, str(seen.data.dtype), seen.library, seen.device) == (dtype, wide, "torch", "cpu")
    assert np.array_equal(seen.data, np.ones((2, 3)))


def test_tensors_bring_their_gradient() -> None:
    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    inner = leaf * 3
    inner.sum().backward()
    seen = captured(leaf)
    assert seen.requires_grad
    assert seen.grad.data.tolist() == [3.0, 3.0]
    assert captured(inner).grad is None
    assert captured(torch.nn.Parameter(torch.ones(1))).requires_grad


def test_views_conjugates_and_expansions_travel_by_value() -> None:
    tensor = torch.tensor([[1 + 1j, 2 + 0j]])
    assert captured(tensor.conj()).data.tolist() == [[1 - 1j, 2 - 0j]]
    assert captured(torch.ones(1).expand(2, 2)).data.tolist() == [[1, 1], [1, 1]]
    assert captured(torch.arange(4.0).reshape(2, 2).t()).data.tolist() == [[0, 2], [1, 3]]


@pytest.mark.parametrize(
    "tensor", [torch.eye(2).to_sparse(), torch.empty(2, device="meta"), torch.nn.parameter.UninitializedParameter()]
)
def test_tensors_without_plain_data_are_opaque(tensor: Any) -> None:
    assert captured(tensor).type == "opaque"


def test_tensor_subclasses_do_not_run_their_own_code() -> None:
    class Hostile(torch.Tensor):
        @classmethod
        def __torch_function__(cls, *args: Any, **kwargs: Any) -> Any:
            raise RuntimeError

        def numpy(self) -> Any:
            raise RuntimeError

        def detach(self) -> Any:
            raise RuntimeError

    assert captured(torch.ones(2).as_subclass(Hostile)).data.tolist() == [1.0, 1.0]


def test_arrays_beyond_the_limit_are_opaque_and_smaller_ones_still_come() -> None:
    seen = captured([np.zeros(10), np.zeros(1000), np.zeros(10), torch.zeros(1000)], limit=1000)
    assert [item.type for item in seen.items] == ["array", "opaque", "array", "opaque"]
    assert seen.items[1].why == "too large"


def test_a_broadcast_array_counts_with_its_full_size() -> None:
    assert captured(np.broadcast_to(0.0, (10**6, 10**6))).why == "too large"
    assert captured(torch.zeros(1).expand(10**6, 10**6)).why == "too large"


def test_a_long_list_of_losses_fits_into_one_frame() -> None:
    seen = captured([torch.tensor(float(n)) for n in range(5000)])
    assert [getattr(item, "value", None) for item in seen.items[-2:]] == [4998.0, 4999.0]


def test_tables_come_as_texts() -> None:
    frame = pd.DataFrame({"layer": ["conv1", "fc"], "MACs": [1200, 84]})
    seen = captured(frame)
    assert (seen.columns, seen.rows) == (("layer", "MACs"), (("conv1", "1200"), ("fc", "84")))
    indexed = captured(frame.set_index("layer"))
    assert (indexed.columns, indexed.rows[0]) == (("layer", "MACs"), ("conv1", "1200"))
    assert captured(pd.Series([1, 2], name="n")).rows == (("1",), ("2",))


def test_functions_and_classes_show_their_signature() -> None:
    def area(width: float, height: float = 1.0) -> float:
        return width * height

    assert captured(area).repr.startswith("def area(width: ")
    assert captured(Point).repr.startswith("class Point(")
    assert captured(np.dot).type == "opaque"


class _BadRepr:
    def __repr__(self) -> str:
        raise SystemExit


class _LongRepr:
    def __repr__(self) -> str:
        return "x" * 10**7


class _BadClass:
    @property
    def __class__(self) -> Any:
        raise RuntimeError


class _Everything:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError

    def __iter__(self) -> Any:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


class _BadList(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        raise RuntimeError

    def __len__(self) -> int:
        return 10**9


class _BadDict(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        raise RuntimeError


class _BadFloat(float):
    def __float__(self) -> float:
        raise RuntimeError


class _Meta(type):
    __name__ = 3  # type: ignore[assignment]

    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        raise RuntimeError

    def mro(cls) -> list[type]:
        return list(super().mro())

    def __instancecheck__(cls, instance: object) -> bool:
        raise RuntimeError


class _BadMeta(metaclass=_Meta):
    pass


HOSTILE = {
    "repr raises": _BadRepr,
    "repr is long": _LongRepr,
    "class raises": _BadClass,
    "everything raises": _Everything,
    "metaclass": _BadMeta,
    "the class itself": lambda: _BadMeta,
    "plain object": object,
    "bytes": lambda: b"x",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_objects_are_opaque(kind: str) -> None:
    seen = captured(HOSTILE[kind]())  # made here: pytest itself would stumble over them
    assert seen.type == "opaque"
    assert len(seen.repr) <= 500


def test_hostile_subclasses_are_read_by_their_base() -> None:
    assert [item.value for item in captured(_BadList([1, 2])).items] == [1, 2]
    assert captured(_BadDict(a=1)).entries[0].value.value == 1
    assert captured(_BadFloat(2.5)).value == 2.5


def test_other_objects_say_their_type() -> None:
    assert captured(datetime.date(2020, 1, 2)).python == "datetime.date"
    assert captured(torch.float32).repr == "torch.float32"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=10,
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(PLAIN)
def test_plain_values_survive_there_and_back(thing: Any) -> None:
    from grader.sandbox.inside.restore import Restorer, same

    capturer = Capturer(2**20)
    value = capturer.value(thing)
    ADAPTER.validate_python(value, context={"blobs": capturer.blobs})
    assert same(Restorer(capturer.blobs).value(value), thing)
