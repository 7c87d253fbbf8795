"""Einstein's convention: an index that a term repeats and the other side does not have is summed over."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from grader.symbolic.attempt import Pair
from grader.symbolic.evaluation import Evaluation
from grader.symbolic.indexing import free_indices
from grader.symbolic.tree import Add, Binder, Entry, Fold, Name, Negative, Node, Relation


def einstein_summed(ev: Evaluation, pair: Pair) -> Pair:
    """Both sides with sums over the indices that a term repeats and the other side does not have."""
    own, other = free_indices(ev, pair.seen), free_indices(ev, pair.expected)
    return replace(pair, seen=_summed(ev, pair.seen, other), expected=_summed(ev, pair.expected, own))


def _summed(ev: Evaluation, tree: Node, kept: set[str]) -> Node:
    if isinstance(tree, Add):
        return replace(tree, terms=tuple(_summed(ev, term, kept) for term in tree.terms))
    if isinstance(tree, Negative):
        return replace(tree, operand=_summed(ev, tree.operand, kept))
    counts = Counter(_letters(ev, tree))
    repeated = sorted(letter for letter, count in counts.items() if count > 1 and letter not in kept)
    return Fold("sum", tuple(Binder(letter) for letter in repeated), tree, span=tree.span) if repeated else tree


def _letters(ev: Evaluation, tree: Node) -> list[str]:
    free = free_indices(ev, tree)
    return [part.name for part in _index_names(tree) if part.name in free]


def _index_names(tree: Node) -> list[Name]:
    parts = tree.indices if isinstance(tree, Entry) else tuple(tree.children()) if isinstance(tree, Relation) else ()
    here = [part for part in parts if isinstance(part, Name)]
    for child in () if isinstance(tree, Relation) else tree.children():
        here += _index_names(child)
    return here
