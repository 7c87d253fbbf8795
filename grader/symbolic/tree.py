"""The tree every reader of mathematics (LaTeX, NumPy style, sympy source) produces.

A tree says what was *written*, not what it means: whether ``A B`` is a matrix product or an elementwise one, whether a
name is a matrix or an entry, in which layout a derivative stands, is decided later, against the declared environment
(`grader.symbolic.environment`). Every node carries the span of the source it was read from, for carets and for repair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Literal, TypeAlias

Span: TypeAlias = tuple[int, int]
"""Start and end (exclusive) in the source text, in characters."""

NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Node:
    """One construct of the source. Spans do not take part in equality."""

    span: Span = field(default=NOWHERE, compare=False, kw_only=True)

    def children(self) -> Iterator[Node]:
        """The direct sub-trees, left to right."""
        for item in fields(self):
            if item.name != "span":
                yield from _nodes(getattr(self, item.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A literal; decimals are exact (``0.5`` is one half)."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A declared name or a single letter, accents folded in (``\\hat y`` is ``yhat``, ``\\vec x_1`` is ``x_1``).

    Greek letters go by their bare word (``sigma``, ``ell``), other accents as a suffix (``xbar``, ``xtilde``), an optimum or
    a prime that is no derivative as ``W*`` and ``x'``. ``label`` is a layer or time superscript (``Z^{[l]}``, ``h^{(t)}``), as
    written without brackets; "" if there is none.
    """

    name: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """Subscripted access: ``x_{ij}``, ``(AB)_{ij}``, ``w_r`` (a slice when there are fewer indices than axes)."""

    base: Node
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """A whole axis among the indices of an `Entry`: the colon of ``X_{:,j}`` or ``X[:, j]``."""


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function applied: ``\\sigma(z)``, ``f'(X)`` (``primes=1``), ``\\operatorname{diag}(v)``, ``\\log p``, ``\\max(0, z)``."""

    function: str
    arguments: tuple[Node, ...]
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Add(Node):
    """A sum of two or more terms; a subtracted term is a `Negative`."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Node


Operator: TypeAlias = Literal["juxtaposed", "dot", "times", "star", "matmul", "hadamard", "kronecker", "composed"]
"""How a product was written: ``A B``, ``\\cdot``, ``\\times``, ``*``, ``@``, ``\\odot``, ``\\otimes``, ``\\circ``."""


@dataclass(frozen=True, slots=True)
class Product(Node):
    left: Node
    right: Node
    operator: Operator = "juxtaposed"


@dataclass(frozen=True, slots=True)
class Quotient(Node):
    """``\\frac{a}{b}`` or ``a / b``; ``elementwise`` when the source says so (``\\oslash``, NumPy ``/``)."""

    over: Node
    under: Node
    elementwise: bool = False


@dataclass(frozen=True, slots=True)
class Power(Node):
    """``elementwise`` when the source says so (``A^{\\circ 2}``, NumPy ``**``)."""

    base: Node
    exponent: Node
    elementwise: bool = False


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Inverse(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """``\\frac{\\partial a}{\\partial b}``; also ``\\frac{\\partial}{\\partial b} a``. ``total`` for an upright or italic d.

    ``trailing`` when the operator was written after its operand (``x \\frac{\\partial}{\\partial x}``), an abuse to report.
    """

    of: Node
    wrt: Node
    order: int = 1
    total: bool = False
    trailing: bool = False


@dataclass(frozen=True, slots=True)
class Gradient(Node):
    """``\\nabla X`` (of the declared loss, by X: ``of is None``) or ``\\nabla_X f``; also ``dZ`` where declared so."""

    wrt: Node
    of: Node | None = None


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """``i = k``, ``z_i > 0``: the condition of a case, a binder or an indicator. ``otherwise`` has no sides."""

    operator: Literal["=", "!=", "<", ">", "<=", ">=", "in", "otherwise"]
    left: Node | None = None
    right: Node | None = None


@dataclass(frozen=True, slots=True)
class Together(Node):
    """All of several conditions."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either(Node):
    """At least one of several conditions."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Binder(Node):
    """A bound index with its range, where one is written: ``r=1`` and the upper bound, or a bare ``k``."""

    index: str
    lower: Node | None = None
    upper: Node | None = None


@dataclass(frozen=True, slots=True)
class Fold(Node):
    """``\\sum``, ``\\prod`` (or ``\\max_j``, ``\\min_j``) over one or more indices, with side conditions such as ``j \\ne l``.

    Where only a condition is written (``\\sum_{j \\ne l}``) its left index is given as the binder, without bounds; whoever knows
    which of the two is free may take the other.
    """

    kind: Literal["sum", "product", "max", "min"]
    binders: tuple[Binder, ...]
    body: Node
    conditions: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Reduce(Node):
    """NumPy style ``X.sum(axis=0, keepdims=True)``; ``axis=None`` is over all entries."""

    kind: Literal["sum", "mean", "max", "prod"]
    operand: Node
    axis: int | None = None
    keepdims: bool = False


@dataclass(frozen=True, slots=True)
class Branch(Node):
    value: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Cases(Node):
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Dots(Node):
    """An ellipsis inside a matrix, a list or a sum."""

    kind: Literal["horizontal", "vertical", "diagonal"] = "horizontal"


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """An explicit array: ``bmatrix``, ``array``, or a bracketed list (one row)."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Filled(Node):
    """``\\mathbf 0``, ``\\mathbf 1``, ``I``, with its shape where one is written (``I_{m \\times m}``, ``np.eye(m)``)."""

    kind: Literal["zeros", "ones", "identity"]
    shape: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Absolute(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Norm(Node):
    """``\\|w\\|`` with its subscript order: ``2``, ``1``, ``inf`` or ``F``."""

    operand: Node
    order: str = "2"


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    """``\\mathbb{1}[condition]``, ``I(z > 0)``; NumPy's ``(z > 0)`` used as a number."""

    condition: Node


@dataclass(frozen=True, slots=True)
class Reshape(Node):
    """Row-major (NumPy) reshape; ``order="F"`` where written."""

    operand: Node
    shape: tuple[Node, ...]
    order: Literal["C", "F"] = "C"
