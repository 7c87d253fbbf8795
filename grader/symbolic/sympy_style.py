"""Sympy source to tree: ``diff(f, x)``, ``Sum(x[i, j]*w[j], (j, 1, n))``, ``HadamardProduct(A, B)``.

Read by the same white list as NumPy style; sympy itself is not imported and nothing is evaluated. ``*`` is written as a product
side by side, as sympy means it: of matrices or of numbers.
"""

from __future__ import annotations

import ast
from typing import Final, Literal

from grader.symbolic.names import Names
from grader.symbolic.python_style import PythonStyle
from grader.symbolic.reading import Chain, Reading
from grader.symbolic.tree import (
    Absolute,
    Add,
    Apply,
    Binder,
    Branch,
    Cases,
    Derivative,
    Filled,
    Fold,
    Indicator,
    Inverse,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Quotient,
    Relation,
    Transpose,
)
from grader.symbolic.vocabulary import words

_PRODUCTS: Final[dict[str, Operator]] = {
    "Mul": "juxtaposed", "MatMul": "juxtaposed", "HadamardProduct": "hadamard", "hadamard_product": "hadamard",
    "KroneckerProduct": "kronecker", "kronecker_product": "kronecker",
}  # fmt: skip
_APPLIED: Final = {
    "exp": "exp", "log": "log", "ln": "log", "sqrt": "sqrt", "tanh": "tanh", "sin": "sin", "cos": "cos",
    "sinh": "sinh", "cosh": "cosh",
    "sign": "sign", "Max": "max", "Min": "min", "Trace": "tr", "trace": "tr", "Determinant": "det", "det": "det",
    "DiagMatrix": "diag",
    "diag": "diag", "floor": "floor", "ceiling": "ceil",
}  # fmt: skip
_COMPARED: Final[dict[str, Literal["=", "!=", "<", ">", "<=", ">="]]] = {
    "Eq": "=", "Ne": "!=", "Lt": "<", "Gt": ">", "Le": "<=", "Ge": ">=", "StrictLessThan": "<",
    "StrictGreaterThan": ">",
}  # fmt: skip
_FILLED: Final[dict[str, Literal["zeros", "ones", "identity"]]] = {
    "Identity": "identity", "eye": "identity", "ZeroMatrix": "zeros", "zeros": "zeros", "OneMatrix": "ones",
    "ones": "ones",
}  # fmt: skip
_TRANSPARENT: Final = words("S Integer Float sympify Matrix ImmutableMatrix doit simplify expand as_explicit")


def sympy_statements(text: str, names: Names) -> Reading:
    """Read every expression, assignment and equation of a text in sympy source."""
    return SympyStyle(text, names).statements()


class SympyStyle(PythonStyle):
    """The white list for sympy."""

    def stated(self, value: ast.expr) -> Chain:
        if isinstance(value, ast.Call) and self.function_of(value.func) == "Eq" and len(value.args) == 2:
            return self.chain(list(value.args))
        return super().stated(value)

    def operation(self, item: ast.BinOp) -> Node:
        if isinstance(item.op, ast.Add | ast.Sub):
            return self.added(item)
        if isinstance(item.op, ast.Pow):
            return self.power(item, elementwise=False)
        if isinstance(item.op, ast.BitAnd):
            return self.all_of([self.condition(item.left), self.condition(item.right)], self.span(item))
        left, right = self.node(item.left), self.node(item.right)
        if isinstance(item.op, ast.Div):
            return Quotient(left, right, span=self.span(item))
        if isinstance(item.op, ast.Mult | ast.MatMult):
            return Product(left, right, "juxtaposed", span=self.span(item))
        raise self.refusal(item, "this operator is not read")

    def index(self, item: ast.expr) -> Node:
        return self.whole_axis(item) if isinstance(item, ast.Slice) else self.node(item)

    def call(self, item: ast.Call) -> Node:
        if item.keywords:
            raise self.refusal(item, "named arguments are not read")
        name = self.function_of(item.func)
        if not name and isinstance(item.func, ast.Attribute):
            return self._called(item, item.func.attr, [item.func.value, *item.args])
        if not name:
            raise self.refusal(item, "this call is not read")
        return self._called(item, name, list(item.args))

    def _called(self, item: ast.Call, name: str, arguments: list[ast.expr]) -> Node:
        if name in ("diff", "Derivative"):
            return self._derivative(item, arguments)
        if name in ("Sum", "Product", "summation", "product"):
            return self._folded(item, arguments, "sum" if name.lower().startswith("sum") else "product")
        if name == "Piecewise":
            return self._piecewise(item, arguments)
        if name in _COMPARED and len(arguments) == 2:
            left, right = (self.node(argument) for argument in arguments)
            return Indicator(Relation(_COMPARED[name], left, right, span=self.span(item)), span=self.span(item))
        if name in _TRANSPARENT and arguments:
            return self.node(arguments[0])
        return self._plain(item, name, [self.node(argument) for argument in arguments])

    def _plain(self, item: ast.Call, name: str, nodes: list[Node]) -> Node:
        span = self.span(item)
        if not nodes:
            raise self.refusal(item, "arguments were expected")
        if name in ("Transpose", "transpose") and len(nodes) == 1:
            return Transpose(nodes[0], span=span)
        if name in ("Inverse", "inv") and len(nodes) == 1:
            return Inverse(nodes[0], span=span)
        if name in ("Abs", "abs") and len(nodes) == 1:
            return Absolute(nodes[0], span=span)
        if name in _PRODUCTS and len(nodes) > 1:
            return self._product(nodes, _PRODUCTS[name], item)
        if name in ("Add", "MatAdd") and len(nodes) > 1:
            return Add(tuple(nodes), span=span)
        return self._numeric(item, name, nodes)

    def _numeric(self, item: ast.Call, name: str, nodes: list[Node]) -> Node:
        span = self.span(item)
        if name == "Rational" and len(nodes) <= 2:
            return nodes[0] if len(nodes) == 1 else Quotient(nodes[0], nodes[1], span=span)
        if name in ("Pow", "MatPow", "HadamardPower", "hadamard_power") and len(nodes) == 2:
            return Power(nodes[0], nodes[1], name.lower().startswith("hadamard"), span=span)
        if name == "KroneckerDelta" and len(nodes) == 2:
            return Indicator(Relation("=", nodes[0], nodes[1], span=span), span=span)
        if name in _FILLED and len(nodes) <= 2:
            return Filled(_FILLED[name], (nodes[0], nodes[-1]), span=span)
        function = name if name in self.names.functions else _APPLIED.get(name) or self.apply_name(name)
        if function is None:
            raise self.refusal(item, "this function is not known, or not with these arguments")
        return Apply(function, tuple(nodes), span=span)

    def _product(self, nodes: list[Node], sign: Operator, item: ast.Call) -> Node:
        left = nodes[0]
        for right in nodes[1:]:
            left = Product(left, right, sign, span=self.span(item))
        return left

    def _derivative(self, item: ast.Call, arguments: list[ast.expr]) -> Node:
        """``diff(f, x)``, ``diff(f, x, 2)``, ``diff(f, x, y)``."""
        if not 2 <= len(arguments) <= 3:
            raise self.refusal(item, "a function and one or two variables were expected")
        of, wrt = self.node(arguments[0]), self.node(arguments[1])
        if len(arguments) == 2:
            return Derivative(of, wrt, span=self.span(item))
        last = self.node(arguments[2])
        if isinstance(last, Number):
            if last.value not in (1, 2):
                raise self.refusal(item, "derivatives above the second are not read")
            return Derivative(of, wrt, int(last.value), span=self.span(item))
        return Derivative(Derivative(of, wrt, span=self.span(item)), last, span=self.span(item))

    def _folded(self, item: ast.Call, arguments: list[ast.expr], kind: Literal["sum", "product"]) -> Node:
        if len(arguments) < 2:
            raise self.refusal(item, "a range was expected")
        binders = tuple(self._binder(argument) for argument in reversed(arguments[1:]))
        return Fold(kind, binders, self.node(arguments[0]), span=self.span(item))

    def _binder(self, item: ast.expr) -> Binder:
        parts = item.elts if isinstance(item, ast.Tuple) else [item]
        if len(parts) not in (1, 3) or not isinstance(parts[0], ast.Name):
            raise self.refusal(item, "a range is (index, first, last)")
        bounds = [self.node(part) for part in parts[1:]]
        if not bounds:
            return Binder(parts[0].id, span=self.span(item))
        return Binder(parts[0].id, bounds[0], bounds[1], span=self.span(item))

    def _piecewise(self, item: ast.Call, arguments: list[ast.expr]) -> Node:
        branches = tuple(self._branch(argument) for argument in arguments)
        if not branches:
            raise self.refusal(item, "cases were expected")
        return Cases(branches, span=self.span(item))

    def _branch(self, item: ast.expr) -> Branch:
        if not isinstance(item, ast.Tuple) or len(item.elts) != 2:
            raise self.refusal(item, "a case is (value, condition)")
        value, rule = item.elts
        always = isinstance(rule, ast.Constant) and rule.value is True
        condition = Relation("otherwise", span=self.span(rule)) if always else self.condition(rule)
        return Branch(self.node(value), condition, span=self.span(item))
