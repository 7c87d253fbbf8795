"""Exact proof: entries are variables, function values opaque ones; quotients of polynomials are multiplied across."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from grader.symbolic.dual import Dual, Scalar, base
from grader.symbolic.functions import Function
from grader.symbolic.scalars import BadPoint, Scalars
from grader.symbolic.troubles import OverBudget

Monomial: TypeAlias = tuple[tuple[int, int], ...]
"""(variable, exponent) pairs in the order of the variables."""

Polynomial: TypeAlias = Mapping[Monomial, int | Fraction]
ONE: Polynomial = {(): 1}
MAX_TERM_PRODUCTS = 12_000


class Work:
    """Products of terms left for one proof; ``switches`` are the variables that are 0 or 1, so that powers are dropped."""

    def __init__(self) -> None:
        self.left = MAX_TERM_PRODUCTS
        self.switches: set[int] = set()

    def spend(self, products: int) -> None:
        self.left -= products
        if self.left < 0:
            raise OverBudget("proof_too_long")


class Ratio:
    """A quotient of polynomials, with its value at one random point."""

    __slots__ = ("over", "under", "value", "work")

    def __init__(self, over: Polynomial, under: Polynomial, value: Fraction | int, work: Work) -> None:
        self.over, self.under, self.value, self.work = over, under, value, work

    def _lifted(self, other: Any) -> Ratio | None:
        if isinstance(other, Ratio):
            return other
        if isinstance(other, int | Fraction):
            return Ratio({(): other} if other else {}, ONE, other, self.work)
        return None

    def __add__(self, other: Any) -> Any:
        right = self._lifted(other)
        if right is None:
            return NotImplemented
        value = self.value + right.value
        if self.under == right.under:
            return Ratio(_sum(self.over, right.over, self.work), self.under, value, self.work)
        over = _sum(_product(self.over, right.under, self.work), _product(right.over, self.under, self.work), self.work)
        return Ratio(over, _product(self.under, right.under, self.work), value, self.work)

    __radd__ = __add__

    def __neg__(self) -> Ratio:
        return Ratio({m: -c for m, c in self.over.items()}, self.under, -self.value, self.work)

    def __sub__(self, other: Any) -> Any:
        right = self._lifted(other)
        return NotImplemented if right is None else self + (-right)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    def __mul__(self, other: Any) -> Any:
        right = self._lifted(other)
        if right is None:
            return NotImplemented
        over = _product(self.over, right.over, self.work)
        return Ratio(over, _product(self.under, right.under, self.work) if over else ONE, self.value * right.value, self.work)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        gap = self - other if isinstance(other, Ratio | int | Fraction) else None
        return isinstance(gap, Ratio) and not gap.over

    __hash__ = None  # type: ignore[assignment]  # equality is worked out, not looked up


def _sum(left: Polynomial, right: Polynomial, work: Work) -> Polynomial:
    work.spend(len(right))
    total = dict(left)
    for monomial, factor in right.items():
        both = total.get(monomial, 0) + factor
        if both:
            total[monomial] = both
        else:
            total.pop(monomial, None)
    return total


def _product(left: Polynomial, right: Polynomial, work: Work) -> Polynomial:
    if right is ONE:
        return left
    if left is ONE:
        return right
    work.spend(len(left) * len(right))
    total: dict[Monomial, int | Fraction] = {}
    for m, a in left.items():
        for n, b in right.items():
            joint = _joined(m, n, work.switches)
            both = total.get(joint, 0) + a * b
            if both:
                total[joint] = both
            else:
                total.pop(joint, None)
    return total


def _joined(left: Monomial, right: Monomial, switches: set[int]) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for variable, exponent in right:
        powers[variable] = 1 if variable in switches else powers.get(variable, 0) + exponent
    return tuple(sorted(powers.items()))


def _is_constant(ratio: Ratio) -> bool:
    return all(monomial == () for polynomial in (ratio.over, ratio.under) for monomial in polynomial)


class Symbolic(Scalars):
    """Scalars that are quotients of polynomials.

    Whether something is above zero is a variable that is 0 or 1: both sides of a ReLU are proved at once.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.work = Work()
        self._variables = 0
        self._switched: list[tuple[Ratio, Ratio]] = []
        self._opaque: dict[tuple[str, int, Fraction | int], list[tuple[Any, Ratio]]] = {}

    def leaf(self, value: Fraction) -> Scalar:
        return self._variable(value)

    def _variable(self, value: Fraction | int) -> Ratio:
        self._variables += 1
        return Ratio({((self._variables, 1),): 1}, ONE, value, self.work)

    def inverse_plain(self, scalar: Scalar) -> Scalar:
        if not isinstance(scalar, Ratio):
            return super().inverse_plain(scalar)
        if not scalar.over or not scalar.value:
            raise BadPoint
        return Ratio(scalar.under, scalar.over, 1 / Fraction(scalar.value), self.work)

    def switch(self, scalar: Scalar) -> Scalar:
        plain = base(scalar)
        if not isinstance(plain, Ratio) or not plain.over or _is_constant(plain):
            return super().switch(scalar)
        for other, found in self._switched:
            if plain == other:
                return found
            if plain == -other:
                return 1 - found
        fresh = self._variable(1 if plain.value > 0 else 0)
        self.work.switches.add(self._variables)
        self._switched.append((plain, fresh))
        return fresh

    def above_zero(self, scalar: Scalar) -> bool:
        return bool((scalar.value if isinstance(scalar, Ratio) else scalar) > 0)

    def is_zero(self, scalar: Scalar) -> bool:
        while isinstance(scalar, Dual):
            scalar = scalar.value
        return not scalar.over if isinstance(scalar, Ratio) else bool(scalar == 0)

    def call(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        """An opaque variable, the same one for arguments proven equal."""
        if not isinstance(argument, Ratio):
            return super().call(rule, argument, order)
        if rule.name in ("log", "sqrt") and argument.value <= 0:
            raise BadPoint
        known = self._opaque.setdefault((rule.name, order, argument.value), [])
        for other, found in known:
            if argument == other:
                return found
        fresh = self._variable(self.oracle(rule, argument.value, order))
        known.append((argument, fresh))
        return fresh
