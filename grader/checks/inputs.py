"""What a function is called with: how each argument is drawn, and the cases drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from pydantic import Discriminator, Field, Tag, model_validator

from grader.checks.literals import to_value
from grader.model.base import Frozen
from grader.model.probe import Case
from grader.model.values import Array, Scalar, Value

Size: TypeAlias = Annotated[int, Field(ge=0, le=10_000)] | str
Shape: TypeAlias = tuple[Size, ...]
"""Axis lengths: numbers, or names of `dims`. The empty shape is a single number."""
Dims: TypeAlias = Mapping[str, int]
FloatType: TypeAlias = Literal["float64", "float32"]

LARGEST = 1_000_000
"""Entries of one drawn argument: more is a slip in the rubric."""


class Normal(Frozen):
    """Independent normal entries of mean `mean` and standard deviation `scale`."""

    normal: Shape
    mean: float = 0.0
    scale: float = Field(default=1.0, gt=0)
    dtype: FloatType = "float64"

    def draw(self, rng: Generator, dims: Dims) -> Value:
        return _floats(rng.normal(self.mean, self.scale, lengths(self.normal, dims)), self.dtype)


class Uniform(Frozen):
    """Independent entries, uniform in `low` to `high`."""

    uniform: Shape
    low: float = 0.0
    high: float = 1.0
    dtype: FloatType = "float64"

    def draw(self, rng: Generator, dims: Dims) -> Value:
        return _floats(rng.uniform(self.low, self.high, lengths(self.uniform, dims)), self.dtype)

    @model_validator(mode="after")
    def _is_ordered(self) -> Uniform:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class Integers(Frozen):
    """Independent integers, `low` and `high` included; each may be the name of one of `dims`, then the last is ``name - 1``."""

    integers: Shape
    low: int = 0
    high: int | str

    def draw(self, rng: Generator, dims: Dims) -> Value:
        high = dims[self.high] - 1 if isinstance(self.high, str) else self.high
        drawn = rng.integers(self.low, high, lengths(self.integers, dims), dtype=np.int64, endpoint=True)
        return to_value(drawn) if np.ndim(drawn) else Scalar(value=int(drawn), python="int")

    @model_validator(mode="after")
    def _is_ordered(self) -> Integers:
        if isinstance(self.high, int) and self.low > self.high:
            raise ValueError("low is above high")
        return self


class OneHot(Frozen):
    """Zeros with a single one in each line along `axis`."""

    onehot: Shape = Field(min_length=1)
    axis: int = -1
    dtype: FloatType = "float64"

    def draw(self, rng: Generator, dims: Dims) -> Value:
        shape = lengths(self.onehot, dims)
        zeros = np.zeros(shape)
        lines = np.moveaxis(zeros, self.axis, -1).reshape(-1, shape[self.axis])
        lines[np.arange(len(lines)), rng.integers(0, shape[self.axis], len(lines))] = 1.0
        others = tuple(np.delete(np.array(shape, dtype=int), self.axis))
        return _floats(np.moveaxis(lines.reshape(*others, shape[self.axis]), -1, self.axis), self.dtype)

    @model_validator(mode="after")
    def _has_axis(self) -> OneHot:
        if not -len(self.onehot) <= self.axis < len(self.onehot):
            raise ValueError(f"axis {self.axis} is not one of {len(self.onehot)} axes")
        return self


class Given(Frozen):
    """The same literal in every case."""

    value: Any

    def draw(self, rng: Generator, dims: Dims) -> Value:
        return to_value(self.value)

    @model_validator(mode="after")
    def _is_literal(self) -> Given:
        to_value(self.value)
        return self


_FORMS = {"normal": Normal, "uniform": Uniform, "integers": Integers, "onehot": OneHot, "value": Given}


def _form(raw: Any) -> str | None:
    """The one key that says how an argument is drawn."""
    for name, model in _FORMS.items():
        if isinstance(raw, model) or (isinstance(raw, dict) and name in raw):
            return name
    return None


ArgumentSpec: TypeAlias = Annotated[
    Annotated[Normal, Tag("normal")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Integers, Tag("integers")]
    | Annotated[OneHot, Tag("onehot")]
    | Annotated[Given, Tag("value")],
    Discriminator(
        _form,
        custom_error_type="argument",
        custom_error_message="an argument needs one of the keys normal, uniform, integers, onehot, value",
    ),
]
"""How one argument is drawn."""


def lengths(shape: Shape, dims: Dims) -> tuple[int, ...]:
    """The axis lengths with names replaced.

    Raises:
        ValueError: a name is not in `dims`, or the array would be absurdly large.
    """
    unknown = [size for size in shape if isinstance(size, str) and size not in dims]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not one of the dims ({', '.join(dims) or 'none are given'})")
    found = tuple(dims[size] if isinstance(size, str) else size for size in shape)
    if np.prod(np.array(found, dtype=float)) > LARGEST:
        raise ValueError(f"an argument of shape {found} has more than {LARGEST} entries")
    return found


def draw_dims(ranges: Mapping[str, tuple[int, int]], rng: Generator) -> dict[str, int]:
    """A length for each name, inclusive; distinct where the ranges allow, or a transposed matrix could go unnoticed."""
    drawn: dict[str, int] = {}
    for name, (low, high) in ranges.items():
        free = [n for n in range(low, high + 1) if n not in drawn.values()]
        drawn[name] = int(rng.choice(free or list(range(low, high + 1))))
    return drawn


def draw_case(
    arguments: Sequence[ArgumentSpec] | Mapping[str, ArgumentSpec],
    ranges: Mapping[str, tuple[int, int]],
    seed: Sequence[int],
    as_torch: bool = False,
) -> Case:
    """The arguments of one call; the same for the same seed on every platform."""
    rng = np.random.default_rng(list(seed))
    dims = draw_dims(ranges, rng)
    if isinstance(arguments, Mapping):
        return Case(kwargs={name: spec.draw(rng, dims) for name, spec in arguments.items()}, as_torch=as_torch)
    return Case(args=tuple(spec.draw(rng, dims) for spec in arguments), as_torch=as_torch)


def literal_case(literals: Sequence[Any] | Mapping[str, Any], as_torch: bool = False) -> Case:
    """A case written out in the rubric."""
    if isinstance(literals, Mapping):
        return Case(kwargs={name: to_value(thing) for name, thing in literals.items()}, as_torch=as_torch)
    return Case(args=tuple(to_value(thing) for thing in literals), as_torch=as_torch)


def _floats(drawn: NDArray[Any] | float, dtype: FloatType) -> Value:
    if np.ndim(drawn) == 0:
        return Scalar(value=float(drawn), python="float")
    data = np.asarray(drawn, dtype=dtype)
    return Array(data=data, dtype=dtype)
