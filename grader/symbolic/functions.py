"""Scalar functions that formulas apply entry by entry, each with its derivative rule.

A rule says how the slope follows from the argument and the value, so that ``sigma'(x)`` and ``sigma(x)(1 - sigma(x))`` agree
even where ``sigma`` is an unknown function (a random oracle). Generic functions have no rule: each of their derivatives is an
unknown of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from grader.symbolic.dual import Dual, Scalar


class Arithmetic(Protocol):
    """What rules for slopes need of the scalars' arithmetic."""

    def switch(self, scalar: Scalar) -> Scalar:
        """1 above zero, else 0."""

    def inverse(self, scalar: Scalar) -> Scalar:
        """One over the scalar."""

    def apply(self, rule: Function, argument: Scalar, order: int = 0) -> Scalar:
        """The function, or its derivative of this order, at the argument."""


Slope: TypeAlias = Callable[[Arithmetic, Scalar, Scalar], Scalar]
"""(arithmetic, argument, value of the function there) -> slope."""


@dataclass(frozen=True, slots=True)
class Function:
    """``kind`` says what is special: ``kink`` is decided by a sign, ``smooth`` needs many digits, ``generic`` is unknown."""

    name: str
    kind: Literal["kink", "smooth", "generic"]
    slope: Slope | None = None
    positive: bool = False
    """Whether all values are positive (exp, sigmoid, square root)."""


def _relu_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.switch(argument)


def _sign(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return 2 * work.switch(argument) - 1


def _flat(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return 0


def _itself(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return value


def _sigmoid_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return value * (1 - value)


def _tanh_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return 1 - value * value


def _log_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.inverse(argument)


def _sqrt_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.inverse(2 * value)


def _softplus_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.apply(FUNCTIONS["sigmoid"], argument)


def _sine_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.apply(FUNCTIONS["cos"], argument)


def _cosine_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return -work.apply(FUNCTIONS["sin"], argument)


def _sinh_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.apply(FUNCTIONS["cosh"], argument)


def _cosh_slope(work: Arithmetic, argument: Scalar, value: Scalar) -> Scalar:
    return work.apply(FUNCTIONS["sinh"], argument)


_TABLE = (
    Function("relu", "kink", _relu_slope),
    Function("abs", "kink", _sign),
    Function("sign", "kink", _flat),
    Function("step", "kink", _flat),
    Function("exp", "smooth", _itself, positive=True),
    Function("log", "smooth", _log_slope),
    Function("sqrt", "smooth", _sqrt_slope, positive=True),
    Function("sigmoid", "smooth", _sigmoid_slope, positive=True),
    Function("tanh", "smooth", _tanh_slope),
    Function("softplus", "smooth", _softplus_slope, positive=True),
    Function("sin", "smooth", _sine_slope),
    Function("cos", "smooth", _cosine_slope),
    Function("sinh", "smooth", _sinh_slope),
    Function("cosh", "smooth", _cosh_slope, positive=True),
)
FUNCTIONS: dict[str, Function] = {rule.name: rule for rule in _TABLE}

SPELLINGS: dict[str, str] = {
    "ReLU": "relu",
    "Relu": "relu",
    "relu": "relu",
    "maximum0": "relu",
    "exp": "exp",
    "ln": "log",
    "log": "log",
    "sqrt": "sqrt",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "Sigmoid": "sigmoid",
    "softplus": "softplus",
    "sin": "sin",
    "cos": "cos",
    "sinh": "sinh",
    "cosh": "cosh",
    "step": "step",
    "heaviside": "step",
    "abs": "abs",
    "sign": "sign",
    "sgn": "sign",
    "sigm": "sigmoid",
    "expit": "sigmoid",
}
"""How built-in functions are written; ``log`` means the natural logarithm."""


def generic(name: str) -> Function:
    """An unknown function: nothing but its name is known."""
    return Function(name, "generic")


def differentiated(work: Arithmetic, rule: Function, argument: Scalar, order: int) -> Scalar:
    """The derivative of this order at the argument, by the rule (order 0 is the function itself)."""
    if rule.kind == "generic" or order == 0:
        return work.apply(rule, argument, order)
    if order == 1:
        return _first(work, rule, argument)
    tag = 1_000 + order
    inner = differentiated(work, rule, Dual(tag, argument, {0: 1}), order - 1)
    return inner.partials.get(0, 0) if isinstance(inner, Dual) and inner.tag == tag else 0


def _first(work: Arithmetic, rule: Function, argument: Scalar) -> Scalar:
    assert rule.slope is not None
    return rule.slope(work, argument, work.apply(rule, argument))
