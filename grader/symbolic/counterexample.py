"""Small numbers at which two formulas differ, so that a student can check by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from grader.symbolic.attempt import Attempt, Pair
from grader.symbolic.dual import Scalar
from grader.symbolic.evaluate import draw_point
from grader.symbolic.functions import Function
from grader.symbolic.points import Budget, Point
from grader.symbolic.scalars import BadPoint, HighPrecision, Scalars
from grader.symbolic.trials import Trials
from grader.symbolic.troubles import NoCase, SideTrouble, Trouble
from grader.symbolic.values import Array
from grader.symbolic.verdicts import Counterexample

SAMPLES = 6


class Concrete(Scalars):
    """Generic functions are taken to be x^2, for numbers that can be worked out by hand."""

    def oracle(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        if rule.kind != "generic":
            return super().oracle(rule, argument, order)
        return square(argument, order)


class ConcreteDigits(HighPrecision):
    """The same with exp and its like to many digits."""

    def oracle(self, rule: Function, argument: Scalar, order: int) -> Scalar:
        return square(argument, order)


def square(argument: Scalar, order: int) -> Scalar:
    """x^2 and its derivatives."""
    return (argument * argument, 2 * argument, 2)[order] if order <= 2 else 0


def find(trials: Trials, pair: Pair) -> Counterexample | None:
    """The first small point at which the sides differ in the declared layout; None if none of a few does."""
    for number in range(SAMPLES):
        for kind in (Concrete, ConcreteDigits):
            point = draw_point(trials.program, kind(number), "small", trials.seed * 100 + number)
            attempt = Attempt()
            convention = next(trials.conventions(pair))
            try:
                trials.visit(pair, convention, point, Budget(100_000), attempt)
            except (Trouble, SideTrouble, BadPoint, NoCase, IndexError):
                continue
            if point.scalars.met_smooth and kind is Concrete:
                continue
            if attempt.mismatch is not None and not attempt.mismatch.in_shape:
                return _told(trials, point, attempt)
    return None


def _told(trials: Trials, point: Point, attempt: Attempt) -> Counterexample:
    mismatch = attempt.mismatch
    assert mismatch is not None
    used = {name: _nested(value) for name, value in sorted(point.given.items())}
    generic = [name for name, function in trials.program.functions.items() if function.kind == "generic"]
    return Counterexample(
        values=used,
        indices=attempt.indices,
        functions=dict.fromkeys(generic, "x^2"),
        position=tuple(i + 1 for i in mismatch.position),
        seen=number_text(mismatch.seen),
        expected=number_text(mismatch.expected),
    )


def number_text(value: Any) -> str:
    """A fraction, or six significant digits."""
    if isinstance(value, int | Fraction):
        return str(value)
    return f"{float(value):.6g}"


def _nested(value: Array) -> object:
    texts = [_plain(item) for item in value.items]
    if len(value.shape) < 2:
        return texts if value.shape else texts[0]
    width = value.shape[-1]
    return [texts[k : k + width] for k in range(0, len(texts), width)]


def _plain(item: Any) -> object:
    if isinstance(item, int):
        return item
    if isinstance(item, Fraction):
        return str(item)
    return int(item) if item == int(item) else float(item)
