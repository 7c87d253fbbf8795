"""Forward-mode differentiation: a scalar with its partial derivatives by the entries of one array.

Each differentiation has its own tag (depth), so that derivatives of derivatives keep apart: the greater tag is the outer one and
treats what has a lesser tag as a constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Scalar: TypeAlias = Any
"""int, Fraction, mpf, Ratio or Dual: whatever has the four operations."""


class Dual:
    """``value`` plus the sparse partial derivatives by seeded entries (position in the array -> slope)."""

    __slots__ = ("partials", "tag", "value")

    def __init__(self, tag: int, value: Scalar, partials: Mapping[int, Scalar]) -> None:
        self.tag = tag
        self.value = value
        self.partials = partials

    def chain(self, value: Scalar, slope: Scalar) -> Dual:
        """A function of this scalar, from its value and its slope here."""
        return Dual(self.tag, value, {key: slope * part for key, part in self.partials.items()})

    def __add__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            if other.tag > self.tag:
                return Dual(other.tag, self + other.value, other.partials)
            if other.tag == self.tag:
                return Dual(self.tag, self.value + other.value, _merged(self.partials, other.partials))
        return Dual(self.tag, self.value + other, self.partials)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(self.tag, -self.value, {key: -part for key, part in self.partials.items()})

    def __sub__(self, other: Scalar) -> Scalar:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Scalar:
        return (-self) + other

    def __mul__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            if other.tag > self.tag:
                return other * self
            if other.tag == self.tag:
                left = {key: part * other.value for key, part in self.partials.items()}
                right = {key: self.value * part for key, part in other.partials.items()}
                return Dual(self.tag, self.value * other.value, _merged(left, right))
        return Dual(self.tag, self.value * other, {key: part * other for key, part in self.partials.items()})

    __rmul__ = __mul__


def _merged(left: Mapping[int, Scalar], right: Mapping[int, Scalar]) -> dict[int, Scalar]:
    merged = dict(left)
    for key, part in right.items():
        merged[key] = merged[key] + part if key in merged else part
    return merged


def base(scalar: Scalar) -> Scalar:
    """The value without any derivative parts."""
    while isinstance(scalar, Dual):
        scalar = scalar.value
    return scalar


def partial(scalar: Scalar, tag: int, key: int) -> Scalar:
    """The derivative by the seeded entry ``key`` of differentiation ``tag``; 0 for a constant."""
    if isinstance(scalar, Dual) and scalar.tag == tag:
        return scalar.partials.get(key, 0)
    return 0
