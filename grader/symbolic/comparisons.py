"""Conditions: comparisons, ``and`` and ``or`` between them, ``otherwise``, and words around them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from grader.symbolic.grammar import RELATIONS, Range, is_prose
from grader.symbolic.scripts import Scripts
from grader.symbolic.tokens import Token, tokenize
from grader.symbolic.tree import Binder, Either, Name, Negative, Node, Relation, Together
from grader.symbolic.vocabulary import CONDITIONAL, OTHERWISE


class Comparisons(Scripts):
    """Reads the conditions of cases, sums and indicators."""

    def trimmed(self, inside: Range) -> Range:
        """A range without gaps around it and the marks of a sentence behind it."""
        start, stop = inside
        while start < stop and (self.tokens[stop - 1].text in (",", ".", ";", ":") or self.tokens[stop - 1].kind == "gap"):
            stop -= 1
        while start < stop and self.tokens[start].kind == "gap":
            start += 1
        return (start, stop)

    def condition(self, start: int, stop: int) -> Node:
        """``i = k, j \\ne l``, ``\\text{otherwise}``, ``1 \\le i \\le n``, ``i = 1 \\text{ or } j = 1``, or a bare index."""
        start, stop = self.trimmed((start, stop))
        choices = self._cut_at(start, stop, self._is_or)
        if len(choices) > 1 and all(first < last for first, last in choices):
            return Either(tuple(self.condition(*choice) for choice in choices), span=self.span_from(start))
        parts = [self.trimmed(part) for part in self._conjuncts(start, stop)]
        found = [self._one(part) for part in parts if part[0] < part[1]]
        if not found:
            self.fail(self.span_from(max(start - 1, 0)), "incomplete", "a condition is missing")
        flat = tuple(item for node in found for item in (node.conditions if isinstance(node, Together) else (node,)))
        return flat[0] if len(flat) == 1 else Together(flat, span=(flat[0].span[0], flat[-1].span[1]))

    def _conjuncts(self, start: int, stop: int) -> list[Range]:
        return self._cut_at(start, stop, self._is_and)

    def _cut_at(self, start: int, stop: int, cuts: Callable[[Token], bool]) -> list[Range]:
        parts, begin = list[Range](), start
        for place in self.outside(start, stop):
            if cuts(self.tokens[place]):
                parts.append((begin, place))
                begin = place + 1
        return [*parts, (begin, stop)]

    @staticmethod
    def _is_and(token: Token) -> bool:
        word = token.text.strip(" ,").lower() if token.kind == "text" else ""
        return token.text in (",", "\\wedge", "&", "\\forall") or word in ("and", "and if", "for all") or token.kind == "gap"

    @staticmethod
    def _is_or(token: Token) -> bool:
        return token.text == "\\vee" or (token.kind == "text" and token.text.strip(" ,").lower() in ("or", "or if"))

    def _one(self, part: Range) -> Node:
        token = self.tokens[part[0]]
        if token.kind == "text" and is_prose(token.text):
            return self._worded(token, part)
        signs = [place for place in self.outside(*part) if self.tokens[place].text in RELATIONS]
        if not signs:
            name = self.expression_in(part)
            if not isinstance(name, Name):
                self.fail(name.span, "unexpected", "this is no condition")
            return Binder(name.name, span=name.span)
        return self._related(part, signs)

    def _worded(self, token: Token, part: Range) -> Node:
        """A condition that begins with words, or is written inside ``\\text{...}``."""
        words = token.text.strip().rstrip(".,;").strip()
        if words.lower() in OTHERWISE:
            return Relation("otherwise", span=token.span)
        first, _, rest = words.partition(" ")
        if part[1] - part[0] > 1 and (words.lower() in CONDITIONAL or words.lower() in ("if and only if", "for all")):
            return self.condition(part[0] + 1, part[1])
        if rest and part[1] - part[0] == 1 and first.lower() in CONDITIONAL:
            begin = self.source.find(rest, token.start, token.end)
            if begin >= 0 and rest.lower() not in OTHERWISE:
                return self._inner_condition(begin, begin + len(rest))
        return self.fail(token.span, "unexpected", "these words are no condition")

    def _inner_condition(self, begin: int, end: int) -> Node:
        tokens = [token for token in tokenize(self.source, begin, end) if token.text != "$"]
        inner = type(self)(self.source, tokens, self.names)
        inner.depth = self.depth
        with inner.deeper():
            return inner.condition(0, inner.stop)

    def _related(self, part: Range, signs: list[int]) -> Node:
        edges = [part[0] - 1, *signs, part[1]]
        sides = [self._member((left + 1, right)) for left, right in pairwise(edges)]
        relations = [
            self._relation(left, right, self.tokens[place]) for (left, right), place in zip(pairwise(sides), signs, strict=True)
        ]
        return relations[0] if len(relations) == 1 else Together(tuple(relations), span=(sides[0].span[0], sides[-1].span[1]))

    def _member(self, part: Range) -> Node:
        start, stop = part
        if start < stop and self.tokens[start].text == "-" and stop - start == 2:
            return Negative(self.expression_in((start + 1, stop)), span=self.tokens[start].span)
        return self.expression_in(part)

    def _relation(self, left: Node, right: Node, token: Token) -> Relation:
        sign = RELATIONS[token.text]
        span = (left.span[0], right.span[1])
        for known in ("=", "!=", "<", ">", "<=", ">=", "in"):
            if sign == known:
                return Relation(known, left, right, span=span)
        return self.fail(token.span, "unexpected", "this is no relation")
