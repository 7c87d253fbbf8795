"""What the two Python spellings of mathematics share: spans in characters, arithmetic, names and numbers.

Python's own parser makes the syntax tree; nothing is compiled or run, and every node not on the white list is refused.
"""

from __future__ import annotations

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from grader.symbolic import limits
from grader.symbolic.latex import too_high
from grader.symbolic.literals import too_large
from grader.symbolic.names import Names
from grader.symbolic.python_source import parsed
from grader.symbolic.reading import Chain, Problem, Reading, Side
from grader.symbolic.tree import (
    Add,
    Entry,
    Indicator,
    Inverse,
    Matrix,
    Negative,
    Node,
    Number,
    Power,
    Relation,
    Slice,
    Span,
    Together,
    Transpose,
)
from grader.symbolic.unread import Unread
from grader.symbolic.vocabulary import words

_RELATIONS: Final = {ast.Eq: "=", ast.NotEq: "!=", ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">="}


class PythonStyle(ABC):
    """Turns a syntax tree into statements and trees; subclasses know the functions of their library."""

    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names
        lead = len(text) - len(text.lstrip("\n" if "\n" in text.strip() else None))
        self.rows = [0]
        for row in text[lead:].split("\n"):
            self.rows.append(self.rows[-1] + len(row) + 1)
        self.rows = [row + lead for row in self.rows]
        self.problems: list[Problem] = []

    def statements(self) -> Reading:
        """Every line that states something: an expression, an assignment or a return."""
        chains = [self._statement(line) for line in parsed(self.text).body]
        return Reading(self.text, tuple(chain for chain in chains if chain is not None), tuple(self.problems))

    def _statement(self, line: ast.stmt) -> Chain | None:
        if isinstance(line, ast.Expr):
            return self.stated(line.value)
        if isinstance(line, ast.Return) and line.value is not None:
            return self.stated(line.value)
        if isinstance(line, ast.Assign):
            return self.chain([*line.targets, line.value])
        self._note(self.refusal(line, "only expressions and assignments are read"))
        return None

    def stated(self, value: ast.expr) -> Chain:
        """An expression as a chain of one side, or of two for an equation."""
        if isinstance(value, ast.Compare) and all(isinstance(sign, ast.Eq) for sign in value.ops):
            return self.chain([value.left, *value.comparators])
        return self.chain([value])

    def chain(self, parts: list[ast.expr]) -> Chain:
        sides = tuple(self._side(part) for part in parts)
        return Chain(sides, tuple("=" for _ in sides[1:]))

    def _side(self, part: ast.expr) -> Side:
        span = self.span(part)
        source = self.text[span[0] : span[1]]
        try:
            tree = self.node(part)
            if too_high([tree]):
                raise Unread(span, "too-deep", "this formula is nested too deeply")
            return Side(source, span, tree)
        except Unread as unread:
            self._note(unread)
            return Side(source, span, None)

    def _note(self, unread: Unread) -> None:
        if len(self.problems) < limits.PROBLEMS:
            self.problems.append(unread.problem)

    def span(self, item: ast.AST) -> Span:
        """The characters an item was written with."""
        return (
            self._place(getattr(item, "lineno", 1), getattr(item, "col_offset", 0)),
            self._place(getattr(item, "end_lineno", 1), getattr(item, "end_col_offset", 0)),
        )

    def _place(self, line: int, column: int) -> int:
        begin = self.rows[min(line - 1, len(self.rows) - 1)]
        if self.text.isascii():
            return begin + column
        row = self.text[begin : self.rows[min(line, len(self.rows) - 1)]]
        return begin + len(row.encode()[:column].decode(errors="ignore"))

    def refusal(self, item: ast.AST, text: str) -> Unread:
        span = self.span(item)
        shown = self.text[span[0] : min(span[1], span[0] + 30)]
        return Unread(span, "unsupported", f"at `{shown}`: {text}")

    def node(self, item: ast.expr) -> Node:
        """The tree of an expression."""
        rules: dict[type[ast.expr], Callable[..., Node]] = {
            ast.Constant: self.constant,
            ast.Name: self.named,
            ast.BinOp: self.operation,
            ast.UnaryOp: self.signed,
            ast.Compare: self.comparison,
            ast.BoolOp: self.joined,
            ast.Call: self.call,
            ast.Attribute: self.attribute,
            ast.Subscript: self.subscript,
            ast.List: self.listed,
            ast.IfExp: self.chosen,
        }
        rule = rules.get(type(item))
        if rule is None:
            raise self.refusal(item, "this construct is not read")
        return rule(item)

    @abstractmethod
    def operation(self, item: ast.BinOp) -> Node:
        """Two operands with a sign between them."""

    @abstractmethod
    def call(self, item: ast.Call) -> Node:
        """A function or method with its arguments."""

    @abstractmethod
    def index(self, item: ast.expr) -> Node:
        """One index between square brackets."""

    def chosen(self, item: ast.IfExp) -> Node:
        """``a if condition else b``; refused unless a library says otherwise."""
        raise self.refusal(item, "this construct is not read")

    def constant(self, item: ast.Constant) -> Node:
        source = self.text[slice(*self.span(item))].strip().replace("_", "")
        if (
            isinstance(item.value, bool)
            or not isinstance(item.value, int | float)
            or not re.fullmatch(r"[0-9.]+(?:[eE][-+]?[0-9]+)?", source)
        ):
            raise self.refusal(item, "not a number")
        mantissa, _, power = source.lower().partition("e")
        if abs(int(power or 0)) > limits.EXPONENT:
            raise self.refusal(item, f"an exponent above {limits.EXPONENT}")
        return Number(Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(power or 0), span=self.span(item))

    def named(self, item: ast.Name) -> Node:
        """A variable: as declared, ``W1`` for ``W_1``, ``y_hat`` for ``yhat``, the entry's letter for its array."""
        name = item.id
        spellings = (name, self.names.numbered(name) or "", re.sub(r"_(hat|bar|tilde)\b", r"\1", name))
        for spelling in spellings:
            if (
                spelling
                and self.names.declares(spelling)
                and not (spelling in self.names.entries and spelling not in self.names.shapes)
            ):
                return self.names.node(spelling, "", self.span(item))
        return self.names.node(self.names.entries.get(name, name), "", self.span(item))

    def signed(self, item: ast.UnaryOp) -> Node:
        if isinstance(item.op, ast.USub):
            return Negative(self.node(item.operand), span=self.span(item))
        if isinstance(item.op, ast.UAdd):
            return self.node(item.operand)
        raise self.refusal(item, "this sign is not read")

    def added(self, item: ast.BinOp) -> Node:
        """A sum flattened from the left, walking down its left spine without recursion."""
        terms: list[Node] = []
        left: ast.expr = item
        while (
            isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub) and (left is item or not self._bracketed(left))
        ):
            right = self.node(left.right)
            terms.append(right if isinstance(left.op, ast.Add) else Negative(right, span=right.span))
            left = left.left
        return Add((self.node(left), *reversed(terms)), span=self.span(item))

    def _bracketed(self, item: ast.expr) -> bool:
        """True when round brackets stand right around an item, which its own span leaves out."""
        start, end = self.span(item)
        return self.text[:start].rstrip().endswith("(") and self.text[end:].lstrip().startswith(")")

    def power(self, item: ast.BinOp, elementwise: bool) -> Node:
        base, exponent = self.node(item.left), self.node(item.right)
        if too_large(base, exponent):
            raise self.refusal(item, f"an exponent above {limits.EXPONENT}")
        if not elementwise and isinstance(exponent, Negative) and exponent.operand == Number(Fraction(1)):
            return Inverse(base, span=self.span(item))
        return Power(base, exponent, elementwise, span=self.span(item))

    def condition(self, item: ast.expr) -> Node:
        """A comparison, or several joined by ``and`` or ``&``."""
        node = self.node(item)
        if isinstance(node, Indicator):
            return node.condition
        raise self.refusal(item, "a condition was expected")

    def comparison(self, item: ast.Compare) -> Node:
        operands = [item.left, *item.comparators]
        found: list[Node] = []
        for left, sign, right in zip(operands, item.ops, operands[1:], strict=False):
            found.append(self._compared(item, left, sign, right))
        condition = found[0] if len(found) == 1 else Together(tuple(found), span=self.span(item))
        return Indicator(condition, span=self.span(item))

    def _compared(self, item: ast.Compare, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Relation:
        word = _RELATIONS.get(type(sign))
        for known in ("=", "!=", "<", ">", "<=", ">="):
            if word == known:
                return Relation(known, self.node(left), self.node(right), span=self.span(item))
        raise self.refusal(item, "this comparison is not read")

    def joined(self, item: ast.BoolOp) -> Node:
        if not isinstance(item.op, ast.And):
            raise self.refusal(item, "only `and` joins conditions")
        return self.all_of([self.condition(value) for value in item.values], self.span(item))

    def all_of(self, conditions: list[Node], span: Span) -> Node:
        flat = [part for item in conditions for part in (item.conditions if isinstance(item, Together) else (item,))]
        return Indicator(Together(tuple(flat), span=span), span=span)

    def attribute(self, item: ast.Attribute) -> Node:
        if item.attr in ("T", "mT"):
            return Transpose(self.node(item.value), span=self.span(item))
        raise self.refusal(item, "this attribute is not read")

    def subscript(self, item: ast.Subscript) -> Node:
        """``X[i, j]``."""
        base = self.node(item.value)
        parts = item.slice.elts if isinstance(item.slice, ast.Tuple) else [item.slice]
        indices = tuple(self.index(part) for part in parts)
        return Entry(base, indices, span=self.span(item))

    def whole_axis(self, item: ast.Slice) -> Node:
        if item.lower is None and item.upper is None and item.step is None:
            return Slice()
        raise self.refusal(item, "only whole axes are read")

    def listed(self, item: ast.List) -> Node:
        """A list is one row, a list of lists several."""
        if len(item.elts) > limits.CELLS or not item.elts:
            raise self.refusal(item, "an empty or too long list")
        if all(isinstance(row, ast.List) for row in item.elts):
            rows = tuple(tuple(self.node(cell) for cell in row.elts) for row in item.elts if isinstance(row, ast.List))
            if len(set(map(len, rows))) > 1:
                raise self.refusal(item, "rows of different lengths")
            return Matrix(rows, span=self.span(item))
        return Matrix((tuple(self.node(cell) for cell in item.elts),), span=self.span(item))

    def function_of(self, item: ast.expr) -> str:
        """The last word of ``np.linalg.inv`` when all before it are library names, or the bare name; "" for anything else."""
        words: list[str] = []
        while isinstance(item, ast.Attribute) and len(words) < 5:
            words.append(item.attr)
            item = item.value
        if not isinstance(item, ast.Name) or (words and item.id not in LIBRARIES):
            return ""
        return words[0] if words else item.id

    def apply_name(self, name: str) -> str | None:
        """The canonical function behind a Python name; None when it is no function."""
        return self.names.function_name(name) if self.names.is_function(name) else None


LIBRARIES: Final = words("np numpy torch F nn jnp jax sp sympy scipy math functional tf")
"""Names before a dot that are modules and not arrays, unless they are declared."""
