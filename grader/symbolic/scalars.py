"""Arithmetic on the scalars of one evaluation: exact rationals with oracles, or 60 digits.

`Scalars` knows what is common (derivatives of functions, powers, signs); the back ends know how to call a function at a
plain number.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any

from grader.symbolic.dual import Dual, Scalar, base
from grader.symbolic.functions import FUNCTIONS, Function, differentiated
from grader.symbolic.troubles import OverBudget

MAX_EXPONENT = 16
MAX_BITS = 20_000
"""Longest numerator or denominator of an exact number; beyond it the work is refused."""


class BadPoint(Exception):
    """A division by zero or a logarithm of nothing at this point: another point is drawn."""


class Scalars:
    """The arithmetic of exact rationals; unknown and transcendental functions are random oracles, one value per argument."""

    exact = True

    def __init__(self, seed: int) -> None:
        """``assumed`` becomes true once a result rests on a drawn one-hot vector, which is no proof."""
        self.seed = seed
        self.kinks: dict[str, set[bool]] = {}
        self.site = ""
        self.met_smooth = False
        self.assumed = False
        self._oracle: dict[tuple[str, int, Any], Scalar] = {}

    def number(self, value: Fraction) -> Scalar:
        """A literal as a scalar."""
        return value.numerator if value.denominator == 1 else value

    def inverse(self, scalar: Scalar) -> Scalar:
        """One over the scalar."""
        if isinstance(scalar, Dual):
            value = self.inverse(scalar.value)
            return scalar.chain(value, -value * value)
        return self.inverse_plain(scalar)

    def inverse_plain(self, scalar: Scalar) -> Scalar:
        """One over a scalar without derivative parts."""
        if scalar == 0:
            raise BadPoint
        value = Fraction(1) / scalar
        if _bits(value) > MAX_BITS:
            raise OverBudget("numbers_too_long")
        return value.numerator if value.denominator == 1 else value

    def power(self, scalar: Scalar, exponent: Scalar) -> Scalar:
        """A power with a whole or half exponent, or through exp and log."""
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            exponent = exponent.numerator
        if isinstance(exponent, int):
            return self._whole_power(scalar, exponent)
        if isinstance(exponent, Fraction) and exponent.denominator == 2:
            return self._whole_power(self.apply(FUNCTIONS["sqrt"], scalar), exponent.numerator)
        return self.apply(FUNCTIONS["exp"], exponent * self.apply(FUNCTIONS["log"], scalar))

    def _whole_power(self, scalar: Scalar, exponent: int) -> Scalar:
        if abs(exponent) > MAX_EXPONENT:
            raise OverBudget("exponent_too_large", exponent=exponent)
        plain = base(scalar)
        if isinstance(plain, int | Fraction) and _bits(plain) * abs(exponent) > MAX_BITS:
            raise OverBudget("numbers_too_long")
        result: Scalar = 1
        for _ in range(abs(exponent)):
            result = result * scalar
        return self.inverse(result) if exponent < 0 else result

    def apply(self, rule: Function, argument: Scalar, order: int = 0) -> Scalar:
        """The function (or, for a generic one, its derivative of this order) at the argument."""
        if isinstance(argument, Dual):
            value = self.apply(rule, argument.value, order)
            slope = differentiated(self, rule, argument.value, order + 1) if rule.kind == "generic" else None
            if slope is None:
                assert rule.slope is not None
                slope = rule.slope(self, argument.value, value)
            return argument.chain(value, slope)
        if rule.kind == "kink":
            return self._kink(rule.name, argument)
        if rule.kind == "smooth":
            self.met_smooth = True
        return self.call(rule, argument, order)

    def _kink(self, name: str, argument: Scalar) -> Scalar:
        switch = self.switch(argument)
        if name == "relu":
            return argument * switch
        if name == "abs":
            return argument * (2 * switch - 1)
        if name == "sign":
            return 0 if self.is_zero(argument) else 2 * switch - 1
        return switch

    def switch(self, scalar: Scalar) -> Scalar:
        """1 above zero, else 0; a scalar like any other, so that a proof can leave it open."""
        return 1 if self.is_positive(scalar) else 0

    def is_positive(self, scalar: Scalar) -> bool:
        """Whether the scalar is above zero; both answers are to be met at every place that asks."""
        answer = self.above_zero(base(scalar))
        self.kinks.setdefault(self.site, set()).add(answer)
        return answer

    def above_zero(self, scalar: Scalar) -> bool:
        """The bare comparison, not counted as a branch."""
        return bool(scalar > 0)

    def is_zero(self, scalar: Scalar) -> bool:
        """Whether the scalar (without derivative parts) is zero."""
        return bool(base(scalar) == 0)

    def call(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        """A smooth or generic function at a plain number: known special values, else an oracle's answer."""
        known = _special(rule.name, argument) if rule.kind == "smooth" else None
        return known if known is not None else self.oracle(rule, argument, order)

    def oracle(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        """The same random rational whenever the same function is asked at the same argument."""
        key = (rule.name, order, self.key(argument))
        if key not in self._oracle:
            drawn = draw(self.seed, key)
            self._oracle[key] = Fraction(abs(drawn) + 1, 1_000_003) if rule.positive else Fraction(drawn or 1, 101)
        return self._oracle[key]

    def key(self, argument: Scalar) -> Any:
        """What tells arguments apart."""
        return argument

    def leaf(self, value: Fraction) -> Scalar:
        """A drawn value of a given array as a scalar."""
        return self.number(value)


def _bits(value: int | Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def draw(seed: int, key: tuple[str, int, Any]) -> int:
    """A number in -999996..999996 that depends on nothing but its arguments (strings enter by their bytes)."""
    name = int.from_bytes(key[0].encode()[:64], "little")
    return hash((seed, name, key[1], key[2])) % 1_999_993 - 999_996


_SPECIAL: dict[tuple[str, int], int | Fraction] = {
    ("exp", 0): 1,
    ("log", 1): 0,
    ("sigmoid", 0): Fraction(1, 2),
    ("tanh", 0): 0,
    ("sqrt", 0): 0,
    ("sqrt", 1): 1,
    ("sin", 0): 0,
    ("cos", 0): 1,
    ("sinh", 0): 0,
    ("cosh", 0): 1,
}


def _special(name: str, argument: Any) -> Scalar | None:
    if name == "log" and argument <= 0:
        raise BadPoint
    if name == "sqrt":
        return _root(Fraction(argument))
    if argument in (0, 1):
        return _SPECIAL.get((name, int(argument)))
    return None


def _root(value: Fraction) -> Fraction | int | None:
    if value < 0:
        raise BadPoint
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return root if root * root == value else None


@cache
def _digits() -> Any:
    from mpmath import MPContext

    context = MPContext()
    context.dps = 60
    return context


class HighPrecision(Scalars):
    """60 decimal digits, for identities of exp and log; generic functions stay oracles, keyed by 40 digits."""

    exact = False

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.context = _digits()
        c = self.context
        self._calls: dict[str, Callable[[Scalar], Scalar]] = {
            "exp": c.exp,
            "log": c.log,
            "sqrt": c.sqrt,
            "tanh": c.tanh,
            "sin": c.sin,
            "cos": c.cos,
            "sinh": c.sinh,
            "cosh": c.cosh,
            "sigmoid": lambda x: 1 / (1 + c.exp(-x)),
            "softplus": lambda x: c.log(1 + c.exp(x)),
        }

    def number(self, value: Fraction) -> Scalar:
        return value.numerator if value.denominator == 1 else self.lift(value)

    def lift(self, value: int | Fraction) -> Scalar:
        """A rational number to 60 digits."""
        exact = Fraction(value)
        return self.context.mpf(exact.numerator) / exact.denominator

    def inverse_plain(self, scalar: Scalar) -> Scalar:
        if abs(scalar) < 1e-50:
            raise BadPoint
        return self.context.mpf(1) / scalar

    def call(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        if rule.kind == "generic":
            return self.oracle(rule, argument, order)
        if abs(argument) > 10_000 and rule.name in ("exp", "sigmoid", "softplus", "sinh", "cosh"):
            raise BadPoint
        if (rule.name in ("log", "sqrt") and argument < 0) or (rule.name == "log" and argument == 0):
            raise BadPoint
        return self._calls[rule.name](self.context.mpf(argument))

    def key(self, argument: Scalar) -> Any:
        return int(self.context.nint(argument * 10**40))

    def power(self, scalar: Scalar, exponent: Scalar) -> Scalar:
        plain = base(exponent)
        if not isinstance(exponent, Dual) and not isinstance(plain, int) and plain * 2 == int(plain * 2):
            return super().power(scalar, Fraction(int(plain * 2), 2))
        return super().power(scalar, exponent)

    def oracle(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        return self.lift(super().oracle(rule, argument, order))
