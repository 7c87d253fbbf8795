"""How large a number written in powers would be, without computing it."""

from __future__ import annotations

from typing import Final

from grader.symbolic import limits
from grader.symbolic.tree import Negative, Node, Number, Power

BITS: Final = 4_096
"""Of a literal power: 9^99 has 314."""


def bits(node: Node) -> int:
    """The length in bits of a number written out of literals and powers; 0 when a name is in it."""
    if isinstance(node, Negative):
        return bits(node.operand)
    if isinstance(node, Number):
        return max(node.value.numerator.bit_length(), node.value.denominator.bit_length())
    if isinstance(node, Power):
        exponent = literal(node.exponent)
        return 0 if exponent is None else bits(node.base) * exponent
    return 0


def literal(node: Node) -> int | None:
    """The size of a literal exponent, rounded up; None when it is none."""
    if isinstance(node, Negative):
        return literal(node.operand)
    if isinstance(node, Number):
        return abs(int(node.value)) + 1
    if isinstance(node, Power):
        base, exponent = literal(node.base), literal(node.exponent)
        return None if base is None or exponent is None else int(min(base, 99) ** min(exponent, 99))
    return None


def too_large(base: Node, exponent: Node) -> bool:
    """True for a power that no honest formula needs."""
    size = literal(exponent)
    return size is not None and (size > limits.EXPONENT + 1 or bits(base) * size > BITS)
