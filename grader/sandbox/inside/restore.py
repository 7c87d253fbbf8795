"""Plain values back into objects, for the arguments of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import arrays
from .libraries import load

Json = dict[str, Any]


class Restorer:
    """Makes objects of values; arrays become torch tensors when `as_torch` says so."""

    def __init__(self, blobs: dict[str, bytes], as_torch: bool = False) -> None:
        self.blobs = blobs
        self.as_torch = as_torch

    def value(self, value: Json) -> Any:
        """The object of one value.

        Raises:
            ValueError: a kind of value that no argument can be made of.
        """
        makers: dict[str, Callable[[Json], Any]] = {
            "scalar": self._scalar,
            "text": lambda text: text["text"],
            "array": self.array,
            "sequence": self._sequence,
            "record": self._record,
        }
        if value["type"] not in makers:
            raise ValueError(f"an argument cannot be made of a value of type {value['type']!r}")
        return makers[value["type"]](value)

    def arguments(self, case: Json) -> Arguments:
        """The positional and keyword arguments of a case, made afresh."""
        inner = Restorer(self.blobs, bool(case.get("as_torch", False)) or self.as_torch)
        args = tuple(inner.value(value) for value in case.get("args", ()))
        return Arguments(args, {name: inner.value(value) for name, value in case.get("kwargs", {}).items()})

    def array(self, value: Json) -> Any:
        """A fresh array or tensor."""
        data = arrays.from_npy(self.blobs[value["data"]["blob"]])
        if self.as_torch:
            return arrays.to_tensor(data, value.get("dtype", ""), bool(value.get("requires_grad", False)))
        return data

    def _scalar(self, value: Json) -> Any:
        number = value["value"]
        python = value.get("python", "")
        if value.get("imaginary", 0.0) or python == "complex":
            number = complex(number, value.get("imaginary", 0.0))
        if python.startswith("numpy.") and (numpy := load("numpy")) is not None:
            kind = getattr(numpy, python.removeprefix("numpy."), None)
            return kind(number) if isinstance(kind, type) and issubclass(kind, numpy.generic) else number
        return float(number) if python == "float" and number is not None else number

    def _sequence(self, value: Json) -> Any:
        items = [self.value(item) for item in value["items"]]
        kinds: dict[str, Callable[[list[Any]], Any]] = {"tuple": tuple, "set": set, "frozenset": frozenset}
        return kinds.get(value["python"], list)(items)

    def _record(self, value: Json) -> dict[Any, Any]:
        return {self.value(pair["key"]): self.value(pair["value"]) for pair in value["entries"]}


class Arguments:
    """What a function is called with."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs


def same(one: Any, other: Any) -> bool:
    """Whether two objects made of the same value still hold the same (NaN equals NaN)."""
    if arrays.is_array(one) or arrays.is_tensor(one):
        return type(one) is type(other) and _same_arrays(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other) or (one != one and other != other)  # NaN equals NaN here


def _same_arrays(one: Any, other: Any) -> bool:
    if arrays.is_tensor(one):
        first, second = arrays.plain_tensor(one), arrays.plain_tensor(other)
    else:
        first, second = arrays.plain_array(one), arrays.plain_array(other)  # type: ignore[assignment]
    if not isinstance(first, arrays.Plain) or not isinstance(second, arrays.Plain):
        return True
    return first.dtype == second.dtype and first.data.shape == second.data.shape and first.data.tobytes() == second.data.tobytes()
