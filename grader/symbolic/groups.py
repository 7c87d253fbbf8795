"""Brackets of every kind around an expression."""

from __future__ import annotations

from abc import abstractmethod

from grader.symbolic.grammar import Atom
from grader.symbolic.named import Named
from grader.symbolic.tree import (
    Add,
    Indicator,
    Negative,
    Node,
)


class Groups(Named):
    """Reads what stands in brackets."""

    @abstractmethod
    def group_content(self) -> Atom:
        """What stands in braces: one name, which takes the scripts after the braces, or an expression."""

    def bracketed(self) -> Atom:
        token = self.peek()
        if token.text == "(":
            return self._round()
        if token.text == "[":
            return self.square()
        if token.text == "{":
            return self._group()
        if token.text == "\\{":
            return self._curly()
        if token.text == "\\|" or (token.text == "|" and self.bars()):
            return self.norm()
        if token.text == "|":
            return self.absolute()
        if token.text == "":
            self.fail_here("incomplete", "something is missing here")
        return self.fail_here("unexpected", "not expected here")

    def _round(self) -> Node:
        place = self.at
        inequality = self.is_inequality()
        inside = self.bracket()
        if inequality:
            return Indicator(self.condition(*inside), span=self.span_from(place))
        if len(self.pieces(*inside, ",")) > 1:
            self.fail(
                self.span_from(place), "ambiguous", "a list in round brackets: write [ ... ] for a row, [ ... ]^T for a column"
            )
        return self.expression_in(inside)

    def _group(self) -> Atom:
        place = self.at
        inside = self.bracket()
        if inside[0] >= inside[1]:
            return self.atom()
        found = self.within(*inside, self.group_content)
        if isinstance(found, Add | Negative) and not self._alone(place):
            self.fail(self.span_from(place), "ambiguous", "these braces are not printed: write ( )")
        return found

    def _alone(self, place: int) -> bool:
        """True when a brace group is all of a term, so that its missing bracket changes nothing."""
        before = self.tokens[place - 1] if place else None
        first = before is None or before.text in ("+", "{", "(", "[", "=", ",", "&") or before.kind == "begin"
        return first and (self.at >= self.stop or self.peek().text in ("+", "-"))

    def _curly(self) -> Node:
        """``\\{`` around one expression, or before the rows of cases."""
        place = self.at
        following = self.peek(1)
        if following.kind == "begin" and self.partner[self.at] < 0:
            self.take()
            inside = self.bracket()
            return self.cases(inside, place)
        inside = self.bracket()
        if len(self.pieces(*inside, ",")) > 1:
            self.fail(self.span_from(place), "unsupported", "sets are not read")
        return self.expression_in(inside)
