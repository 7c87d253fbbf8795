"""LaTeX to tree: the top of the precedence parser.

The grammar was written for the matrix calculus of deep learning. What it does not know it refuses, naming the place: a wrong
guess would be worse than none. See `grammar` for the precedences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from grader.symbolic import limits
from grader.symbolic.arrays import DOTS
from grader.symbolic.atoms import Atoms
from grader.symbolic.cursor import END
from grader.symbolic.fractions import is_operator
from grader.symbolic.grammar import ELEMENTWISE_DIVISION, LOOSE_OPERATORS, TIGHT_OPERATORS
from grader.symbolic.tree import Add, Dots, Negative, Node, Product, Quotient
from grader.symbolic.unread import Unread


class Parser(Atoms):
    """Reads one expression from its tokens."""

    def whole(self) -> Node:
        """The tree of all the tokens; raises `Unread` where they make no sense."""
        if self.peek() is END:
            self.fail_here("incomplete", "nothing stands here")
        tree = self.within(0, len(self.tokens), self.expression)
        if too_high([tree]):
            raise Unread(tree.span, "too-deep", "this formula is nested too deeply")
        return tree

    def expression(self) -> Node:
        """``[-] term ((+|-) term)*``, dots among the terms."""
        self.peek()
        place = self.at
        terms = [self.signed_term() if self.peek().text not in DOTS else self._dots_term()]
        while self.peek().text in ("+", "-") and self.peek().kind == "symbol":
            terms.append(self._next_term())
        return terms[0] if len(terms) == 1 else Add(tuple(terms), span=self.span_from(place))

    def _next_term(self) -> Node:
        place = self.at
        negative = self.take().text == "-"
        if self.peek().text in DOTS:
            return self._dots_term()
        term = self.signed_term()
        return Negative(term, span=self.span_from(place)) if negative else term

    def _dots_term(self) -> Node:
        token = self.take()
        return Dots(DOTS[token.text], span=token.span)

    def term(self) -> Node:
        """Products joined by ``\\odot`` and its like, from left to right."""
        place = self.at
        left = self.product()
        while self.peek().text in LOOSE_OPERATORS or self.peek().text == ELEMENTWISE_DIVISION:
            sign = self.take().text
            right = self._signed(self.product)
            if sign == ELEMENTWISE_DIVISION:
                left = Quotient(left, right, elementwise=True, span=self.span_from(place))
            else:
                left = Product(left, right, LOOSE_OPERATORS[sign], span=self.span_from(place))
        return left

    def _signed(self, rule: Callable[[], Node]) -> Node:
        """A product or factor that may carry a minus after an operator (``5 \\cdot -2``)."""
        place = self.at
        negative = self.accept("-")
        node = rule()
        return Negative(node, span=self.span_from(place)) if negative else node

    def product(self) -> Node:
        """Factors side by side or with ``\\cdot``, ``\\times``, ``*``, ``@``, ``/`` between them, from left to right."""
        place = self.at
        left = self._operand_of(self.factor(), place)
        while True:
            token = self.peek()
            if token.text in TIGHT_OPERATORS and token.kind != "text":
                left = self._multiplied(left, place)
            elif token.text in ("/", "\\div") and token.kind != "text":
                left = self._divided(left, place)
            elif self.starts_factor():
                left = self._juxtaposed(left, place)
            else:
                return left

    def factor(self) -> Node:
        """An atom with what follows it."""
        place = self.at
        with self.deeper():
            return self.postfix(self.atom(), place)

    def _multiplied(self, left: Node, place: int) -> Node:
        operator = TIGHT_OPERATORS[self.take().text]
        word = self.peek()
        if word.kind == "text" and word.text == "reshape" and self.peek(1).text == "(":
            self.take()
            return self.reshaped(left, place)
        right = self._signed(self.factor)
        if is_operator(right):
            right = self._operand_of(right, place)
        return Product(left, right, operator, span=self.span_from(place))

    def _divided(self, left: Node, place: int) -> Node:
        slash = self.at
        self.take()
        right = self._signed(self.factor)
        after = self.peek()
        glued = not after.spaced and (after.kind == "letter" or (after.kind == "command" and self.starts_factor()))
        if glued and not self.names.is_function(after.text.lstrip("\\")):
            self.fail((self.tokens[slash].start, after.end), "ambiguous", "what is below the slash? write 1/(2N) or (1/2)N")
        return Quotient(left, right, span=self.span_from(place))

    def _juxtaposed(self, left: Node, place: int) -> Node:
        if self.peek().kind == "number" and not (self.peek().text == "1" and self.peek(1).text in ("[", "\\{", "_")):
            self.fail_here("ambiguous", "a number right after a factor: a power, an index or a sign is missing")
        right = self.factor()
        if is_operator(right):
            return self._applied_operator(right, left, place)
        return Product(left, right, span=self.span_from(place))

    def _applied_operator(self, operator: Node, left: Node, place: int) -> Node:
        """``a \\frac{\\partial}{\\partial x} b`` acts on b; at the end it acts on the factor before it."""
        if self._operand_follows():
            return Product(left, self._operand_of(operator, place), span=self.span_from(place))
        if isinstance(left, Product) and left.operator == "juxtaposed":
            inner = self.filled(operator, left.right, True, (left.right.span[0], operator.span[1]))
            return Product(left.left, inner, span=self.span_from(place))
        return self.filled(operator, left, True, self.span_from(place))

    def _operand_follows(self) -> bool:
        return self.starts_factor() or self.peek().text in TIGHT_OPERATORS

    def _operand_of(self, node: Node, place: int) -> Node:
        """Give an operator what it acts on: the bracket after it, else the rest of the product."""
        if not is_operator(node):
            return node
        if self.peek().text == "\\cdot":
            self.take()
        if not self.starts_factor():
            self.fail(node.span, "incomplete", "nothing is differentiated here")
        bracketed = self.peek().text in ("(", "[")
        operand = self.factor() if bracketed else self.product()
        return self.filled(node, operand, False, self.span_from(place))


def too_high(trees: Iterable[Node]) -> bool:
    """True when some tree is higher than `limits.HEIGHT`; walks level by level."""
    level, height = list(trees), 0
    while level:
        height += 1
        if height > limits.HEIGHT:
            return True
        level = [child for node in level for child in node.children()]
    return False
