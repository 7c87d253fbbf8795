"""Laws of functions: ``\\sigma'(z) = \\sigma(z) (1 - \\sigma(z))`` is said of numbers, also where z is declared as an array."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from fractions import Fraction

from grader.symbolic.attempt import Pair
from grader.symbolic.evaluation import Evaluation
from grader.symbolic.rewrite import replaced
from grader.symbolic.traits import names_in
from grader.symbolic.tree import Add, Apply, Derivative, Entry, Name, Negative, Node, Number, Power, Product, Quotient

_OF_NUMBERS = (Add, Apply, Derivative, Name, Negative, Number, Power, Product, Quotient)


def of_one_entry(ev: Evaluation, pair: Pair) -> Pair | None:
    """The pair for the first entry of the only array in it; None where it is no law about the slope of a function."""
    if not (_tells_slope(pair.seen) or _tells_slope(pair.expected)):
        return None
    names = names_in(pair.seen) | names_in(pair.expected)
    functions = ev.world.point.program.functions
    if len(names) != 1 or not (_is_law(pair.seen, functions) and _is_law(pair.expected, functions)):
        return None
    name = ev.resolved(next(iter(names)))
    shape = ev.world.value(name).shape if ev.knows(name) else ()
    if not shape:
        return None
    written = Name(next(iter(names)))
    entry = Entry(Name(name), (Number(Fraction(ev.environment.base)),) * len(shape))
    return replace(pair, seen=replaced(pair.seen, written, entry), expected=replaced(pair.expected, written, entry))


def _tells_slope(tree: Node) -> bool:
    """Whether a function's derivative is written, as a prime or with a plain d; with a round one it is a Jacobian."""
    here = (isinstance(tree, Apply) and tree.primes > 0) or (isinstance(tree, Derivative) and tree.total)
    return here or any(map(_tells_slope, tree.children()))


def _is_law(tree: Node, functions: Container[str]) -> bool:
    """Whether a tree is made of numbers, functions that act entry by entry, and arithmetic without a sign of its own."""
    if not isinstance(tree, _OF_NUMBERS) or (isinstance(tree, Product) and tree.operator in ("kronecker", "matmul")):
        return False
    if isinstance(tree, Apply) and tree.function not in functions:
        return False
    if isinstance(tree, Derivative) and not (tree.total and isinstance(tree.of, Apply) and tree.wrt in tree.of.arguments):
        return False
    return all(_is_law(child, functions) for child in tree.children())
