"""Show a tree as it was read: LaTeX for a page, plain text for a terminal.

Every product is shown with its operator and every grouping with its brackets, so that a misreading is seen at a glance. Reading the
LaTeX back gives the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from grader.symbolic import tree as t
from grader.symbolic.vocabulary import ACCENTS, COMMAND_FUNCTIONS, GREEK

_PRODUCTS: Final = {
    "juxtaposed": "\\,", "dot": "\\cdot", "times": "\\times", "star": "*", "matmul": "@", "hadamard": "\\odot", "kronecker": "\\otimes",
    "composed": "\\circ",
}  # fmt: skip
_PLAIN_PRODUCTS: Final = {
    "juxtaposed": "·", "dot": "·", "times": "×", "star": "*", "matmul": "@", "hadamard": "⊙", "kronecker": "⊗", "composed": "∘",
}  # fmt: skip
_RELATIONS: Final = {"=": "=", "!=": "\\neq", "<": "<", ">": ">", "<=": "\\leq", ">=": "\\geq", "in": "\\in"}
_PLAIN_RELATIONS: Final = {"=": "=", "!=": "≠", "<": "<", ">": ">", "<=": "≤", ">=": "≥", "in": "∈"}
_DOTS: Final = {"horizontal": "\\dots", "vertical": "\\vdots", "diagonal": "\\ddots"}
_PLAIN_DOTS: Final = {"horizontal": "…", "vertical": "⋮", "diagonal": "⋱"}
_FOLDS: Final = {"sum": "\\sum", "product": "\\prod", "max": "\\max", "min": "\\min"}
_PLAIN_FOLDS: Final = {"sum": "Σ", "product": "Π", "max": "max", "min": "min"}
_FILLED: Final = {"zeros": "\\mathbf{0}", "ones": "\\mathbf{1}", "identity": "\\mathbf{I}"}
_PLAIN_FILLED: Final = {"zeros": "0", "ones": "1", "identity": "I"}
_ROUND: Final = ("\\left(", "\\right)")

_SUM, _LOOSE, _TIGHT, _POSTFIX, _ATOM = range(5)
"""How tightly a construct binds; an operand that binds less is bracketed."""


def to_latex(node: t.Node) -> str:
    """The formula as read, in LaTeX."""
    return _Latex().show(node)


def to_text(node: t.Node) -> str:
    """The formula as read, in one line of plain text."""
    return _Plain().show(node)


def level(node: t.Node) -> int:
    """How tightly a construct binds."""
    if isinstance(node, t.Add | t.Negative | t.Fold | t.Dots):
        return _SUM
    if isinstance(node, t.Product):
        return _LOOSE if node.operator in ("hadamard", "kronecker", "composed") else _TIGHT
    if isinstance(node, t.Quotient):
        return _LOOSE if node.elementwise else _POSTFIX
    if isinstance(node, t.Derivative) and node.trailing:
        return _TIGHT
    if isinstance(node, t.Power | t.Transpose | t.Inverse | t.Entry | t.Derivative | t.Gradient | t.Reshape):
        return _POSTFIX
    return _ATOM


@dataclass(frozen=True, slots=True)
class _Latex:
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
        shown = [self.at_least(node.terms[0], _LOOSE) if not _signless(node.terms[0]) else self.show(node.terms[0])]
        for term in node.terms[1:]:
            negative = isinstance(term, t.Negative)
            body = term.operand if isinstance(term, t.Negative) else term
            shown.append(f"{'-' if negative else '+'} {self.show(body) if _signless(body) else self.at_least(body, _LOOSE)}")
        return " ".join(shown)

    def _negative(self, node: t.Negative) -> str:
        return f"-{self.show(node.operand) if isinstance(node.operand, t.Fold) else self.at_least(node.operand, _LOOSE)}"

    def _product(self, node: t.Product) -> str:
        own = level(node)
        left, right = self.at_least(node.left, own), self.at_least(node.right, own + 1)
        if node.operator == "juxtaposed" and isinstance(node.right, t.Number):
            right = f"{_ROUND[0]}{right}{_ROUND[1]}"
        return f"{left} {_PRODUCTS[node.operator]} {right}"

    def _quotient(self, node: t.Quotient) -> str:
        if node.elementwise:
            return f"{self.at_least(node.over, _LOOSE)} \\oslash {self.at_least(node.under, _TIGHT)}"
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
        wrt = self.show(node.wrt) if isinstance(node.wrt, t.Name | t.Entry) and not power else f"\\left({self.show(node.wrt)}\\right)"
        if node.trailing:
            return f"{self.at_least(node.of, _ATOM)} \\frac{{{sign}{power}}}{{{sign} {wrt}{power}}}"
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
        body = self.show(node.body) if isinstance(node.body, t.Fold) else self.at_least(node.body, _LOOSE)
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
        shape = " \\times ".join(self.at_least(size, _POSTFIX) for size in node.shape)
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


class _Plain(_Latex):
    """The same in one line of text: only what looks different is told again."""

    __slots__ = ()

    def at_least(self, node: t.Node, wanted: int) -> str:
        own = _LOOSE if isinstance(node, t.Quotient | t.Derivative) else level(node)
        return f"({self.show(node)})" if own < wanted else self.show(node)

    def _name(self, node: t.Name) -> str:
        return plain_name(node.name) + (f"^[{node.label}]" if node.label else "")

    def _entry(self, node: t.Entry) -> str:
        return f"{self.at_least(node.base, _ATOM)}[{', '.join(map(self.show, node.indices))}]"

    def _apply(self, node: t.Apply) -> str:
        return f"{plain_name(node.function)}{chr(39) * node.primes}({', '.join(map(self.show, node.arguments))})"

    def _product(self, node: t.Product) -> str:
        own = level(node)
        left = self.at_least(node.left, own if isinstance(node.left, t.Product) else _POSTFIX)
        return f"{left} {_PLAIN_PRODUCTS[node.operator]} {self.at_least(node.right, own + 1 if isinstance(node.right, t.Product) else _POSTFIX)}"

    def _quotient(self, node: t.Quotient) -> str:
        sign = "⊘" if node.elementwise else "/"
        return f"{self.at_least(node.over, _TIGHT)} {sign} {self.at_least(node.under, _POSTFIX)}"

    def _power(self, node: t.Power) -> str:
        return f"{self.at_least(node.base, _ATOM)}^{'∘' * node.elementwise}{self.at_least(node.exponent, _ATOM)}"

    def _transpose(self, node: t.Transpose) -> str:
        return f"{self.at_least(node.operand, _ATOM)}ᵀ"

    def _inverse(self, node: t.Inverse) -> str:
        return f"{self.at_least(node.operand, _ATOM)}⁻¹"

    def _derivative(self, node: t.Derivative) -> str:
        sign, order = "d" if node.total else "∂", "²" if node.order == 2 else ""
        after = " [operator after its operand]" if node.trailing else ""
        return f"{sign}{order}{self.at_least(node.of, _ATOM)}/{sign}{self.at_least(node.wrt, _ATOM)}{order}{after}"

    def _gradient(self, node: t.Gradient) -> str:
        wrt = self.at_least(node.wrt, _POSTFIX)
        return f"∇{wrt}" if node.of is None else f"∇_{{{wrt}}} {self.at_least(node.of, _POSTFIX)}"

    def _relation(self, node: t.Relation) -> str:
        if node.left is None or node.right is None:
            return "otherwise"
        return f"{self.show(node.left)} {_PLAIN_RELATIONS[node.operator]} {self.show(node.right)}"

    def _binder(self, node: t.Binder) -> str:
        lower = "" if node.lower is None else f" = {self.show(node.lower)}"
        return plain_name(node.index) + lower + ("" if node.upper is None else f"..{self.show(node.upper)}")

    def _fold(self, node: t.Fold) -> str:
        below = ", ".join([*map(self._binder, node.binders), *map(self.show, node.conditions)])
        return f"{_PLAIN_FOLDS[node.kind]}{{{below}}} ({self.show(node.body)})"

    def _reduce(self, node: t.Reduce) -> str:
        axis = "" if node.axis is None else f", axis={node.axis}"
        return f"{node.kind}({self.show(node.operand)}{axis}{', keepdims' * node.keepdims})"

    def _cases(self, node: t.Cases) -> str:
        return "{" + "; ".join(f"{self.show(branch.value)} if {self.show(branch.condition)}" for branch in node.branches) + "}"

    def _dots(self, node: t.Dots) -> str:
        return _PLAIN_DOTS[node.kind]

    def _matrix(self, node: t.Matrix) -> str:
        return "[" + "; ".join(", ".join(map(self.show, row)) for row in node.rows) + "]"

    def _filled(self, node: t.Filled) -> str:
        shape = "×".join(self.at_least(size, _POSTFIX) for size in node.shape)
        return f"𝟎𝟏𝐈"["zeros ones identity".split().index(node.kind)] + (f"_{{{shape}}}" if shape else "")

    def _absolute(self, node: t.Absolute) -> str:
        return f"|{self.show(node.operand)}|"

    def _norm(self, node: t.Norm) -> str:
        return f"‖{self.show(node.operand)}‖_{node.order}"

    def _indicator(self, node: t.Indicator) -> str:
        return f"𝟙[{self.show(node.condition)}]"

    def _reshape(self, node: t.Reshape) -> str:
        return f"{self.at_least(node.operand, _ATOM)}.reshape({', '.join(map(self.show, node.shape))}{', order=F' * (node.order == 'F')})"


def _signless(node: t.Node) -> bool:
    """A sum of a sum keeps its brackets; a sign, a fold and dots stand in a sum as they are."""
    return isinstance(node, t.Fold | t.Dots | t.Negative) and not (isinstance(node, t.Negative) and isinstance(node.operand, t.Negative))


def _left(condition: t.Node) -> str:
    return condition.left.name if isinstance(condition, t.Relation) and isinstance(condition.left, t.Name) else ""


def _binds(condition: t.Node, binders: tuple[t.Binder, ...]) -> bool:
    """True for a condition that alone names its index, so that the index is not written twice."""
    name = _left(condition)
    return any(binder.index == name and binder.lower is None and binder.upper is None for binder in binders)


def decimal(value: Fraction) -> str:
    """A finite decimal, as numbers are written in a source; a fraction otherwise."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next((count for count in range(1, 80) if (value * 10**count).denominator == 1), None)
    if places is None:
        return f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
    digits = str(abs(value * 10**places)).rjust(places + 1, "0")
    return f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:]}"


def latex_name(name: str) -> str:
    """A canonical name in LaTeX: ``yhat`` as ``\\hat{y}``, ``W_LMS`` with an upright index."""
    base, _, index = name.partition("_")
    mark = "".join(sign for sign in base if sign in "'*")
    shown = _base(base.rstrip("'*")) + ("'" * mark.count("'")) + ("^{*}" if "*" in mark else "")
    if not index:
        return shown
    star = index.endswith("*")
    index = index.rstrip("*")
    word = index if len(index) == 1 or index.isdigit() else f"\\mathrm{{{index}}}"
    return f"{shown}_{{{word}}}" + ("^{*}" if star else "")


def _base(base: str) -> str:
    if len(base) == 1:
        return base
    if base in GREEK:
        return f"\\{base}"
    for command, suffix in ACCENTS.items():
        stem = base.removesuffix(suffix)
        if stem != base and stem and (len(stem) == 1 or stem in GREEK):
            return f"{command}{{{_base(stem)}}}"
    return f"\\mathrm{{{base}}}"


def latex_function(name: str) -> str:
    """A function's name: a command where LaTeX has one, a letter, or an upright word."""
    if name in COMMAND_FUNCTIONS and name not in ("tr", "Tr", "diag", "vec"):
        return f"\\{name}"
    if len(name) == 1 or name in GREEK or "_" in name:
        return latex_name(name)
    return f"\\operatorname{{{name}}}"


def plain_name(name: str) -> str:
    """A canonical name in plain text, as it is declared."""
    return name
