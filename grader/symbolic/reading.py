"""What reading a text brings back (chains of sides, and what was not understood), and what the readers must know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from grader.symbolic.tree import Node, Span


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a chain, as written and as read.

    ``tree`` is None where the text was not understood; `Reading.problems` then says why. ``shape`` is an annotation such as
    ``\\in \\mathbb{R}^{m \\times n}``, which is checked and not dropped.
    """

    source: str
    span: Span
    tree: Node | None
    shape: tuple[Node, ...] | None = None
    text: bool = False
    """True for prose in the place of a side ("where k is the number of points"); such a side is not checked."""


@dataclass(frozen=True, slots=True)
class Chain:
    """``a = b = c`` on one or several lines, with its conditions (``\\forall i \\ne j``) and equation label."""

    sides: tuple[Side, ...]
    relations: tuple[Literal["=", ":=", "~", "prop"], ...]
    """One fewer than the sides; ``~`` is an approximation."""
    conditions: tuple[Node, ...] = ()
    """Relations, and a bare `Binder` for a free index named without one (``\\forall i``, ``i = 1, \\dots, n``)."""
    label: str = ""
    continues: bool = False
    """True when the display begins with a relation sign and so goes on from the chain before it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why some text could not be read: where, and in words that name the offending text."""

    span: Span
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All chains read from one text, in order, with what was not understood."""

    source: str
    chains: tuple[Chain, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbols:
    """What the readers must know to read as a person does: which names are declared, and as what.

    Shapes are tuples of dimension names or integers, () for a scalar. Names are in canonical form (`Name`).
    """

    dims: frozenset[str] = frozenset()
    shapes: dict[str, tuple[str | int, ...]] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    """Names applied to arguments, e.g. ``f``, ``sigma``, ``ReLU``, beside the built-in ones of the reader."""
    entries: dict[str, str] = field(default_factory=dict)
    """Lower-case entry names: ``{"x": "X"}`` makes ``x_{ij}`` an entry of ``X``."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Other spellings of a declared name: ``{"p": "yhat", "dZ2": "grad Z_2"}``."""
    labels: frozenset[str] = frozenset()
    """Superscripts that are layer or time labels and not powers: ``l``, ``L``, ``l-1``."""
    indices: frozenset[str] = frozenset()
    """Letters that count something, so that ``x^{(i)}`` is the i-th example."""
    losses: frozenset[str] = frozenset({"L", "l", "J", "ell", "\\ell"})
