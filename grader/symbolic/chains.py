"""Build chains ``a = b = c`` from the pieces of a display and read every side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from grader.symbolic.flatten import CHAINING, OPERATORS, flatten
from grader.symbolic.latex import Parser
from grader.symbolic.names import Names
from grader.symbolic.pieces import (
    Piece,
    begins_with_operator,
    cut,
    has_relation,
    is_inequality,
    is_shape_note,
    label_of,
    outside,
    trimmed,
)
from grader.symbolic.reading import Chain, Problem, Reading, Side
from grader.symbolic.tokens import Token
from grader.symbolic.traits import some
from grader.symbolic.tree import Binder, Gradient, Name, Node, Product, Span, Together
from grader.symbolic.unread import Unread

_Relation = Literal["=", ":=", "~", "prop"]
_RELATIONS: Final[dict[str, _Relation]] = {"=": "=", ":=": ":=", "~": "~", "prop": "prop"}
_SIMPLE: Final = 6
"""Tokens of a condition that follows another after a comma, without words of its own."""


@dataclass(slots=True)
class _Growing:
    """A chain under construction: the tokens of its sides."""

    sides: list[list[Token]] = field(default_factory=lambda: [[]])
    relations: list[_Relation] = field(default_factory=list)
    conditions: list[Node] = field(default_factory=list)
    notes: dict[int, tuple[Token, ...]] = field(default_factory=dict)
    label: str = ""
    continues: bool = False


class Chains:
    """Reads the tokens of one display."""

    def __init__(self, source: str, names: Names) -> None:
        self.source, self.names = source, names
        self.chains: list[_Growing] = []
        self.problems: list[Problem] = []

    def read(self, tokens: list[Token]) -> Reading:
        """All chains of a display, in order."""
        in_condition = False
        for piece in cut(flatten(tokens)):
            in_condition = self._piece(piece, in_condition)
        chains = tuple(self._finished(chain) for chain in self.chains)
        return Reading(self.source, tuple(chain for chain in chains if chain.sides), tuple(self.problems))

    def _piece(self, piece: Piece, in_condition: bool) -> bool:
        """Take in one piece; True when it was a condition."""
        label = label_of(piece)
        last = self.chains[-1] if self.chains else None
        if label is not None and last is not None:
            last.label = label
        elif last is not None and is_shape_note(piece):
            last.notes[len(last.sides) - 1] = piece.tokens
        elif self._is_condition(piece, in_condition):
            self._condition(piece)
            return True
        elif last is not None and self._goes_on(piece, last):
            self._extend(last, piece)
        else:
            self.chains.append(_Growing(continues=piece.texts[0] in CHAINING))
            self._extend(self.chains[-1], piece)
        return False

    def _is_condition(self, piece: Piece, in_condition: bool) -> bool:
        if "\\in" in piece.texts and "\\mathbb" in piece.texts:
            return False
        if piece.conditional:
            return bool(self.chains) or "\\dots" in piece.texts or not has_relation(piece)
        if not self.chains:
            return False
        if is_inequality(piece):
            return True
        return in_condition and piece.after == "," and len(piece.tokens) <= _SIMPLE

    def _condition(self, piece: Piece) -> None:
        try:
            condition = self._range(piece) or self._parser(piece.tokens).condition(0, len(piece.tokens))
        except Unread as unread:
            self.problems.append(unread.problem)
            return
        if not self.chains:
            self.chains.append(_Growing())
        self.chains[-1].conditions.extend(condition.conditions if isinstance(condition, Together) else (condition,))

    def _range(self, piece: Piece) -> Node | None:
        """``i = 1, \\dots, n`` as the index with its bounds."""
        if "\\dots" not in piece.texts or "=" not in piece.texts:
            return None
        equals, dots = piece.texts.index("="), piece.texts.index("\\dots")
        lower = self._parser(trimmed(piece.tokens[equals + 1 : dots])).whole()
        upper = self._parser(trimmed(piece.tokens[dots + 1 :])).whole()
        binders = [Binder(token.text, lower, upper, span=token.span) for token in piece.tokens[:equals] if token.kind == "letter"]
        if not binders:
            return None
        return binders[0] if len(binders) == 1 else Together(tuple(binders))

    def _goes_on(self, piece: Piece, last: _Growing) -> bool:
        """True when a piece continues the chain before it and begins no new one."""
        if not piece.row:
            return not last.sides[-1]
        if piece.texts[0] in CHAINING or not last.sides[-1] or last.sides[-1][-1].text in OPERATORS:
            return True
        return begins_with_operator(piece) and (piece.texts[0] != "-" or piece.aligned or not has_relation(piece))

    def _extend(self, chain: _Growing, piece: Piece) -> None:
        begin = 0
        for place in outside(piece.tokens):
            text = piece.tokens[place].text
            if text in CHAINING:
                chain.sides[-1].extend(piece.tokens[begin:place])
                if chain.sides[-1] or chain.relations:
                    chain.relations.append(_RELATIONS[CHAINING[text]])
                    chain.sides.append([])
                begin = place + 1
        chain.sides[-1].extend(piece.tokens[begin:])

    def _finished(self, chain: _Growing) -> Chain:
        sides = [
            self._side(tokens, chain.notes.get(place)) for place, tokens in enumerate(chain.sides) if tokens or chain.relations
        ]
        if sides and sides[0].tree is not None and self._is_differential(sides[0].tree):
            sides = [self._without_gradients(side) for side in sides]
        return Chain(tuple(sides), tuple(chain.relations), tuple(chain.conditions), chain.label, chain.continues)

    def _is_differential(self, tree: Node) -> bool:
        """``dL``: what follows is about small changes, and ``dX`` in it is no gradient."""
        return (
            isinstance(tree, Product)
            and tree.left == Name("d")
            and isinstance(tree.right, Name)
            and tree.right.name in self.names.losses
        )

    def _without_gradients(self, side: Side) -> Side:
        if side.tree is None or not some(side.tree, Gradient):
            return side
        shown = f"at `{side.source[:30]}`: differentials are not read: write derivatives, \\frac{{\\partial a}}{{\\partial b}}"
        self.problems.append(Problem(side.span, "unsupported", shown))
        return replace(side, tree=None)

    def _side(self, tokens: list[Token], note: tuple[Token, ...] | None) -> Side:
        content = trimmed(tokens)
        if not content:
            where = tokens[0].span if tokens else (0, 0)
            self.problems.append(Problem(where, "incomplete", "one side of this equation is empty"))
            return Side("", where, None)
        span = (content[0].start, max(token.end for token in content))
        source = self.source[span[0] : span[1]]
        if any(content[place].kind == "text" and " " in content[place].text for place in outside(content)):
            return Side(source, span, None, text=True)
        try:
            return self._understood(content, note, source, span)
        except Unread as unread:
            self.problems.append(unread.problem)
            return Side(source, span, None)

    def _understood(self, content: tuple[Token, ...], note: tuple[Token, ...] | None, source: str, span: Span) -> Side:
        member = next((place for place in outside(content) if content[place].text == "\\in"), None)
        body = content if member is None else trimmed(content[:member])
        self._refuse_number(body)
        shape = None if note is None else self._shape(note)
        if member is not None:
            shape = self._space(content[member + 1 :], span)
        tree = self._parser(body).whole()
        return Side(source, span, tree, shape)

    def _refuse_number(self, body: tuple[Token, ...]) -> None:
        """``x = y (1)`` at the end, without a wide space: an equation number or a factor?"""
        if len(body) < 4 or [token.text for token in body[-3::2]] != ["(", ")"] or body[-2].kind != "number":
            return
        plain = body[-3].spaced and self.source[body[-3].start] == "("
        if plain and body[-4].text not in OPERATORS and body[-4].kind != "text" and "." not in body[-2].text:
            raise Unread((body[-3].start, body[-1].end), "ambiguous", f"at `({body[-2].text})`: an equation number or a factor?")

    def _space(self, tokens: tuple[Token, ...], span: Span) -> tuple[Node, ...]:
        """The shape in ``\\mathbb{R}^{m \\times n}``."""
        texts = [token.text for token in tokens]
        real = [text for text in texts[:4] if text not in ("\\mathbb", "{", "}", "\\vec", "\\mathbf")]
        start = next((place for place, text in enumerate(texts) if text == "^"), len(texts))
        if (
            not real
            or real[0] not in ("R", "\\Re", "\\R")
            or not set(texts[:start]) <= {"\\mathbb", "\\vec", "\\mathbf", "{", "}", "R", "\\Re", "\\R"}
        ):
            raise Unread(
                span,
                "unsupported",
                f"at `{self.source[span[0] : span[1]][:30]}`: only \\mathbb{{R}}^{{m \\times n}} is read after \\in",
            )
        return self._shape(tokens[start + 1 :]) if start < len(texts) else ()

    def _shape(self, tokens: tuple[Token, ...]) -> tuple[Node, ...]:
        return self._parser(tokens).shape((0, len(tokens)))

    def _parser(self, tokens: tuple[Token, ...]) -> Parser:
        return Parser(self.source, list(tokens), self.names)
