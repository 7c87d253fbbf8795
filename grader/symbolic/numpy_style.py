"""NumPy and torch style to tree: ``X.T @ dY``, ``(g * x).sum(axis=1, keepdims=True)``, ``np.kron(a, b)``.

Here ``*``, ``/`` and ``**`` are elementwise and ``@`` is the matrix product; literal indices count from 0 and are given from 1.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Final

from grader.symbolic.names import Names
from grader.symbolic.numpy_calls import OTHERWISE, NumpyCalls
from grader.symbolic.python_style import LIBRARIES
from grader.symbolic.reading import Reading
from grader.symbolic.tree import (
    Branch,
    Cases,
    Indicator,
    Negative,
    Node,
    Number,
    Operator,
    Product,
    Quotient,
    Reduce,
    Transpose,
)

_SIGNS: Final[dict[type[ast.operator], Operator]] = {ast.Mult: "hadamard", ast.MatMult: "matmul"}


def numpy_statements(text: str, names: Names) -> Reading:
    """Read every expression and assignment of a text in NumPy or torch style."""
    return NumpyStyle(text, names).statements()


class NumpyStyle(NumpyCalls):
    """The white list for NumPy and torch: operators and brackets."""

    def operation(self, item: ast.BinOp) -> Node:
        if isinstance(item.op, ast.Add | ast.Sub):
            return self.added(item)
        if isinstance(item.op, ast.BitAnd):
            return self.all_of([self.condition(item.left), self.condition(item.right)], self.span(item))
        if isinstance(item.op, ast.Pow):
            return self.power(item, elementwise=True)
        left, right = self.node(item.left), self.node(item.right)
        if isinstance(item.op, ast.Div):
            return Quotient(left, right, elementwise=True, span=self.span(item))
        sign = _SIGNS.get(type(item.op))
        if sign is None:
            raise self.refusal(item, "this operator is not read")
        return Product(left, right, sign, span=self.span(item))

    def index(self, item: ast.expr) -> Node:
        if isinstance(item, ast.Slice):
            return self.whole_axis(item)
        if isinstance(item, ast.Constant) and isinstance(item.value, int) and not isinstance(item.value, bool):
            return Number(Fraction(item.value + 1), span=self.span(item))
        node = self.node(item)
        if isinstance(node, Negative | Indicator):
            raise self.refusal(item, "only single entries and whole axes are read")
        return node

    def subscript(self, item: ast.Subscript) -> Node:
        shape = self._shape_entry(item)
        if shape is not None:
            return shape
        kept = self._kept_axis(item)
        return kept if kept is not None else super().subscript(item)

    def _shape_entry(self, item: ast.Subscript) -> Node | None:
        """``X.shape[0]``, through the declared shape of X."""
        if not isinstance(item.value, ast.Attribute) or item.value.attr != "shape" or not isinstance(item.slice, ast.Constant):
            return None
        return self.size(item.value.value, item.slice.value, item)

    def _kept_axis(self, item: ast.Subscript) -> Node | None:
        """``x.sum(axis=1)[:, None]`` is ``keepdims=True``."""
        parts = item.slice.elts if isinstance(item.slice, ast.Tuple) else []
        added = [place for place, part in enumerate(parts) if _is_new_axis(part)]
        if not added:
            return None
        base = self.node(item.value)
        whole = all(isinstance(part, ast.Slice) or _is_new_axis(part) for part in parts)
        if isinstance(base, Reduce) and whole and len(parts) == 2 and base.axis is not None and not base.keepdims:
            kept = Reduce(base.kind, base.operand, base.axis, True, span=self.span(item))
            return kept if added in ([base.axis], [base.axis % 2]) else Transpose(kept, span=self.span(item))
        raise self.refusal(item, "an axis is added only to a sum along that axis")

    def chosen(self, item: ast.IfExp) -> Node:
        branches = (Branch(self.node(item.body), self.condition(item.test)), Branch(self.node(item.orelse), OTHERWISE))
        return Cases(branches, span=self.span(item))


def _is_new_axis(part: ast.expr) -> bool:
    newaxis = (
        isinstance(part, ast.Attribute)
        and part.attr == "newaxis"
        and isinstance(part.value, ast.Name)
        and part.value.id in LIBRARIES
    )
    return newaxis or (isinstance(part, ast.Constant) and part.value is None)
