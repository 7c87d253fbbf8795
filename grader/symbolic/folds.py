"""Sums, products and maxima over indices."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from grader.symbolic.fractions import Fractions
from grader.symbolic.grammar import RELATIONS, Range
from grader.symbolic.tree import Binder, Fold, Name, Node, Relation, Span, Together

FoldKind = Literal["sum", "product", "max", "min"]


class Folds(Fractions):
    """Reads ``\\sum``, ``\\prod`` and functions with an index below them."""

    def fold(self, kind: FoldKind) -> Node:
        """A fold whose sign is the next token; its body is the whole term after it."""
        place = self.at
        self.take()
        below, above = self._limits()
        return self.folded(kind, below, above, place)

    def folded(self, kind: FoldKind, below: Range | None, above: Range | None, place: int) -> Node:
        """The fold over what stands below, up to what stands above; the body comes next."""
        binders, conditions = self._bound(below) if below else ((), ())
        if above:
            binders = self._bounded(binders, above)
        if not self.starts_factor() and self.peek().text not in ("-", "+"):
            self.fail(self.span_from(place), "incomplete", "nothing stands under this sign")
        body = self.signed_term()
        return Fold(kind, tuple(binders), body, tuple(conditions), span=self.span_from(place))

    def _limits(self) -> tuple[Range | None, Range | None]:
        below: Range | None = None
        above: Range | None = None
        while self.peek().text in ("_", "^") and self.peek().kind == "symbol":
            if self.take().text == "_":
                below = self._script()
            else:
                above = self._script()
        return below, above

    def _bound(self, below: Range) -> tuple[tuple[Binder, ...], tuple[Node, ...]]:
        """The indices bound below a sign, and the conditions on them."""
        before, self.letters_apart = self.letters_apart, True
        try:
            binders: list[Binder] = []
            conditions: list[Node] = []
            for part in self._parts_below(below):
                self._part(part, binders, conditions)
            return tuple(binders), tuple(conditions)
        finally:
            self.letters_apart = before

    def _parts_below(self, below: Range) -> list[Range]:
        start, stop = below
        if start < stop and self.tokens[start].text == "\\substack":
            start, stop = start + 2, stop - 1
        return [self.trimmed(part) for part in self.pieces(start, stop, ",", "\\\\") if part[0] < part[1]]

    def _part(self, part: Range, binders: list[Binder], conditions: list[Node]) -> None:
        if not any(self.tokens[place].text in RELATIONS for place in self.outside(*part)):
            for node in self.within(*part, lambda: self._units(None)):
                binders.append(Binder(self._index_name(node), span=node.span))
            return
        condition = self.condition(*part)
        for item in condition.conditions if isinstance(condition, Together) else (condition,):
            self._conditioned(item, binders, conditions)

    def _conditioned(self, item: Node, binders: list[Binder], conditions: list[Node]) -> None:
        """``i = 1`` binds i from 1; ``1 <= i`` and ``i <= n`` bound it; anything else is a condition on it."""
        if not isinstance(item, Relation) or item.left is None or item.right is None:
            self.fail(item.span, "unexpected", "no index stands here")
        bound = {binder.index for binder in binders}
        left = item.left.name if isinstance(item.left, Name) else ""
        right = item.right.name if isinstance(item.right, Name) else ""
        if item.operator == "=" and left and left not in bound:
            binders.append(Binder(left, item.right, span=item.span))
        elif item.operator == "<=" and right and not left:
            binders.append(Binder(right, item.left, span=item.span))
        elif item.operator == "<=" and binders and left == binders[-1].index and binders[-1].upper is None:
            binders[-1] = replace(binders[-1], upper=item.right)
        else:
            if not left:
                self.fail(item.span, "unexpected", "no index stands here")
            if left not in bound:
                binders.append(Binder(left, span=item.left.span))
            conditions.append(item)

    def _index_name(self, node: Node) -> str:
        if not isinstance(node, Name) or node.label:
            self.fail(node.span, "unexpected", "no index stands here")
        return node.name

    def _bounded(self, binders: tuple[Binder, ...], above: Range) -> tuple[Binder, ...]:
        """The upper bound given to each index; several bounds in their order."""
        pieces = self.pieces(*above, ",")
        uppers = [self.expression_in(piece) for piece in pieces]
        if not binders or len(uppers) not in (1, len(binders)):
            self.fail(self._range_span(above), "ambiguous", "this bound belongs to no index")
        lower = next((binder.lower for binder in binders if binder.lower is not None), None)
        bounds = uppers if len(uppers) == len(binders) else uppers * len(binders)
        return tuple(
            replace(binder, lower=binder.lower or lower, upper=upper) for binder, upper in zip(binders, bounds, strict=True)
        )

    def _range_span(self, inside: Range) -> Span:
        return (self.tokens[inside[0]].start, self.tokens[max(inside[0], inside[1] - 1)].end)
