"""Any object as a plain `Value`: bounded, never unpickled, and asking the object itself as little as may be."""

from __future__ import annotations

import collections
import decimal
import fractions
import itertools
from collections.abc import Iterable
from typing import Any

from . import arrays, descriptions, figures, layers, networks
from .libraries import is_instance_of, loaded

MOST_ITEMS = 10_000
MOST_VALUES = 100_000
MOST_BLOBS = 4000
MANY_BLOBS = 256
"""From here on arrays of a single number (losses in a long list) travel as scalars."""
DEEPEST = 16
LONGEST_TEXT = 2**20
LARGEST_INT_BITS = 4096

Json = dict[str, Any]


class Capturer:
    """Turns the objects of one probe into values; array data goes to `blobs`, of `limit` bytes in all."""

    def __init__(self, limit: float) -> None:
        self.left = int(limit)
        self.values_left = MOST_VALUES
        self.text_left = 4 * LONGEST_TEXT
        self.blobs: dict[str, bytes] = {}
        self.open: list[int] = []

    def value(self, thing: Any) -> Json:
        """The `Value` of anything; what cannot be carried is `Opaque` with its reason."""
        self.values_left -= 1
        if len(self.open) >= DEEPEST:
            return self._opaque(thing, "nested too deeply", with_repr=False)
        if id(thing) in self.open:
            return self._opaque(thing, "contains itself", with_repr=False)
        self.open.append(id(thing))
        try:
            return self._scalar(thing) or self._container(thing) or self._library(thing) or self._opaque(thing)
        except Exception as error:  # a student's object that breaks under our hands
            return self._opaque(thing, f"could not be read: {type(error).__name__}", with_repr=False)
        finally:
            self.open.pop()

    def blob(self, data: Any) -> Json:
        """Array data as a reference to a blob.

        Raises:
            TooLarge: when the probe's bytes are used up.
        """
        if data.nbytes > self.left or len(self.blobs) >= MOST_BLOBS:
            raise TooLarge
        self.left -= int(data.nbytes)
        key = f"b{len(self.blobs)}"
        self.blobs[key] = arrays.to_npy(data)
        return {"blob": key}

    def with_blobs(self, described: Any) -> Any:
        """A description with every numpy array in it put into a blob.

        Raises:
            TooLarge: when the probe's bytes are used up.
        """
        if isinstance(described, dict):
            return {key: self.with_blobs(value) for key, value in described.items()}
        if isinstance(described, list):
            return [self.with_blobs(value) for value in described]
        return self.blob(described) if arrays.is_array(described) else described

    def array(self, thing: Any) -> Json:
        """The `Array` of a numpy array or torch tensor (`Opaque` or a `Sequence` where it holds no numbers)."""
        if arrays.size_of(thing) > self.left:
            return self._opaque(thing, "too large", with_repr=False)
        if arrays.is_tensor(thing):
            plain = arrays.plain_tensor(thing)
            if isinstance(plain, str):
                return self._opaque(thing, plain)
            value = self._plain(plain)
            return {**value, "grad": self._gradient(thing)} if value["type"] == "array" else value
        held = arrays.plain_array(thing)
        return self._other_array(thing) if held is None else self._plain(held)

    def _plain(self, plain: arrays.Plain) -> Json:
        if plain.data.ndim == 0 and len(self.blobs) >= MANY_BLOBS:
            return self._scalar(plain.data[()]) or {}
        return {
            "type": "array",
            "data": self.blob(plain.data),
            "dtype": plain.dtype,
            "library": plain.library,
            "device": plain.device,
            "requires_grad": plain.requires_grad,
        }

    def _gradient(self, thing: Any) -> Json | None:
        gradient = arrays.gradient_of(thing)
        if gradient is None or arrays.size_of(gradient) > self.left:
            return None
        plain = arrays.plain_tensor(gradient)
        value = self._plain(plain) if isinstance(plain, arrays.Plain) else None
        return value if value is not None and value["type"] == "array" else None

    def network(self, traced: networks.Traced) -> Json:
        """The `Network` of what a trace brought; arrays that no longer fit are left out."""
        return {
            "type": "network",
            "python": descriptions.type_name(type(traced.network)),
            "layers": traced.tracer.in_order(),
            "operations": traced.tracer.operations,
            "outputs": [self.value(each) for each in traced.outputs],
            "gradients": self._arrays(traced.gradients),
            "inputs": [self.value(each) for each in traced.inputs],
            "state": self._arrays(traced.state),
            "error": traced.error,
        }

    def _arrays(self, held: dict[str, Any]) -> Json:
        values = {name: self.value(each) for name, each in held.items()}
        return {name: value for name, value in values.items() if value["type"] == "array"}

    def _other_array(self, thing: Any) -> Json:
        """Arrays of objects, texts and dates as nested sequences; records as a record of columns."""
        numpy = loaded("numpy")
        view = numpy.ndarray.view(thing, numpy.ndarray)
        if view.dtype.names:
            return self._record(((name, view[name]) for name in view.dtype.names), len(view.dtype.names), "numpy.ndarray")
        if view.dtype.kind in "mM":
            view = view.astype(str)
        if view.ndim == 0:
            return self.value(view.item())
        return self._sequence(iter(view), len(view), "numpy.ndarray")

    def _scalar(self, thing: Any) -> Json | None:
        kind = type(thing)
        if thing is None or kind is bool:
            return {"type": "scalar", "value": thing, "python": kind.__name__}
        if is_instance_of(thing, "numpy", "generic"):
            return self._numpy_scalar(thing)
        if issubclass(kind, int):
            return self._int(int.__index__(thing), kind.__name__)
        if issubclass(kind, float):
            return {"type": "scalar", "value": float.__float__(thing), "python": kind.__name__}
        if issubclass(kind, complex):
            real, imaginary = complex.real.__get__(thing), complex.imag.__get__(thing)
            return {"type": "scalar", "value": real, "imaginary": imaginary, "python": kind.__name__}
        if issubclass(kind, str):
            return self._text(thing)
        if kind in (fractions.Fraction, decimal.Decimal):
            return {"type": "scalar", "value": float(thing), "python": kind.__name__}
        return None

    def _int(self, number: int, python: str) -> Json:
        if number.bit_length() > LARGEST_INT_BITS:
            return {"type": "opaque", "python": python, "repr": "", "why": "too large an integer"}
        return {"type": "scalar", "value": number, "python": python}

    def _numpy_scalar(self, thing: Any) -> Json:
        numpy = loaded("numpy")
        name = f"numpy.{type(thing).__name__}"
        if isinstance(thing, numpy.str_):
            return self._text(str(thing))
        if isinstance(thing, numpy.bool_):
            return {"type": "scalar", "value": bool(thing), "python": name}
        if isinstance(thing, numpy.integer) and not isinstance(thing, numpy.timedelta64):
            return {"type": "scalar", "value": int(thing), "python": name}
        if isinstance(thing, numpy.floating):
            return {"type": "scalar", "value": float(thing), "python": name}
        if isinstance(thing, numpy.complexfloating):
            return {"type": "scalar", "value": float(thing.real), "imaginary": float(thing.imag), "python": name}
        if isinstance(thing, numpy.datetime64 | numpy.timedelta64):
            return self._text(str(thing))
        return self._opaque(thing)

    def _text(self, thing: str) -> Json:
        kept = str.__getitem__(thing, slice(0, max(0, min(LONGEST_TEXT, self.text_left))))
        self.text_left -= len(kept)
        kept = kept.encode("utf-8", "replace").decode("utf-8")  # lone surrogates do not travel
        return {"type": "text", "text": kept, "length": str.__len__(thing)}

    def _container(self, thing: Any) -> Json | None:
        kind = type(thing)
        if issubclass(kind, dict):
            return self._record(dict.items(thing), dict.__len__(thing), kind.__name__)
        for base in (list, tuple, collections.deque):
            if issubclass(kind, base):
                return self._sequence(base.__iter__(thing), base.__len__(thing), kind.__name__)
        if issubclass(kind, set | frozenset):
            base_set = set if issubclass(kind, set) else frozenset
            return self._sequence(iter(_in_order(base_set.__iter__(thing))), base_set.__len__(thing), kind.__name__)
        if kind is range or kind in (type({}.keys()), type({}.values()), type({}.items())):
            return self._sequence(iter(thing), len(thing), kind.__name__)
        return None

    def _sequence(self, items: Iterable[Any], length: int, python: str) -> Json:
        kept = []
        for item in itertools.islice(items, MOST_ITEMS):
            if self.values_left <= 0:
                break
            kept.append(self.value(item))
        return {"type": "sequence", "python": python, "items": kept, "length": length}

    def _record(self, items: Iterable[tuple[Any, Any]], length: int, python: str) -> Json:
        kept = []
        for key, value in itertools.islice(items, MOST_ITEMS):
            if self.values_left <= 0:
                break
            kept.append({"key": self.value(key), "value": self.value(value)})
        return {"type": "record", "python": python, "entries": kept, "length": length}

    def _library(self, thing: Any) -> Json | None:
        """Objects of numpy, torch, pandas and matplotlib, where those are loaded."""
        try:
            if arrays.is_array(thing) or arrays.is_tensor(thing):
                return self.array(thing)
            if layers.is_module(thing):
                return self.network(networks.built(thing))
            if figures.is_figure(thing):
                return dict(self.with_blobs(figures.describe(thing)))
            if figures.is_axes(thing):
                return dict(self.with_blobs(figures.describe(thing.figure, only=thing)))
        except TooLarge:
            return self._opaque(thing, "too large", with_repr=False)
        described = descriptions.table(thing, self.text_left)
        self.text_left -= sum(len(cell) for row in described["rows"] for cell in row) if described is not None else 0
        return described

    def _opaque(self, thing: Any, why: str = "", with_repr: bool = True) -> Json:
        """An `Opaque`, whose repr counts among the texts."""
        described = descriptions.opaque(thing, why, with_repr and self.text_left > 0)
        self.text_left -= len(described["repr"])
        return described


class TooLarge(Exception):
    """The probe's array bytes are used up."""


def _in_order(items: Iterable[Any]) -> list[Any]:
    """The items of a set in an order that does not hang on hashes, where they are numbers or texts."""
    kept = list(itertools.islice(items, MOST_ITEMS))
    if all(type(item) in (int, float, bool) for item in kept) or all(type(item) is str for item in kept):
        return sorted(kept)
    return kept
