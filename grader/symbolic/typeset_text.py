"""Show a tree as it was read, in one line of plain text for a terminal."""

from __future__ import annotations

from typing import Final

from grader.symbolic import tree as t
from grader.symbolic.typeset_latex import ATOM, LOOSE, POSTFIX, TIGHT, Latex, level
from grader.symbolic.typeset_names import plain_name

_PRODUCTS: Final = {
    "juxtaposed": "·", "dot": "·", "times": "×", "star": "*", "matmul": "@", "hadamard": "⊙", "kronecker": "⊗",
    "composed": "∘",
}  # fmt: skip
_RELATIONS: Final = {"=": "=", "!=": "≠", "<": "<", ">": ">", "<=": "≤", ">=": "≥", "in": "∈"}
_DOTS: Final = {"horizontal": "…", "vertical": "⋮", "diagonal": "⋱"}
_FOLDS: Final = {"sum": "Σ", "product": "Π", "max": "max", "min": "min"}
_FILLED: Final = {"zeros": "0", "ones": "1", "identity": "I"}


def to_text(node: t.Node) -> str:
    """The formula as read, in one line of plain text."""
    return PlainText().show(node)


class PlainText(Latex):
    """The same in one line of text: only what looks different is told again."""

    __slots__ = ()

    def at_least(self, node: t.Node, wanted: int) -> str:
        own = LOOSE if isinstance(node, t.Quotient | t.Derivative) else level(node)
        return f"({self.show(node)})" if own < wanted else self.show(node)

    def _name(self, node: t.Name) -> str:
        return plain_name(node.name) + (f"^[{node.label}]" if node.label else "")

    def _entry(self, node: t.Entry) -> str:
        return f"{self.at_least(node.base, ATOM)}[{', '.join(map(self.show, node.indices))}]"

    def _apply(self, node: t.Apply) -> str:
        return f"{plain_name(node.function)}{chr(39) * node.primes}({', '.join(map(self.show, node.arguments))})"

    def _product(self, node: t.Product) -> str:
        own = level(node)
        left = self.at_least(node.left, own if isinstance(node.left, t.Product) else POSTFIX)
        right = self.at_least(node.right, own + 1 if isinstance(node.right, t.Product) else POSTFIX)
        return f"{left} {_PRODUCTS[node.operator]} {right}"

    def _quotient(self, node: t.Quotient) -> str:
        sign = "⊘" if node.elementwise else "/"
        return f"{self.at_least(node.over, TIGHT)} {sign} {self.at_least(node.under, POSTFIX)}"

    def _power(self, node: t.Power) -> str:
        return f"{self.at_least(node.base, ATOM)}^{'∘' * node.elementwise}{self.at_least(node.exponent, ATOM)}"

    def _transpose(self, node: t.Transpose) -> str:
        return f"{self.at_least(node.operand, ATOM)}ᵀ"

    def _inverse(self, node: t.Inverse) -> str:
        return f"{self.at_least(node.operand, ATOM)}⁻¹"

    def _derivative(self, node: t.Derivative) -> str:
        sign, order = "d" if node.total else "∂", "²" if node.order == 2 else ""
        after = " [operator after its operand]" if node.trailing else ""
        return f"{sign}{order}{self.at_least(node.of, ATOM)}/{sign}{self.at_least(node.wrt, ATOM)}{order}{after}"

    def _gradient(self, node: t.Gradient) -> str:
        wrt = self.at_least(node.wrt, POSTFIX)
        return f"∇{wrt}" if node.of is None else f"∇_{{{wrt}}} {self.at_least(node.of, POSTFIX)}"

    def _relation(self, node: t.Relation) -> str:
        if node.left is None or node.right is None:
            return "otherwise"
        return f"{self.show(node.left)} {_RELATIONS[node.operator]} {self.show(node.right)}"

    def _either(self, node: t.Either) -> str:
        return " or ".join(self.show(condition) for condition in node.conditions)

    def _binder(self, node: t.Binder) -> str:
        lower = "" if node.lower is None else f" = {self.show(node.lower)}"
        return plain_name(node.index) + lower + ("" if node.upper is None else f"..{self.show(node.upper)}")

    def _fold(self, node: t.Fold) -> str:
        below = ", ".join([*map(self._binder, node.binders), *map(self.show, node.conditions)])
        return f"{_FOLDS[node.kind]}{{{below}}} ({self.show(node.body)})"

    def _reduce(self, node: t.Reduce) -> str:
        axis = "" if node.axis is None else f", axis={node.axis}"
        return f"{node.kind}({self.show(node.operand)}{axis}{', keepdims' * node.keepdims})"

    def _cases(self, node: t.Cases) -> str:
        return "{" + "; ".join(f"{self.show(branch.value)} if {self.show(branch.condition)}" for branch in node.branches) + "}"

    def _dots(self, node: t.Dots) -> str:
        return _DOTS[node.kind]

    def _matrix(self, node: t.Matrix) -> str:
        return "[" + "; ".join(", ".join(map(self.show, row)) for row in node.rows) + "]"

    def _filled(self, node: t.Filled) -> str:
        shape = "×".join(self.at_least(size, POSTFIX) for size in node.shape)
        return "𝟎𝟏𝐈"[["zeros", "ones", "identity"].index(node.kind)] + (f"_{{{shape}}}" if shape else "")

    def _absolute(self, node: t.Absolute) -> str:
        return f"|{self.show(node.operand)}|"

    def _norm(self, node: t.Norm) -> str:
        return f"‖{self.show(node.operand)}‖_{node.order}"

    def _indicator(self, node: t.Indicator) -> str:
        return f"𝟙[{self.show(node.condition)}]"

    def _reshape(self, node: t.Reshape) -> str:
        sizes = [*map(self.show, node.shape), *(["order=F"] if node.order == "F" else [])]
        return f"{self.at_least(node.operand, ATOM)}.reshape({', '.join(sizes)})"
