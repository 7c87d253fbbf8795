"""Fractions, and the derivatives that are written as fractions."""

from __future__ import annotations

from dataclasses import dataclass

from grader.symbolic.arrays import Arrays
from grader.symbolic.grammar import Range
from grader.symbolic.tree import Derivative, Negative, Node, Number, Power, Quotient, Span


@dataclass(frozen=True, slots=True)
class Hole(Node):
    """The place of the operand of ``\\frac{\\partial}{\\partial x}``, until it is read."""


class Fractions(Arrays):
    """Reads ``\\frac`` and ``\\partial a / \\partial b``."""

    def fraction(self) -> Node:
        """``\\frac`` with its two arguments, as a quotient or a derivative."""
        place = self.at
        self.take()
        over, under = self.argument(), self.argument()
        negative = over[0] < over[1] and self.tokens[over[0]].text == "-" and self._differential((over[0] + 1, over[1]))
        upper = (over[0] + 1, over[1]) if negative else over
        if self._differential(upper) and self._differential(under):
            node = self.derivative(upper, under, self.span_from(place))
            return Negative(node, span=node.span) if negative else node
        for part in (over, under):
            if part[0] < part[1] and self.tokens[part[0]].text == "\\partial":
                self.fail(self.span_from(place), "unsupported", "a derivative needs its sign above and below the line")
        return Quotient(self.expression_in(over), self.expression_in(under), span=self.span_from(place))

    def _differential(self, inside: Range) -> bool:
        """True when a range begins with the sign of a derivative: ``\\partial``, or a d before a name."""
        start, stop = inside
        if start >= stop:
            return False
        sign = self.tokens[start]
        if sign.text == "\\partial":
            return True
        after = self.tokens[start + 1].text if start + 1 < stop else ""
        return sign.text == "d" and sign.kind == "letter" and after not in ("_", "/", "\\times", "\\cdot", "+", "-", "*", "'")

    def derivative(self, over: Range, under: Range, span: Span) -> Node:
        """The derivative whose upper and lower parts begin with their sign; the operand is a `Hole` when none is there."""
        sign = self.tokens[over[0]].text
        if self.tokens[under[0]].text != sign:
            self.fail(span, "unsupported", "two kinds of d in one derivative")
        start, order = self._order(over)
        of: Node = Hole() if start >= over[1] else self.expression_in((start, over[1]))
        wrts = [self._wrt(part, order) for part in self._denominators(under, sign)]
        if len(wrts) == 1:
            return Derivative(of, wrts[0], order, sign == "d", span=span)
        if len(wrts) != order:
            self.fail(span, "unsupported", "the orders above and below the line differ")
        for wrt in reversed(wrts):
            of = Derivative(of, wrt, 1, sign == "d", span=span)
        return of

    def _order(self, over: Range) -> tuple[int, int]:
        start = over[0] + 1
        if start >= over[1] or self.tokens[start].text != "^":
            return start, 1
        at, self.at = self.at, start + 1
        inside = self.argument()
        after, self.at = self.at, at
        number = self.expression_in(inside)
        if not isinstance(number, Number) or number.value not in (1, 2):
            self.fail(number.span, "unsupported", "derivatives above the second are not read")
        return after, int(number.value)

    def _denominators(self, under: Range, sign: str) -> list[Range]:
        cuts = [
            under[0],
            *(place for place in self.outside(under[0] + 1, under[1]) if self.tokens[place].text == sign and sign != "d"),
        ]
        return [(begin + 1, end) for begin, end in zip(cuts, [*cuts[1:], under[1]], strict=True)]

    def _wrt(self, part: Range, order: int) -> Node:
        node = self.expression_in(part)
        if order > 1 and isinstance(node, Power):
            return node.base
        return node

    def inline(self) -> Node:
        """``\\partial a / \\partial b`` in one line, ``dL/dx``, and ``\\partial_b a``."""
        place = self.at
        sign = self.take().text
        if sign == "\\partial" and self.accept("_"):
            return self._below(place)
        order_end, order = self._order((place, self.stop))
        self.at = order_end
        of: Node = Hole() if self.peek().text == "/" else self.factor()
        if not self.accept("/") or not self.accept(sign):
            self.fail(
                self.span_from(place), "unsupported", "a derivative is written over its variable: \\partial a / \\partial b"
            )
        wrt = self.factor()
        if order > 1 and isinstance(wrt, Power):
            wrt = wrt.base
        return Derivative(of, wrt, order, sign == "d", span=self.span_from(place))

    def _below(self, place: int) -> Node:
        """``\\partial_w L``: the variable below the sign."""
        wrt = self.expression_in(self.argument())
        of = self.factor() if self.starts_factor() else Hole()
        return Derivative(of, wrt, span=self.span_from(place))

    def inline_d(self) -> bool:
        """True when ``dL/dx`` begins here: a d, a name, a slash, a d, a name."""
        place = self._name_end(self.at + 1)
        slash = place is not None and place < self.stop and self.tokens[place].text == "/"
        return slash and place is not None and self._letter(place + 1, "d") and self._name_end(place + 2) is not None

    def _letter(self, place: int, letter: str) -> bool:
        return place < self.stop and self.tokens[place].text == letter and self.tokens[place].kind == "letter"

    def _name_end(self, place: int) -> int | None:
        """The place after a name with its scripts that begins at ``place``; None when no name does."""
        if place >= self.stop:
            return None
        token = self.tokens[place]
        if token.kind != "letter" and not (
            token.kind == "command" and token.text not in ("\\partial", "\\frac", "\\cdot", "\\times")
        ):
            return place if token.text == "/" else None
        place += 1
        while place < self.stop and (
            self.tokens[place].text in ("_", "^", "{", "'") or self.tokens[place - 1].text in ("_", "^")
        ):
            place = max(place, self.partner[place]) + 1
        return place

    def filled(self, operator: Node, operand: Node, trailing: bool, span: Span) -> Node:
        """An operator with its operand put in."""
        if isinstance(operator, Negative):
            return Negative(self.filled(operator.operand, operand, trailing, span), span=span)
        if not isinstance(operator, Derivative):
            return operand
        of = operand if isinstance(operator.of, Hole) else self.filled(operator.of, operand, trailing, span)
        return Derivative(of, operator.wrt, operator.order, operator.total, trailing, span=span)


def is_operator(node: Node) -> bool:
    """True for a derivative whose operand is still to come."""
    while isinstance(node, Derivative | Negative):
        node = node.of if isinstance(node, Derivative) else node.operand
    return isinstance(node, Hole)
