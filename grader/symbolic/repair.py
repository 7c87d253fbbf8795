"""One edit that makes a wrong side right: the index renamed, the missing sum, the transpose, the sign, the power."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, permutations
from typing import Literal

from grader.symbolic.decide import Decider
from grader.symbolic.indexing import free_indices
from grader.symbolic.points import Budget
from grader.symbolic.rewrite import numbered, places, with_index
from grader.symbolic.tree import (
    Add,
    Apply,
    Binder,
    Entry,
    Fold,
    Gradient,
    Matrix,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Span,
    Transpose,
)
from grader.symbolic.verdicts import Repair

MAX_EDITS = 240
EDIT_COST = 500
"""Charged for each edit beside what its evaluation takes."""

OPERATIONS = 160_000
"""About half a second at worst, on trees made to be slow."""


@dataclass(frozen=True)
class Edit:
    """A changed tree and what was changed."""

    tree: Node
    code: str
    fields: dict[str, str | int]
    span: Span = (0, 0)
    side: Literal["seen", "before"] = "seen"


def search_budget() -> Budget:
    """The work allowed for all searches of one step together."""
    return Budget(OPERATIONS, 20_000)


def find_repair(
    decider: Decider, seen: Node, expected: Node, conditions: tuple[Node, ...] = (), budget: Budget | None = None
) -> Repair | None:
    """The first single edit, in order of likelihood, after which the sides agree; None within the bounds of the search."""
    try:
        return _searched(decider, seen, expected, conditions, budget or search_budget())
    except RecursionError:
        return None


def _searched(decider: Decider, seen: Node, expected: Node, conditions: tuple[Node, ...], budget: Budget) -> Repair | None:
    for edit in islice(_edits(decider, seen, expected), MAX_EDITS):
        budget.operations -= EDIT_COST
        if budget.operations <= 0:
            return None
        left, right = (edit.tree, expected) if edit.side == "seen" else (seen, edit.tree)
        if decider.agrees(left, right, conditions, budget):
            return Repair(code=edit.code, fields=edit.fields, side=edit.side, span=edit.span)
    return None


def _edits(decider: Decider, seen: Node, expected: Node) -> Iterator[Edit]:
    ev = decider.evaluator()
    own, other = free_indices(ev, seen), free_indices(ev, expected)
    yield from _missing_sum(seen, own - other, "seen")
    yield from _missing_sum(expected, other - own, "before")
    yield from _renamed(seen, own, other)
    yield from _renamed_before(expected, own, other)
    yield from _one_index(seen, expected)
    yield from _both_indices(seen, expected)
    yield from _bounds(seen, decider)
    yield from _signs(seen)
    yield from _transposes(seen)
    yield from _powers(seen)
    yield from _factors(seen, decider)
    yield from _products(seen)
    yield from _primes(seen)


def _missing_sum(tree: Node, letters: set[str], side: Literal["seen", "before"]) -> Iterator[Edit]:
    if letters:
        over = sorted(letters)
        summed = Fold("sum", tuple(Binder(letter) for letter in over), tree)
        yield Edit(summed, "missing_sum", {"indices": ",".join(over)}, tree.span, side)


def _renamed(seen: Node, own: set[str], other: set[str]) -> Iterator[Edit]:
    for old in sorted(own):
        for new in sorted((own | other) - {old}):
            yield Edit(with_index(seen, old, Name(new)), "rename_index", {"old": old, "new": new}, seen.span)


def _renamed_before(expected: Node, own: set[str], other: set[str]) -> Iterator[Edit]:
    for old in sorted(other - own):
        for new in sorted(own - other):
            yield Edit(with_index(expected, old, Name(new)), "rename_index", {"old": old, "new": new}, expected.span, "before")


def _one_index(seen: Node, expected: Node) -> Iterator[Edit]:
    """A single subscript written with another letter; on either side."""
    letters = sorted(_letters(seen) | _letters(expected))
    for side, tree in (("seen", seen), ("before", expected)):
        for place in places(tree):
            if not isinstance(place.node, Entry):
                continue
            for k, index in enumerate(place.node.indices):
                if not isinstance(index, Name):
                    continue
                for letter in letters:
                    if letter != index.name:
                        indices = (*place.node.indices[:k], Name(letter), *place.node.indices[k + 1 :])
                        facts: dict[str, str | int] = {"old": index.name, "new": letter, "position": k + 1}
                        changed = place.put(replace(place.node, indices=indices))
                        yield Edit(changed, "one_index", facts, place.node.span, "seen" if side == "seen" else "before")


def _both_indices(seen: Node, expected: Node) -> Iterator[Edit]:
    """Both subscripts of one entry written anew; on the side before first, where a quantity is named."""
    letters = sorted(_letters(seen) | _letters(expected))
    for side, tree in (("before", expected), ("seen", seen)):
        for place in places(tree):
            node = place.node
            if not isinstance(node, Entry) or len(node.indices) != 2 or len(letters) > 5:
                continue
            for pair in permutations(letters, 2):
                indices = (Name(pair[0]), Name(pair[1]))
                if all(a != b for a, b in zip(indices, node.indices, strict=True)):
                    facts: dict[str, str | int] = {"new": "".join(pair)}
                    changed = place.put(replace(node, indices=indices))
                    yield Edit(changed, "both_indices", facts, node.span, "seen" if side == "seen" else "before")


def _letters(tree: Node) -> set[str]:
    found: set[str] = set()
    for place in places(tree):
        if isinstance(place.node, Entry):
            found |= {index.name for index in place.node.indices if isinstance(index, Name)}
    return found


def _bounds(seen: Node, decider: Decider) -> Iterator[Edit]:
    for place in places(seen):
        node = place.node
        if not isinstance(node, Fold):
            continue
        for k, binder in enumerate(node.binders):
            if binder.upper is None:
                continue
            for size in decider.environment.dims:
                if binder.upper != Name(size):
                    binders = (*node.binders[:k], replace(binder, upper=Name(size)), *node.binders[k + 1 :])
                    yield Edit(
                        place.put(replace(node, binders=binders)), "sum_bound", {"index": binder.index, "bound": size}, node.span
                    )
        yield Edit(place.put(node.body), "sum_too_many", {"indices": ",".join(b.index for b in node.binders)}, node.span)


def _signs(seen: Node) -> Iterator[Edit]:
    yield Edit(_negated(seen), "sign", {"where": "all"}, seen.span)
    for place in places(seen):
        if isinstance(place.node, Add):
            for k, term in enumerate(place.node.terms):
                terms = (*place.node.terms[:k], _negated(term), *place.node.terms[k + 1 :])
                yield Edit(place.put(Add(terms)), "sign", {"where": "term", "term": k + 1}, term.span)
        elif isinstance(place.node, Negative) and place.node is not seen:
            yield Edit(place.put(place.node.operand), "sign", {"where": "part"}, place.node.span)


def _negated(node: Node) -> Node:
    return node.operand if isinstance(node, Negative) else Negative(node)


def _transposes(seen: Node) -> Iterator[Edit]:
    for place in places(seen):
        node = place.node
        if isinstance(node, Transpose):
            yield Edit(place.put(node.operand), "transpose_removed", {}, node.span)
        elif isinstance(node, Name | Gradient | Entry | Product | Matrix | Apply | Add):
            yield Edit(place.put(Transpose(node)), "transpose_missing", {}, node.span)


def _powers(seen: Node) -> Iterator[Edit]:
    for place in places(seen):
        node = place.node
        if isinstance(node, Power):
            yield Edit(place.put(node.base), "power_removed", {}, node.span)
            if isinstance(node.exponent, Number):
                for step in (1, -1):
                    exponent = Number(node.exponent.value + step)
                    yield Edit(place.put(replace(node, exponent=exponent)), "power", {"exponent": str(exponent.value)}, node.span)
        elif isinstance(node, Quotient):
            squared = Power(node.under, numbered(2), elementwise=True)
            yield Edit(place.put(replace(node, under=squared)), "power", {"exponent": "2"}, node.under.span)
            yield Edit(place.put(Quotient(node.under, node.over, node.elementwise)), "fraction_upside_down", {}, node.span)


def _factors(seen: Node, decider: Decider) -> Iterator[Edit]:
    for factor in (Fraction(2), Fraction(1, 2)):
        yield Edit(Product(Number(factor), seen), "factor", {"factor": str(factor)}, seen.span)
    for size in decider.environment.dims:
        yield Edit(Product(Name(size), seen), "factor", {"factor": size}, seen.span)
        yield Edit(Quotient(seen, Name(size)), "factor", {"factor": f"1/{size}"}, seen.span)
    for place in places(seen):
        node = place.node
        if isinstance(node, Product) and isinstance(node.left, Number | Name):
            yield Edit(place.put(node.right), "factor_removed", {}, node.left.span)
        if isinstance(node, Quotient) and isinstance(node.under, Number | Name):
            yield Edit(place.put(node.over), "factor_removed", {}, node.under.span)


def _products(seen: Node) -> Iterator[Edit]:
    for place in places(seen):
        node = place.node
        if not isinstance(node, Product):
            continue
        yield Edit(place.put(replace(node, left=node.right, right=node.left)), "order", {}, node.span)
        if node.operator in ("hadamard", "star"):
            yield Edit(place.put(replace(node, operator="matmul")), "matrix_product", {}, node.span)
        else:
            yield Edit(place.put(replace(node, operator="hadamard")), "elementwise_product", {}, node.span)


def _primes(seen: Node) -> Iterator[Edit]:
    for place in places(seen):
        node = place.node
        if isinstance(node, Apply) and node.primes:
            yield Edit(place.put(replace(node, primes=0)), "prime_removed", {"function": node.function}, node.span)
        elif isinstance(node, Apply) and len(node.arguments) == 1:
            yield Edit(place.put(replace(node, primes=1)), "prime_missing", {"function": node.function}, node.span)
        elif isinstance(node, Relation) and node.operator in ("<", ">"):
            other: Literal["<", ">"] = "<" if node.operator == ">" else ">"
            yield Edit(place.put(replace(node, operator=other)), "condition_turned", {}, node.span)
