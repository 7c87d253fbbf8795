"""Functions and methods of NumPy and torch, by name."""

from __future__ import annotations

import ast
from abc import ABC
from collections.abc import Callable
from fractions import Fraction
from typing import Final, Literal

from grader.symbolic.python_style import PythonStyle
from grader.symbolic.tree import (
    Absolute,
    Add,
    Apply,
    Branch,
    Cases,
    Filled,
    Inverse,
    Name,
    Negative,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Quotient,
    Reduce,
    Relation,
    Reshape,
    Transpose,
)
from grader.symbolic.vocabulary import words

_PRODUCTS: Final[dict[str, Operator]] = {
    "dot": "matmul", "matmul": "matmul", "mm": "matmul", "bmm": "matmul", "mv": "matmul", "kron": "kronecker",
    "multiply": "hadamard",
    "mul": "hadamard",
}  # fmt: skip
_REDUCE: Final[dict[str, Literal["sum", "mean", "max", "prod"]]] = {
    "sum": "sum", "mean": "mean", "max": "max", "amax": "max", "prod": "prod",
}  # fmt: skip
_UNARY: Final = {
    "exp": "exp", "log": "log", "log2": "log2", "log10": "log10", "sqrt": "sqrt", "tanh": "tanh", "sign": "sign",
    "sin": "sin", "cos": "cos",
    "cosh": "cosh", "sinh": "sinh", "sigmoid": "sigmoid", "relu": "relu", "expit": "sigmoid", "softplus": "softplus",
    "trace": "tr",
    "diag": "diag", "diagflat": "diag", "det": "det", "floor": "floor", "ceil": "ceil", "erf": "erf",
}  # fmt: skip
_TRANSPARENT: Final = words("astype float double copy clone detach item numpy asarray tensor as_tensor to array type")
OTHERWISE: Final = Relation("otherwise")


class NumpyCalls(PythonStyle, ABC):
    """The white list of functions."""

    def call(self, item: ast.Call) -> Node:
        name = self.function_of(item.func)
        if not name and isinstance(item.func, ast.Attribute):
            return self._called(item, item.func.attr, [item.func.value, *item.args], method=True)
        if not name:
            raise self.refusal(item, "this call is not read")
        return self._called(item, name, list(item.args), method=False)

    def _called(self, item: ast.Call, name: str, arguments: list[ast.expr], method: bool) -> Node:
        keywords = {keyword.arg or "**": keyword.value for keyword in item.keywords}
        module = isinstance(item.func, ast.Attribute)
        rule = self._special().get(name)
        if not module and name in self.names.functions:
            return self._applied(item, name, arguments, keywords)
        if name in _REDUCE and not (name == "max" and not module and len(arguments) > 1):
            return self._reduced(item, _REDUCE[name], arguments, keywords)
        if name in _PRODUCTS and len(arguments) == 2 and not keywords:
            left, right = (self.node(argument) for argument in arguments)
            return Product(left, right, _PRODUCTS[name], span=self.span(item))
        if name in _TRANSPARENT and arguments:
            return self.node(arguments[0])
        if rule is not None:
            return rule(item, arguments, keywords)
        return self._applied(item, name, arguments, keywords)

    def _applied(self, item: ast.Call, name: str, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        function = name if name in self.names.functions else _UNARY.get(name) or self.apply_name(name)
        if name in ("softmax", "log_softmax", "logsumexp"):
            function = {"log_softmax": "logsoftmax"}.get(name, name)
            keywords = {key: value for key, value in keywords.items() if key not in ("dim", "axis") or self._axis(value) == 0}
        if function is None or keywords or not arguments or any(isinstance(argument, ast.Starred) for argument in arguments):
            raise self.refusal(item, "this function is not known, or not with these arguments")
        return Apply(function, tuple(self.node(argument) for argument in arguments), span=self.span(item))

    def _reduced(
        self,
        item: ast.Call,
        kind: Literal["sum", "mean", "max", "prod"],
        arguments: list[ast.expr],
        keywords: dict[str, ast.expr],
    ) -> Node:
        given = keywords.get("axis", keywords.get("dim", arguments[1] if len(arguments) == 2 else None))
        kept = keywords.get("keepdims", keywords.get("keepdim"))
        if not 1 <= len(arguments) <= 2 or not set(keywords) <= {"axis", "dim", "keepdims", "keepdim"}:
            raise self.refusal(item, "not with these arguments")
        keep = isinstance(kept, ast.Constant) and kept.value is True
        if kept is not None and not isinstance(kept, ast.Constant):
            raise self.refusal(item, "keepdims is True or False")
        return Reduce(kind, self.node(arguments[0]), self._axis(given), keep, span=self.span(item))

    def _axis(self, given: ast.expr | None) -> int | None:
        if given is None or (isinstance(given, ast.Constant) and given.value is None):
            return None
        number = self.node(given)
        value = -1 if isinstance(number, Negative) and number.operand == Number(Fraction(1)) else None
        if isinstance(number, Number) and number.value in (0, 1):
            value = int(number.value)
        if value is None:
            raise self.refusal(given, "an axis is 0, 1 or -1")
        return value

    def _special(self) -> dict[str, Callable[[ast.Call, list[ast.expr], dict[str, ast.expr]], Node]]:
        return {
            "transpose": self._transposed, "t": self._transposed, "inv": self._inverted, "inverse": self._inverted,
            "abs": self._absolute,
            "absolute": self._absolute, "norm": self._norm, "outer": self._outer, "where": self._where, "maximum": self._greater,
            "minimum": self._greater, "max": self._greater, "min": self._greater, "square": self._square, "power": self._raised,
            "pow": self._raised, "reciprocal": self._reciprocal, "divide": self._divided, "div": self._divided, "add": self._sum,
            "subtract": self._sum, "negative": self._sum, "eye": self._filled, "identity": self._filled, "zeros": self._filled,
            "ones": self._filled, "zeros_like": self._like,
            "ones_like": self._like, "reshape": self._reshaped, "view": self._reshaped,
            "len": self._length, "solve": self._solved,
        }  # fmt: skip

    def _nodes(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr], count: int) -> list[Node]:
        if len(arguments) != count or keywords:
            raise self.refusal(item, f"{count} argument(s) were expected")
        return [self.node(argument) for argument in arguments]

    def _transposed(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        if len(arguments) == 3:
            axes = [argument.value for argument in arguments[1:] if isinstance(argument, ast.Constant)]
            arguments = arguments[:1] if sorted(map(str, axes)) == ["0", "1"] else arguments
        return Transpose(self._nodes(item, arguments, keywords, 1)[0], span=self.span(item))

    def _inverted(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        return Inverse(self._nodes(item, arguments, keywords, 1)[0], span=self.span(item))

    def _solved(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        matrix, right = self._nodes(item, arguments, keywords, 2)
        return Product(Inverse(matrix, span=matrix.span), right, "matmul", span=self.span(item))

    def _absolute(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        return Absolute(self._nodes(item, arguments, keywords, 1)[0], span=self.span(item))

    def _norm(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        if len(arguments) == 1 and not keywords:
            return Norm(self.node(arguments[0]), "F", span=self.span(item))
        order = arguments[1] if len(arguments) == 2 else keywords.get("ord", keywords.get("p"))
        known = (
            {1: "1", 2: "2", "fro": "F"}.get(order.value)
            if isinstance(order, ast.Constant) and isinstance(order.value, int | str)
            else None
        )
        if known is None or len(arguments) + len(keywords) != 2:
            raise self.refusal(item, "this norm is not known")
        return Norm(self.node(arguments[0]), known, span=self.span(item))

    def _outer(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        left, right = self._nodes(item, arguments, keywords, 2)
        return Product(left, Transpose(right, span=right.span), "matmul", span=self.span(item))

    def _where(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        if len(arguments) != 3 or keywords:
            raise self.refusal(item, "3 arguments were expected")
        branches = (Branch(self.node(arguments[1]), self.condition(arguments[0])), Branch(self.node(arguments[2]), OTHERWISE))
        return Cases(branches, span=self.span(item))

    def _greater(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        name = "min" if self._word(item).startswith("min") else "max"
        return Apply(name, tuple(self._nodes(item, arguments, keywords, 2)), span=self.span(item))

    def _word(self, item: ast.Call) -> str:
        return item.func.attr if isinstance(item.func, ast.Attribute) else item.func.id if isinstance(item.func, ast.Name) else ""

    def _square(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        return Power(self._nodes(item, arguments, keywords, 1)[0], Number(Fraction(2)), True, span=self.span(item))

    def _raised(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        if len(arguments) != 2 or keywords:
            raise self.refusal(item, "2 arguments were expected")
        written = ast.copy_location(ast.BinOp(arguments[0], ast.Pow(), arguments[1]), item)
        return self.power(written, elementwise=True)

    def _reciprocal(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        return Quotient(Number(Fraction(1)), self._nodes(item, arguments, keywords, 1)[0], True, span=self.span(item))

    def _divided(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        over, under = self._nodes(item, arguments, keywords, 2)
        return Quotient(over, under, True, span=self.span(item))

    def _sum(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        word = self._word(item)
        parts = self._nodes(item, arguments, keywords, 1 if word == "negative" else 2)
        if word == "negative":
            return Negative(parts[0], span=self.span(item))
        return Add((parts[0], parts[1] if word == "add" else Negative(parts[1], span=parts[1].span)), span=self.span(item))

    def _filled(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        parts = arguments[0].elts if len(arguments) == 1 and isinstance(arguments[0], ast.Tuple | ast.List) else arguments
        shape = tuple(
            self._nodes(item, list(parts), {key: value for key, value in keywords.items() if key != "dtype"}, len(parts))
        )
        word = self._word(item)
        if word in ("eye", "identity"):
            return Filled("identity", (shape[0], shape[0]) if len(shape) == 1 else shape, span=self.span(item))
        return Filled("zeros" if word == "zeros" else "ones", shape, span=self.span(item))

    def _like(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        self._nodes(item, arguments, keywords, 1)
        return Filled("zeros" if self._word(item) == "zeros_like" else "ones", span=self.span(item))

    def _reshaped(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        order = keywords.get("order")
        fortran = isinstance(order, ast.Constant) and order.value == "F"
        if set(keywords) - {"order"} or (
            order is not None and not (isinstance(order, ast.Constant) and order.value in ("C", "F"))
        ):
            raise self.refusal(item, "not with these arguments")
        sizes = arguments[1].elts if len(arguments) == 2 and isinstance(arguments[1], ast.Tuple | ast.List) else arguments[1:]
        if not sizes:
            raise self.refusal(item, "a shape was expected")
        return Reshape(self.node(arguments[0]), tuple(map(self.node, sizes)), "F" if fortran else "C", span=self.span(item))

    def _length(self, item: ast.Call, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Node:
        if len(arguments) != 1 or keywords:
            raise self.refusal(item, "1 argument was expected")
        return self.size(arguments[0], 0, item)

    def size(self, array: ast.expr, axis: object, item: ast.AST) -> Node:
        """The declared size of an array along an axis."""
        base = self.node(array)
        shape = self.names.shapes.get(base.name) if isinstance(base, Name) else None
        if shape is None or not isinstance(axis, int) or not 0 <= axis < len(shape):
            raise self.refusal(item, "the shape of this is not declared")
        size = shape[axis]
        span = self.span(item)
        return Number(Fraction(size), span=span) if isinstance(size, int) else Name(size, span=span)
