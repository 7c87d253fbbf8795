"""Matrices, bracketed lists and cases."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, Literal

from grader.symbolic import limits
from grader.symbolic.comparisons import Comparisons
from grader.symbolic.grammar import RELATIONS, Range, is_prose
from grader.symbolic.tokens import Token
from grader.symbolic.tree import (
    Apply,
    Branch,
    Cases,
    Dots,
    Indicator,
    Matrix,
    Node,
    Norm,
    Relation,
)
from grader.symbolic.vocabulary import CASES, MATRICES, words

DOTS: Final[dict[str, Literal["horizontal", "vertical", "diagonal"]]] = {
    "\\dots": "horizontal",
    "\\vdots": "vertical",
    "\\ddots": "diagonal",
}
_ENDS_ELEMENT: Final = words(") ] } \\} | \\| '")


class Arrays(Comparisons):
    """Reads what is laid out in rows and columns."""

    def environment(self) -> Node:
        """A matrix or cases environment."""
        name, place = self.peek().text, self.at
        if name not in MATRICES and name not in CASES:
            self.fail_here("unsupported", "this environment cannot stand inside a formula")
        inside = self.bracket()
        if name in CASES:
            return self.cases(inside, place)
        matrix = Matrix(self._rows(inside), span=self.span_from(place))
        if name == "vmatrix":
            return Apply("det", (matrix,), span=matrix.span)
        return Norm(matrix, span=matrix.span) if name == "Vmatrix" else matrix

    def rows(self, inside: Range) -> list[Range]:
        """The rows of an environment, without an empty last one."""
        found = self.pieces(*inside, "\\\\")
        return found[:-1] if len(found) > 1 and found[-1][0] == found[-1][1] else found

    def _rows(self, inside: Range) -> tuple[tuple[Node, ...], ...]:
        rows = [self.pieces(*row, "&") for row in self.rows(inside)]
        if sum(map(len, rows)) > limits.CELLS:
            self.fail(self.span_from(inside[0]), "too-long", f"a matrix of more than {limits.CELLS} cells")
        return tuple(self._row(row) for row in rows)

    def _row(self, cells: list[Range]) -> tuple[Node, ...]:
        dotted = any(self._dots(cell) for cell in cells)
        if dotted:
            return tuple(Dots() if start == stop else self.element((start, stop)) for start, stop in cells)
        return tuple(self.element(cell) for cell in cells)

    def _dots(self, cell: Range) -> bool:
        return cell[1] - cell[0] == 1 and self.tokens[cell[0]].text in DOTS

    def element(self, cell: Range) -> Node:
        """One cell: an expression or dots."""
        if self._dots(cell):
            token = self.tokens[cell[0]]
            return Dots(DOTS[token.text], span=token.span)
        return self.expression_in(cell)

    def square(self) -> Node:
        """``[ ... ]``: a list when something separates its elements, 1 or 0 for a condition, else an expression."""
        place = self.at
        inside = self.bracket()
        if self.holds(inside, frozenset(RELATIONS)):  # Iverson's bracket
            return Indicator(self.condition(*inside), span=self.span_from(place))
        commas = self.pieces(*inside, ",")
        if len(commas) == 1:
            commas = self._spaced_elements(inside)
        rows = self.pieces(*inside, "\\\\", ";")
        if len(rows) > 1:
            return Matrix(tuple(self._listed_row(row) for row in rows if row[0] < row[1]), span=self.span_from(place))
        if len(commas) == 1:
            return self.expression_in(inside)
        elements = [cell for cell in commas if cell[0] < cell[1]]
        if len(elements) > limits.CELLS:
            self.fail(self.span_from(place), "too-long", f"a list of more than {limits.CELLS} elements")
        return self._stacked(tuple(self.element(cell) for cell in elements), place)

    def _listed_row(self, row: Range) -> tuple[Node, ...]:
        cells = self.pieces(*row, ",", "&")
        return tuple(self.element(cell) for cell in (cells if len(cells) > 1 else self._spaced_elements(row)))

    def _stacked(self, elements: tuple[Node, ...], place: int) -> Node:
        """``[[1, 2], [3, 4]]`` is two rows; any other list is one row."""
        span = self.span_from(place)
        inner = [element.rows[0] for element in elements if isinstance(element, Matrix) and len(element.rows) == 1]
        bracketed = self.tokens[place + 1].text == "["
        if bracketed and len(inner) == len(elements) and len(set(map(len, inner))) == 1:
            return Matrix(tuple(inner), span=span)
        return Matrix((elements,), span=span)

    def _spaced_elements(self, inside: Range) -> list[Range]:
        """Elements separated by explicit spaces, by dots without operators, or numbers by plain spaces."""
        cuts: list[Range] = []
        begin = inside[0]
        places = list(self.outside(*inside))
        for before, place in pairwise(places):
            if self._parts(before, place, inside):
                gap = self.tokens[place].kind == "gap"
                cuts.append((begin, place))
                begin = place + 1 if gap else place
        return [*cuts, (begin, inside[1])]

    def _parts(self, before: int, place: int, inside: Range) -> bool:
        """True when a new element begins at ``place``."""
        last, token = self.tokens[max(before, self.partner[before])], self.tokens[place]
        if token.kind == "gap":
            return place + 1 < inside[1] and _ends(last) and self._begins(place + 1)
        if token.text in DOTS or last.text in DOTS:
            other = last if token.text in DOTS else token
            return other.kind != "gap" and (_ends(other) if other is last else self._begins(place))
        numeric = last.kind == "number" and token.spaced
        return numeric and (token.kind == "number" or (token.text == "-" and self._unary(place)))

    def _begins(self, place: int) -> bool:
        token = self.tokens[place]
        if token.text == "-":
            return self._unary(place)
        return token.kind in ("letter", "number", "text", "command", "begin") or token.text in ("(", "[", "{", "|")

    def _unary(self, place: int) -> bool:
        return place + 1 < len(self.tokens) and not self.tokens[place + 1].spaced and self.tokens[place + 1].kind != "gap"

    def cases(self, inside: Range, place: int) -> Node:
        """The branches of a cases environment, each a value and its condition."""
        rows = self.rows(inside)
        branches = tuple(self._branch(row, row == rows[-1]) for row in rows)
        return Cases(branches, span=self.span_from(place))

    def _branch(self, row: Range, last: bool) -> Branch:
        value, rule = self._halves(row)
        span = (self.tokens[row[0]].start, self.tokens[row[1] - 1].end) if row[0] < row[1] else self.span_from(row[0])
        if rule[0] == rule[1]:
            if not last:
                self.fail(span, "incomplete", "this case has no condition")
            return Branch(self.expression_in(self.trimmed(value)), Relation("otherwise"), span=span)
        return Branch(self.expression_in(self.trimmed(value)), self.condition(*rule), span=span)

    def _halves(self, row: Range) -> tuple[Range, Range]:
        cells = self.pieces(*row, "&")
        if len(cells) > 1:
            return cells[0], (cells[1][0], row[1])
        for place in self.outside(*row):
            token = self.tokens[place]
            if (token.kind == "text" and is_prose(token.text)) or token.text in (",", "\\quad"):
                return (row[0], place), (place + (token.kind != "text"), row[1])
        return row, (row[1], row[1])


def _ends(token: Token) -> bool:
    return (
        token.kind in ("letter", "number", "text", "end")
        or token.text in _ENDS_ELEMENT
        or (token.kind == "command" and token.text[1:].isalpha())
    )
