"""Show a tree as it was read: in LaTeX, for a page.

Every product is shown with its operator and every grouping with its brackets, so that a misreading is seen at a glance. Reading
the LaTeX back gives the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grader.symbolic import tree as t
from grader.symbolic.typeset_names import decimal, latex_function, latex_name

_PRODUCTS: Final = {
    "juxtaposed": "\\,", "dot": "\\cdot", "times": "\\times", "star": "*", "matmul": "@", "hadamard": "\\odot",
    "kronecker": "\\otimes",
    "composed": "\\circ",
}  # fmt: skip
_RELATIONS: Final = {"=": "=", "!=": "\\neq", "<": "<", ">": ">", "<=": "\\leq", ">=": "\\geq", "in": "\\in"}
_DOTS: Final = {"horizontal": "\\dots", "vertical": "\\vdots", "diagonal": "\\ddots"}
_FOLDS: Final = {"sum": "\\sum", "product": "\\prod", "max": "\\max", "min": "\\min"}
_FILLED: Final = {"zeros": "\\mathbf{0}", "ones": "\\mathbf{1}", "identity": "\\mathbf{I}"}
_ROUND: Final = ("\\left(", "\\right)")

SUM, LOOSE, TIGHT, POSTFIX, ATOM = range(5)
"""How tightly a construct binds; an operand that binds less is bracketed."""


def to_latex(node: t.Node) -> str:
    """The formula as read, in LaTeX."""
    return Latex().show(node)


def level(node: t.Node) -> int:
    """How tightly a construct binds."""
    if isinstance(node, t.Add | t.Negative | t.Fold | t.Dots):
        return SUM
    if isinstance(node, t.Product):
        return LOOSE if node.operator in ("hadamard", "kronecker", "composed") else TIGHT
    if isinstance(node, t.Quotient):
        return LOOSE if node.elementwise else POSTFIX
    if isinstance(node, t.Derivative) and node.trailing:
        return TIGHT
    if isinstance(node, t.Power | t.Transpose | t.Inverse | t.Entry | t.Derivative | t.Gradient | t.Reshape):
        return POSTFIX
    return ATOM


@dataclass(frozen=True, slots=True)
class Latex:
    def show(self, node: t.Node) -> str:
        shower = getattr(self, f"_{type(node).__name__.lower()}", None)
        return str(shower(node)) if shower is not None else f"\\text{{{type(node).__name__}}}"

    def at_least(self, node: t.Node, wanted: int) -> str:
        """A part, bracketed when it binds less tightly than its place asks."""
        shown = self.show(node)
        return f"{_ROUND[0]}{shown}{_ROUND[1]}" if level(node) < wanted else shown

    def _number(self, node: t.Number) -> str:
        return decimal(node.value)

    def _name(self, node: t.Name) -> str:
        return latex_name(node.name) + (f"^{{[{node.label}]}}" if node.label else "")

    def _entry(self, node: t.Entry) -> str:
        plain = isinstance(node.base, t.Name) and "_" not in node.base.name and not node.base.label
        labelled = isinstance(node.base, t.Name) and "_" not in node.base.name
        base = self.show(node.base) if plain or labelled else f"{_ROUND[0]}{self.show(node.base)}{_ROUND[1]}"
        indices = ", ".join(":" if isinstance(index, t.Slice) else self.show(index) for index in node.indices)
        return f"{base}_{{{indices}}}"

    def _slice(self, node: t.Slice) -> str:
        return ":"

    def _apply(self, node: t.Apply) -> str:
        arguments = ", ".join(self.show(argument) for argument in node.arguments)
        if node.function == "sqrt" and not node.primes and len(node.arguments) == 1:
            return f"\\sqrt{{{arguments}}}"
        name, _, label = node.function.partition("^")
        return f"{latex_function(name)}{f'^{{[{label}]}}' if label else ''}{chr(39) * node.primes}\\left({arguments}\\right)"

    def _add(self, node: t.Add) -> str:
        shown = [self.at_least(node.terms[0], LOOSE) if not _signless(node.terms[0]) else self.show(node.terms[0])]
        for term in node.terms[1:]:
            negative = isinstance(term, t.Negative)
            body = term.operand if isinstance(term, t.Negative) else term
            shown.append(f"{'-' if negative else '+'} {self.show(body) if _signless(body) else self.at_least(body, LOOSE)}")
        return " ".join(shown)

    def _negative(self, node: t.Negative) -> str:
        return f"-{self.show(node.operand) if isinstance(node.operand, t.Fold) else self.at_least(node.operand, LOOSE)}"

    def _product(self, node: t.Product) -> str:
        own = level(node)
        left, right = self.at_least(node.left, own), self.at_least(node.right, own + 1)
        if node.operator == "juxtaposed" and isinstance(node.right, t.Number):
            right = f"{_ROUND[0]}{right}{_ROUND[1]}"
        return f"{left} {_PRODUCTS[node.operator]} {right}"

    def _quotient(self, node: t.Quotient) -> str:
        if node.elementwise:
            return f"{self.at_least(node.over, LOOSE)} \\oslash {self.at_least(node.under, TIGHT)}"
        return f"\\frac{{{self.show(node.over)}}}{{{self.show(node.under)}}}"

    def _power(self, node: t.Power) -> str:
        mark = "\\circ " if node.elementwise else ""
        return f"{self._powered(node.base)}^{{{mark}{self.show(node.exponent)}}}"

    def _powered(self, base: t.Node) -> str:
        """The base of a superscript: whatever carries one already is bracketed, so is a fraction."""
        plain = isinstance(base, t.Name | t.Entry | t.Number | t.Matrix | t.Absolute | t.Norm)
        return self.show(base) if plain else f"{_ROUND[0]}{self.show(base)}{_ROUND[1]}"

    def _transpose(self, node: t.Transpose) -> str:
        return f"{self._powered(node.operand)}^{{\\top}}"

    def _inverse(self, node: t.Inverse) -> str:
        return f"{self._powered(node.operand)}^{{-1}}"

    def _derivative(self, node: t.Derivative) -> str:
        sign = "d" if node.total else "\\partial"
        power = f"^{{{node.order}}}" if node.order > 1 else ""
        wrt = (
            self.show(node.wrt)
            if isinstance(node.wrt, t.Name | t.Entry) and not power
            else f"\\left({self.show(node.wrt)}\\right)"
        )
        if node.trailing:
            return f"{self.at_least(node.of, ATOM)} \\frac{{{sign}{power}}}{{{sign} {wrt}{power}}}"
        of = self.show(node.of) if isinstance(node.of, t.Name | t.Entry) else f"\\left({self.show(node.of)}\\right)"
        return f"\\frac{{{sign}{power} {of}}}{{{sign} {wrt}{power}}}"

    def _gradient(self, node: t.Gradient) -> str:
        if node.of is None:
            return f"\\nabla {self.show(node.wrt) if isinstance(node.wrt, t.Name | t.Entry) else self.at_least(node.wrt, 9)}"
        of = self.show(node.of) if isinstance(node.of, t.Name) else self.at_least(node.of, 9)
        return f"\\nabla_{{{self.show(node.wrt)}}} {of}"

    def _relation(self, node: t.Relation) -> str:
        if node.left is None or node.right is None:
            return "\\text{otherwise}"
        return f"{self.show(node.left)} {_RELATIONS[node.operator]} {self.show(node.right)}"

    def _together(self, node: t.Together) -> str:
        return ", ".join(self.show(condition) for condition in node.conditions)

    def _either(self, node: t.Either) -> str:
        return " \\text{ or } ".join(self.show(condition) for condition in node.conditions)

    def _binder(self, node: t.Binder) -> str:
        if node.lower is None:
            return latex_name(node.index)
        return f"{latex_name(node.index)} = {self.show(node.lower)}"

    def _fold(self, node: t.Fold) -> str:
        sign = _FOLDS[node.kind]
        own = [item for item in node.conditions if not _binds(item, node.binders)]
        hidden = {_left(item) for item in node.conditions if _binds(item, node.binders)}
        heads = [self._binder(binder) for binder in node.binders if binder.index not in hidden]
        below = ", ".join([*heads, *(self.show(item) for item in node.conditions if item not in own), *map(self.show, own)])
        uppers = [binder.upper for binder in node.binders if binder.upper is not None]
        above = f"^{{{', '.join(self.show(upper) for upper in uppers)}}}" if uppers else ""
        body = self.show(node.body) if isinstance(node.body, t.Fold) else self.at_least(node.body, LOOSE)
        return f"{sign}{f'_{{{below}}}' if below else ''}{above} {body}"

    def _reduce(self, node: t.Reduce) -> str:
        axis = "" if node.axis is None else f", \\mathrm{{axis}} = {node.axis}"
        keep = ", \\mathrm{keepdims} = 1" if node.keepdims else ""
        return f"\\operatorname{{{node.kind}}}\\left({self.show(node.operand)}{axis}{keep}\\right)"

    def _cases(self, node: t.Cases) -> str:
        rows = " \\\\ ".join(f"{self.show(branch.value)} & {self._rule(branch.condition)}" for branch in node.branches)
        return f"\\begin{{cases}} {rows} \\end{{cases}}"

    def _rule(self, condition: t.Node) -> str:
        words = isinstance(condition, t.Relation) and condition.operator == "otherwise"
        return self.show(condition) if words else f"\\text{{if }} {self.show(condition)}"

    def _dots(self, node: t.Dots) -> str:
        return _DOTS[node.kind]

    def _matrix(self, node: t.Matrix) -> str:
        rows = " \\\\ ".join(" & ".join(self.show(cell) for cell in row) for row in node.rows)
        return f"\\begin{{bmatrix}} {rows} \\end{{bmatrix}}"

    def _filled(self, node: t.Filled) -> str:
        shape = " \\times ".join(self.at_least(size, POSTFIX) for size in node.shape)
        return _FILLED[node.kind] + (f"_{{{shape}}}" if shape else "")

    def _absolute(self, node: t.Absolute) -> str:
        return f"\\left|{self.at_least(node.operand, 9)}\\right|"

    def _norm(self, node: t.Norm) -> str:
        order = "\\infty" if node.order == "inf" else node.order
        return f"\\left\\|{self.at_least(node.operand, 9)}\\right\\|_{{{order}}}"

    def _indicator(self, node: t.Indicator) -> str:
        return f"\\mathbb{{1}}\\left[{self.show(node.condition)}\\right]"

    def _reshape(self, node: t.Reshape) -> str:
        sizes = ", ".join([*map(self.show, node.shape), *(["\\mathrm{F}"] if node.order == "F" else [])])
        return f"{self.at_least(node.operand, 9)}.\\mathrm{{reshape}}\\left({sizes}\\right)"


def _signless(node: t.Node) -> bool:
    """A sum of a sum keeps its brackets; a sign, a fold and dots stand in a sum as they are."""
    return isinstance(node, t.Fold | t.Dots | t.Negative) and not (
        isinstance(node, t.Negative) and isinstance(node.operand, t.Negative)
    )


def _left(condition: t.Node) -> str:
    return condition.left.name if isinstance(condition, t.Relation) and isinstance(condition.left, t.Name) else ""


def _binds(condition: t.Node, binders: tuple[t.Binder, ...]) -> bool:
    """True for a condition that alone names its index, so that the index is not written twice."""
    name = _left(condition)
    return any(binder.index == name and binder.lower is None and binder.upper is None for binder in binders)
