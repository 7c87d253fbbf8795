"""What the parts of the LaTeX grammar share: the rules they call in one another, and small tests of tokens.

Precedence, loosest first: sums; ``\\odot \\otimes \\circ \\oslash``; juxtaposition, ``\\cdot``, ``\\times``, ``*``, ``@``
and ``/`` from left to right; powers, indices and primes. Each part of the grammar is one class, stacked into `latex.Parser`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from grader.symbolic import limits
from grader.symbolic.cursor import Cursor
from grader.symbolic.literals import too_large
from grader.symbolic.names import Names
from grader.symbolic.tokens import Token
from grader.symbolic.tree import Negative, Node, Number, Operator, Power, Span
from grader.symbolic.vocabulary import ACCENTS, CONDITIONAL, FACES, OTHERWISE, SEPARATING, words

Range: TypeAlias = tuple[int, int]
"""Places of the first token and of the one after the last."""

FILLED: Final[dict[str, Literal["zeros", "ones", "identity"]]] = {"\\0": "zeros", "\\1": "ones", "\\I": "identity"}
"""The bases of bold 0, 1 and I, which no name can have."""

RELATIONS: Final = {
    "=": "=", ":=": "=", "\\equiv": "=", "\\neq": "!=", "!=": "!=", "<": "<", ">": ">", "\\leq": "<=", "\\geq": ">=",
    "\\in": "in",
}  # fmt: skip
INEQUALITIES: Final = frozenset({"<", ">", "\\leq", "\\geq", "\\neq"})
LOOSE_OPERATORS: Final[dict[str, Operator]] = {"\\odot": "hadamard", "\\circ": "composed", "\\otimes": "kronecker"}
ELEMENTWISE_DIVISION: Final = "\\oslash"
TIGHT_OPERATORS: Final[dict[str, Operator]] = {"\\cdot": "dot", "\\times": "times", "*": "star", "@": "matmul"}
_NOT_A_FACTOR: Final = (
    words("\\dots \\vdots \\ddots \\wedge \\vee \\implies \\gets \\to \\approx \\propto \\forall \\quad \\evaluated \\div")
    | frozenset(RELATIONS)
    | frozenset({*LOOSE_OPERATORS, ELEMENTWISE_DIVISION})
    | frozenset(TIGHT_OPERATORS)
    | frozenset({"\\}", "\\rfloor", "\\rceil", "\\rangle", "\\not", "\\pm", "\\mp"})
)


@dataclass(frozen=True, slots=True)
class Bare:
    """A name before its indices are looked at; ``loose`` when its argument may follow without brackets (``\\log p``)."""

    base: str
    span: Span
    loose: bool = False


Atom: TypeAlias = Node | Bare


class Grammar(Cursor, ABC):
    """A cursor that knows the declared names, and the rules every part may call."""

    def __init__(self, source: str, tokens: list[Token], names: Names) -> None:
        super().__init__(source, tokens)
        self.names = names
        self.letters_apart = False
        self.accents: list[str] = []

    @abstractmethod
    def expression(self) -> Node:
        """A signed sum."""

    @abstractmethod
    def term(self) -> Node:
        """A product with ``\\odot`` and its like."""

    @abstractmethod
    def product(self) -> Node:
        """Factors side by side."""

    @abstractmethod
    def factor(self) -> Node:
        """An atom with its powers, indices, primes and arguments."""

    @abstractmethod
    def atom(self) -> Atom:
        """One name, number, group, matrix, fraction, sum or function word."""

    @abstractmethod
    def postfix(self, atom: Atom, place: int) -> Node:
        """What follows an atom that began at ``place``."""

    @abstractmethod
    def condition(self, start: int, stop: int) -> Node:
        """A condition of a case, a sum or an indicator."""

    def expression_in(self, inside: Range) -> Node:
        """An expression that fills a range of tokens."""
        if inside[0] >= inside[1]:
            self.fail(self.span_from(max(inside[0] - 1, 0)), "incomplete", "nothing stands in here")
        return self.within(*inside, self.expression)

    def signed_term(self) -> Node:
        """A term with an optional sign, as it may stand after an operator."""
        place = self.at
        sign = self.accept("-")
        if not sign:
            self.accept("+")
        node = self.term()
        return Negative(node, span=self.span_from(place)) if sign else node

    def argument(self) -> Range:
        """The range of the next argument of a command: a group, or one token with its accent or typeface."""
        if self.peek().text == "{" and self.peek().kind == "symbol":
            return self.bracket()
        start = self.at
        while self.peek().text in FACES or self.peek().text in ACCENTS:
            self.at += 1
        if self.peek().text == "{":
            self.bracket()
        else:
            self.take()
        return (start, self.at)

    def texts(self, inside: Range) -> str:
        """The tokens of a range joined, without backslashes and braces: the form an index has in a declared name."""
        return "".join(token.text.lstrip("\\") for token in self.tokens[slice(*inside)] if token.text not in ("{", "}"))

    def holds(self, inside: Range, wanted: frozenset[str] | dict[str, str]) -> bool:
        """True when one of these tokens stands in a range outside its brackets."""
        return any(self.tokens[place].text in wanted for place in self.outside(*inside))

    def number(self, token: Token) -> Number:
        """An exact number; refuses what is too long to compute with."""
        mantissa, _, power = token.text.lower().partition("e")
        if len(mantissa) > limits.DIGITS or abs(int(power[:6] or 0)) > limits.EXPONENT:
            self.fail(token.span, "number-too-long", f"a number of more than {limits.DIGITS} digits")
        return Number(Fraction(mantissa.rstrip(".")) * Fraction(10) ** int(power or 0), span=token.span)

    def power(self, base: Node, exponent: Node, span: Span, elementwise: bool = False) -> Node:
        """A power; refuses literal exponents that would make numbers explode."""
        if too_large(base, exponent):
            self.fail(span, "exponent-too-large", f"an exponent above {limits.EXPONENT}")
        return Power(base, exponent, elementwise, span=span)

    def starts_factor(self) -> bool:
        """True when the next token can begin a factor (also one that will turn out to be unknown)."""
        token = self.peek()
        if token.kind in ("letter", "number", "begin"):
            return True
        if token.kind == "text":
            return not is_prose(token.text)
        if token.kind == "command":
            return token.text not in _NOT_A_FACTOR
        return token.kind == "symbol" and token.text in ("(", "[", "{", "\\{", "|", "\\|")


def is_prose(text: str) -> bool:
    """True for words of a sentence, False for a name or function set upright."""
    word = text.strip().rstrip(".,;:").strip().lower()
    prose = word in SEPARATING or word in CONDITIONAL or word in OTHERWISE
    return prose or not word or any(mark in text.strip() for mark in ' ,;:()$?!"')
