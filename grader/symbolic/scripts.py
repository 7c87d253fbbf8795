"""Superscripts and subscripts: powers, transposes, labels of layers and steps, indices."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from grader.symbolic.grammar import Grammar, Range
from grader.symbolic.tokens import Token
from grader.symbolic.tree import Add, Inverse, Negative, Node, Number, Product, Slice, Span, Transpose
from grader.symbolic.vocabulary import GREEK

What: TypeAlias = Literal["index", "label", "transpose", "inverse", "power", "elementwise", "prime", "star"]


@dataclass(frozen=True, slots=True)
class Script:
    """One thing that stands above or below; ``inside`` is its range, ``label`` its text."""

    what: What
    inside: Range
    label: str = ""


_TRANSPOSED: Final = frozenset({"T", "\\top"})
_WHOLE_AXIS: Final = frozenset({":", "\\cdot", "*", "\\circ"})


class Scripts(Grammar):
    """Reads what stands above and below an atom."""

    def scripts(self, named: bool, base: str = "") -> list[Script]:
        """All scripts that follow, in the order written; ``named`` when they follow a bare name."""
        found: list[Script] = []
        while True:
            if self.accept("'"):
                found.append(Script("prime", (self.at - 1, self.at)))
            elif self.accept("_"):
                found.append(Script("index", self._script()))
                self._refuse_unbraced(found[-1].inside)
            elif self.accept("^"):
                found.extend(self._above(self._script(), named, base))
            else:
                return found

    def _refuse_unbraced(self, inside: Range) -> None:
        """``x_ij`` prints j on the line, and was hardly meant so."""
        index, after = self.tokens[inside[0]], self.peek()
        glued = after.kind == "letter" and after.start == index.end and inside[1] - inside[0] == 1 and index.kind == "letter"
        if glued and not self.names.declares(after.text) and self.peek(1).text not in ("_", "^", "(", "'"):
            self.fail((index.start - 1, after.end), "ambiguous", "two letters below the line need braces: { }")

    def _script(self) -> Range:
        start, token = self.at, self.peek()
        if token.text in ("(", "[") and token.kind == "symbol":
            self.bracket()
            return (start, self.at)
        if token.text in ("-", "+") and self.peek(1).kind in ("number", "letter"):
            self.at += 2
            return (start, self.at)
        if token.kind == "number" and len(token.text) > 1:
            self.fail(token.span, "ambiguous", "more than one digit above or below the line needs braces: { }")
        return self.argument()

    def _above(self, inside: Range, named: bool, base: str) -> list[Script]:
        """What a superscript says, in the order to be applied."""
        start, stop = inside
        while stop - start > 1 and self.tokens[stop - 1].text in ("}", ","):
            if self.tokens[stop - 1].text == "}" and self.tokens[start].text == "{":
                start += 1
            stop -= 1
        last = self.tokens[stop - 1] if stop > start else None
        if last is not None and last.text in _TRANSPOSED and "T" not in self.names.labels:
            rest = self._rest((start, stop - 1))
            if rest[0] == rest[1]:
                return [Script("transpose", inside)]
            if self.texts(rest) == "-":
                return [Script("inverse", inside), Script("transpose", inside)]
            label = self._label(rest, named, base)
            if label:
                return [Script("label", rest, label), Script("transpose", inside)]
        if last is not None and last.text == "'":
            return self._primed((start, stop), named, base)
        return [self._plain(inside, named, base)]

    def _rest(self, inside: Range) -> Range:
        start, stop = inside
        while stop > start and (self.tokens[stop - 1].text in (",", "{", "\\vec", "^")):
            stop -= 1
        return (start, stop)

    def _primed(self, inside: Range, named: bool, base: str) -> list[Script]:
        start, stop = inside
        primes = list[Script]()
        while stop > start and self.tokens[stop - 1].text == "'":
            stop -= 1
            primes.append(Script("prime", (stop, stop + 1)))
        if start == stop:
            return primes
        return [self._plain((start, stop), named, base), *primes]

    def _plain(self, inside: Range, named: bool, base: str) -> Script:
        text = self.texts(inside)
        if text in ("*", "star"):
            return Script("star", inside)
        if text == "-1" and base != "e":
            return Script("inverse", inside)
        label = self._label(inside, named, base)
        if label:
            return Script("label", inside, label)
        if inside[1] - inside[0] > 1 and self.tokens[inside[0]].text in ("\\circ", "\\odot"):
            return Script("elementwise", (inside[0] + 1, inside[1]))
        return Script("power", inside)

    def _label(self, inside: Range, named: bool, base: str) -> str:
        """``[l]``, ``(t)`` and declared labels, without their brackets; "" when it is none."""
        start, stop = inside
        if not named or stop <= start:
            return ""
        first = self.tokens[start]
        if first.kind == "symbol" and first.text in ("[", "(") and self.partner[start] == stop - 1:
            content = (start + 1, stop - 1)
            plain = all(self._in_label(token) for token in self.tokens[slice(*content)])
            return self.texts(content) if plain and (first.text == "[" or base != "e") else ""
        text = self.texts(inside)
        return text if text in self.names.labels else ""

    @staticmethod
    def _in_label(token: Token) -> bool:
        greek = token.kind == "command" and token.text[1:] in GREEK
        return greek or token.kind in ("letter", "number", "text") or token.text in ("+", "-", ",")

    def indices(self, inside: Range, axes: int | None) -> tuple[Node, ...]:
        """The indices of a subscript: ``ij`` are two, so are ``i,j+1``, and ``12`` when the array has two axes."""
        start, stop = inside
        if start < stop and self.tokens[start].text in ("(", "[", "{") and self.partner[start] == stop - 1:
            return self.indices((start + 1, stop - 1), axes)
        if start == stop:
            self.fail(self.span_from(max(start - 1, 0)), "incomplete", "an empty subscript")
        before, self.letters_apart = self.letters_apart, True
        try:
            return self._listed(inside, axes)
        finally:
            self.letters_apart = before

    def _listed(self, inside: Range, axes: int | None) -> tuple[Node, ...]:
        pieces = self.pieces(*inside, ",")
        if len(pieces) > 1:
            return tuple(index for piece in pieces for index in self._between_commas(piece, len(pieces)))
        only = self.tokens[inside[0]]
        if inside[1] - inside[0] == 1 and only.kind == "number" and len(only.text) == axes == 2:
            return tuple(Number(Fraction(int(digit)), span=only.span) for digit in only.text)
        if inside[1] - inside[0] == 1:
            return (self._index(inside),)
        return tuple(self.within(*inside, lambda: self._units(axes)))

    def _between_commas(self, inside: Range, count: int) -> list[Node]:
        """``ki`` and ``n:`` behind the number of a layer (``W_{2,ki}``) are two indices; else what stands there is one."""
        tokens = self.tokens[slice(*inside)]
        if count == 2 and len(tokens) == 2 and all(token.kind == "letter" or token.text == ":" for token in tokens):
            return self.within(*inside, lambda: self._units(None))
        return [self._index(inside)]

    def _index(self, inside: Range) -> Node:
        only = self.tokens[inside[0]] if inside[1] - inside[0] == 1 else None
        if only is not None and only.text in _WHOLE_AXIS and only.kind != "text":
            return Slice(span=only.span)
        return self.expression_in(inside)

    def _units(self, axes: int | None) -> list[Node]:
        """Indices written without commas: each a letter or number, with what is added to it."""
        units: list[Node] = []
        while self.at < self.stop:
            place = self.at
            if self.peek().text == ":":
                self.take()
                units.append(Slice(span=self.span_from(place)))
                continue
            sign = self.accept("-")
            unit = self.factor()
            if isinstance(unit, Number) and axes == 1 and self.starts_factor():
                unit = Product(unit, self.factor(), span=self.span_from(place))
            terms = [Negative(unit, span=unit.span) if sign else unit, *self._added()]
            units.append(terms[0] if len(terms) == 1 else Add(tuple(terms), span=self.span_from(place)))
        return units

    def _added(self) -> list[Node]:
        terms: list[Node] = []
        while self.peek().text in ("+", "-"):
            negative = self.take().text == "-"
            term = self.factor()
            terms.append(Negative(term, span=term.span) if negative else term)
        return terms

    def scripted(self, node: Node, scripts: list[Script], place: int) -> Node:
        """Apply transposes, inverses and powers, in the order written."""
        span: Span = self.span_from(place)
        for script in scripts:
            if script.what == "transpose":
                node = Transpose(node, span=span)
            elif script.what == "inverse":
                node = Inverse(node, span=span)
            elif script.what in ("power", "elementwise"):
                node = self.power(node, self.expression_in(script.inside), span, script.what == "elementwise")
            else:
                self.fail(self._script_span(script), "unsupported", "this superscript has no meaning here")
        return node

    def _script_span(self, script: Script) -> Span:
        start, stop = script.inside
        return (self.tokens[start].start, self.tokens[max(start, stop - 1)].end)
