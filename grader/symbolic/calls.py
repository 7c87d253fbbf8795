"""Functions and their arguments, norms and absolute values, filled arrays and indicators."""

from __future__ import annotations

from typing import Final, Literal

from grader.symbolic.folds import FoldKind, Folds
from grader.symbolic.grammar import INEQUALITIES, RELATIONS, Bare, Range
from grader.symbolic.scripts import Script
from grader.symbolic.tree import (
    Absolute,
    Apply,
    Entry,
    Filled,
    Indicator,
    Name,
    Node,
    Norm,
    Product,
    Reduce,
    Reshape,
    Span,
)
from grader.symbolic.vocabulary import ACCENTS, FACES, GREEK, REDUCERS

_FOLDING: Final[dict[str, FoldKind]] = {"max": "max", "min": "min", "sum": "sum", "prod": "product"}
_WHOLE: Final = frozenset({"tr", "trace", "Tr", "det"})
_REDUCING: Final[dict[str, Literal["sum", "mean", "max", "prod"]]] = {"sum": "sum", "mean": "mean", "max": "max", "prod": "prod"}
_BRACKETS: Final = ("(", "[", "\\{")


class Calls(Folds):
    """Reads what applies to arguments."""

    def called(self, bare: Bare, scripts: list[Script], place: int) -> Node:
        """A function with the scripts that stand between it and its arguments."""
        function = self.names.function_name(bare.base)
        indexed = [script for script in scripts if script.what == "index"]
        if indexed and function in _FOLDING:
            above = next((script.inside for script in scripts if script.what == "power"), None)
            return self.folded(_FOLDING[function], indexed[0].inside, above, place)
        function = self._labelled(function, scripts)
        if function == "log" and indexed:
            function, indexed = self._logarithm(indexed[0].inside), []
        if any(script.what in ("inverse", "transpose", "star") for script in scripts):
            self.fail(self.span_from(place), "unsupported", "an inverse function is not read: write the inverse of its value")
        arguments = self._arguments(bare, function)
        primes = sum(script.what == "prime" for script in scripts)
        node = self._applied(function, arguments, primes, place)
        for script in indexed:
            node = Entry(node, self.indices(script.inside, None), span=self.span_from(place))
        return self.scripted(node, [script for script in scripts if script.what in ("power", "elementwise")], place)

    def _labelled(self, function: str, scripts: list[Script]) -> str:
        label = ",".join(script.label for script in scripts if script.what == "label")
        return f"{function}^{label}" if label else function

    def _logarithm(self, inside: Range) -> str:
        base = self.texts(inside)
        if base not in ("2", "10", "e"):
            self.fail(self._range_span(inside), "unsupported", "logarithms to this base are not read")
        return "ln" if base == "e" else f"log{base}"

    def has_arguments(self, bare: Bare) -> bool:
        """True when the next token begins the arguments of this function."""
        if self.peek().kind == "symbol" and self.peek().text in _BRACKETS[: 3 if bare.loose else 2]:
            return True
        return bare.loose and self.starts_factor()

    def _arguments(self, bare: Bare, function: str) -> list[Node | tuple[str, str]]:
        """The arguments; a keyword such as ``axis=0`` is a pair."""
        if self.peek().kind == "symbol" and self.peek().text in _BRACKETS:
            place, opening = self.at, self.peek().text
            inside = self.bracket()
            if opening == "[" and inside[1] - inside[0] == 1 and self.peek().text == "(":
                self.fail(self.span_from(place), "ambiguous", "the argument or a power?")
            pieces = self.pieces(*inside, ",")
            return [self._argument_of(piece, function) for piece in pieces]
        return [self._operand(function)]

    def _argument_of(self, piece: Range, function: str) -> Node | tuple[str, str]:
        signs = [place for place in self.outside(*piece) if self.tokens[place].text in RELATIONS]
        if function in REDUCERS and len(signs) == 1 and self.tokens[signs[0]].text == "=":
            return (self.texts((piece[0], signs[0])), self.texts((signs[0] + 1, piece[1])))
        if signs:
            return Indicator(self.condition(*piece), span=self._range_span(piece))
        return self.expression_in(piece)

    def _operand(self, function: str) -> Node:
        """An argument without brackets: one factor and the plain names after it; for a trace the whole product."""
        place = self.at
        with self.deeper():
            node = self.factor()
            while self.starts_factor() and (function in _WHOLE or self._plain_name()):
                node = Product(node, self.factor(), span=self.span_from(place))
        return node

    def _plain_name(self) -> bool:
        token = self.peek()
        if token.kind == "letter":
            return not self.names.is_function(token.text) and not (token.text == "d" and self.inline_d())
        greek = token.text[1:] in GREEK and not self.names.is_function(token.text[1:])
        return token.kind == "command" and (greek or token.text in ACCENTS or token.text in FACES)

    def _applied(self, function: str, given: list[Node | tuple[str, str]], primes: int, place: int) -> Node:
        span = self.span_from(place)
        arguments = tuple(item for item in given if isinstance(item, Node))
        keywords = dict(item for item in given if isinstance(item, tuple))
        if function in _REDUCING and len(arguments) == 1 and not primes:
            return self._reduced(_REDUCING[function], arguments[0], keywords, span)
        if keywords:
            self.fail(span, "unsupported", "these named arguments are not read")
        return Apply(function, arguments, primes, span=span)

    def _reduced(self, kind: Literal["sum", "mean", "max", "prod"], operand: Node, keywords: dict[str, str], span: Span) -> Node:
        axis, keep = keywords.pop("axis", None), keywords.pop("keepdims", "0")
        if keywords or (axis is not None and axis not in ("0", "1", "-1")) or keep not in ("0", "1", "True", "False"):
            self.fail(span, "unsupported", "these named arguments are not read")
        return Reduce(kind, operand, None if axis is None else int(axis), keep in ("1", "True"), span=span)

    def norm(self) -> Node:
        """``\\|w\\|`` or ``||w||``, with its order below."""
        place, double = self.at, self.peek().text == "|"
        start = place + (2 if double else 1)
        stop = next((at for at in self.outside(start, self.stop) if self._bars(at, double)), None)
        if stop is None:
            self.fail_here("unclosed", "this norm is never closed")
        operand = self.expression_in((start, stop))
        self.at = stop + (2 if double else 1)
        scripts = self.scripts(named=False)
        order = next((self.texts(script.inside) for script in scripts if script.what == "index"), "2")
        order = {"infty": "inf", "F": "F", "Fro": "F"}.get(order, order)
        if order not in ("1", "2", "inf", "F"):
            self.fail(self.span_from(place), "unsupported", "this norm is not known")
        node = Norm(operand, order, span=self.span_from(place))
        return self.scripted(node, [script for script in scripts if script.what != "index"], place)

    def bars(self) -> bool:
        """True when two bars begin here, side by side."""
        return self._bars(self.at, True)

    def _bars(self, place: int, double: bool) -> bool:
        if not double:
            return self.tokens[place].text == "\\|"
        pair = self.tokens[place : min(place + 2, self.stop)]
        return len(pair) == 2 and all(token.text == "|" for token in pair) and not pair[1].spaced

    def absolute(self) -> Node:
        """``|x|``."""
        place = self.at
        stop = next((at for at in self.outside(place + 1, self.stop) if self.tokens[at].text == "|"), None)
        if stop is None:
            self.fail_here("unclosed", "this bar is never closed")
        operand = self.expression_in((place + 1, stop))
        self.at = stop + 1
        return Absolute(operand, span=self.span_from(place))

    def filled_array(self, kind: Literal["zeros", "ones", "identity"], scripts: list[Script], place: int) -> Node:
        """``\\mathbf 0``, ``\\mathbf 1``, ``I``: with a shape below, or as an indicator of a condition."""
        below = next((script.inside for script in scripts if script.what == "index"), None)
        if kind != "zeros" and below is not None and self._conditional(below):
            return Indicator(self.condition(*self._unwrapped(below)), span=self.span_from(place))
        token = self.peek()
        if kind != "zeros" and below is None and token.kind == "symbol" and token.text in (*_BRACKETS, "{"):
            inside = (self.at + 1, max(self.at + 1, self.partner[self.at]))
            if self.holds(inside, frozenset(RELATIONS)):
                return Indicator(self.condition(*self.bracket()), span=self.span_from(place))
        shape = self.shape(below) if below is not None else ()
        if kind == "identity" and len(shape) == 1:
            shape = (shape[0], shape[0])
        return Filled(kind, shape, span=self.span_from(place))

    def _conditional(self, inside: Range) -> bool:
        return self.holds(self._unwrapped(inside), frozenset(RELATIONS))

    def _unwrapped(self, inside: Range) -> Range:
        start, stop = inside
        while stop - start > 1 and self.tokens[start].text in ("{", "\\{", "[", "(") and self.partner[start] == stop - 1:
            start, stop = start + 1, stop - 1
        return (start, stop)

    def shape(self, inside: Range) -> tuple[Node, ...]:
        """Dimensions separated by ``\\times`` or commas."""
        return tuple(self.expression_in(piece) for piece in self.pieces(*self._unwrapped(inside), "\\times", ","))

    def reshaped(self, operand: Node, place: int) -> Node:
        """``.reshape(n, m)`` after its operand; the word was read."""
        inside = self.bracket()
        pieces = self.pieces(*inside, ",")
        fortran = self.texts(pieces[-1]).replace("order=", "").strip("'\"") == "F"
        shape = tuple(self.expression_in(piece) for piece in (pieces[:-1] if fortran else pieces))
        return Reshape(operand, shape, "F" if fortran else "C", span=self.span_from(place))

    def is_dependence(self, name: str) -> bool:
        """True when round brackets after a variable list what it depends on (``L(w)``, ``x_3(W_2, b_2)``)."""
        start, stop = self.at + 1, self.partner[self.at]
        if stop < 0:
            return False
        if any(self.tokens[at].text in (",", ";") for at in self.outside(start, stop)):
            return True
        plain = not self.holds((start, stop), frozenset({"+", "-", "=", "*", "\\cdot"}) | INEQUALITIES)
        named = any(token.kind in ("letter", "command", "text") for token in self.tokens[start:stop])
        return name in self.names.losses and plain and named

    def is_inequality(self) -> bool:
        """True when the bracket here holds ``z > 0``, an indicator by another name."""
        return self.holds((self.at + 1, max(self.at + 1, self.partner[self.at])), INEQUALITIES)

    def loss_gradient(self, name: Name, inside: Range) -> Node | None:
        """The single variable in ``\\nabla L(w)``; None when there are several."""
        node = self.expression_in(inside) if not self.holds(inside, frozenset({",", ";"})) else None
        return node if name.name in self.names.losses else None
