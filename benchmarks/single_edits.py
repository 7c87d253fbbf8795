"""Single edits of right answers: what a slip of the pen makes of them, and why some are right all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from grader.symbolic.decide import Decider
from grader.symbolic.environment import Environment
from grader.symbolic.final import is_accepted
from grader.symbolic.indexing import free_indices
from grader.symbolic.points import Budget
from grader.symbolic.rewrite import places
from grader.symbolic.shapes import defined_shapes
from grader.symbolic.traits import some
from grader.symbolic.tree import (
    Add,
    Apply,
    Cases,
    Entry,
    Fold,
    Indicator,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Reduce,
    Transpose,
)
from grader.symbolic.troubles import Trouble
from grader.symbolic.typeset import to_text
from grader.symbolic.values import sized
from grader.symbolic.verdicts import Decision
from tests.symbolic.derivation_corpus import cases, decide_final, decider, tree


@dataclass(frozen=True)
class Edit:
    """An edited formula; ``kind`` says what was done."""

    kind: str
    tree: Node
    commutes: str = ""
    """Why the factors that were swapped may be."""


@dataclass(frozen=True)
class Survivor:
    """An edit that is still accepted."""

    environment: str
    before: Node
    edit: Edit
    reason: str

    @property
    def commutes(self) -> bool:
        return bool(self.edit.commutes)

    def row(self) -> tuple[str, str, str, str, str]:
        return self.environment, to_text(self.before), self.edit.kind, to_text(self.edit.tree), self.reason


@dataclass
class Tally:
    """How many edits of each kind were made and accepted, and those accepted."""

    kinds: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    left_open: int = 0
    survivors: list[Survivor] = field(default_factory=list)


def edited() -> Tally:
    """Every single edit of every right final answer of the corpus, decided as the answer would be."""
    tally = Tally()
    for case in cases():
        if case.kind != "final" or case.why or case.undecided:
            continue
        judge, asked = decider(case.environment), tree(case.environment, case.asked)
        answer = tree(case.environment, case.text)
        for edit in edits(answer, judge):
            found = decide_final(judge, edit.tree, asked)
            tally.kinds[edit.kind] += 1
            tally.left_open += found.outcome == "undecided"
            if is_accepted(found, judge.environment):
                tally.accepted[edit.kind] += 1
                tally.survivors.append(Survivor(case.environment, answer, edit, reason_for(edit, found, case.environment)))
    return tally


def reason_for(edit: Edit, found: Decision, environment: str) -> str:
    """Why an edit is still right, as far as the edit and the decision tell; else ``unexplained``."""
    notes = {note.code for note in found.notes}
    stretched = "by convention: a column beside a matrix is stretched over it (noted)" if "broadcast" in notes else "unexplained"
    if edit.commutes:
        return edit.commutes
    if edit.kind == "index changed" and some(edit.tree, Indicator, Cases, Entry) and found.how == "proved":
        return "the condition makes both indices the same"
    if edit.kind == "name swapped" and "relu" in environment:
        return "ReLU(z) is positive where z is"
    if edit.kind == "name swapped" or some(edit.tree, Apply):
        return _SAME.get((environment, to_text(edit.tree)), stretched)
    return stretched


_SAME = {
    ("softmax_ce", "p · 𝟏ᵀ · p - y"): "the probabilities sum to 1",
    ("linear_regression", "(1 / (2 · N)) · tr((X · w - y)ᵀ · (X · w - y))"): "factors under a trace",
    ("softmax_ce_batch", "-tr(log(P) · Yᵀ)"): "factors under a trace",
    ("mlp_sigmoid_batch", "(1 / N) · Xᵀ · ((P - Y) · W_2ᵀ ⊙ A_1 ⊙ (1 - A_1))"): "P is Z_2 there, the output without activation",
}
"""Looked through by hand."""


def edits(answer: Node, judge: Decider) -> Iterator[Edit]:
    """Every single edit of the kinds below, each different tree once."""
    seen = {answer}
    for place in places(answer):
        for kind, node in _changed(place.node, judge.environment):
            whole = place.put(node)
            if whole not in seen:
                seen.add(whole)
                yield Edit(kind, whole, _commuting(place.node, judge) if kind == "factors swapped" else "")


def _commuting(node: Node, judge: Decider) -> str:
    """Why the factors of a product may be swapped; "" where only the whole formula could tell."""
    assert isinstance(node, Product)
    if node.operator in ("hadamard", "star", "composed"):
        return "factors of an elementwise product"
    if _is_scalar(node.left, judge) or _is_scalar(node.right, judge):
        return "a factor is a number"
    if all(isinstance(part, Apply) and part.function == "diag" for part in (node.left, node.right)):
        return "diagonal matrices"
    return ""


def _is_scalar(node: Node, judge: Decider) -> bool:
    ev = judge.evaluator(budget=Budget())
    try:
        return sized(ev.value(node, dict.fromkeys(free_indices(ev, node), judge.environment.base))).is_scalar
    except Trouble:
        return False


def _changed(node: Node, environment: Environment) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Add):
        for k, term in enumerate(node.terms):
            turned = term.operand if isinstance(term, Negative) else Negative(term)
            yield "sign of a term", Add((*node.terms[:k], turned, *node.terms[k + 1 :]))
    elif isinstance(node, Negative):
        yield "sign dropped", node.operand
    elif isinstance(node, Transpose):
        yield "transpose dropped", node.operand
    elif isinstance(node, Fold | Reduce):
        yield from _of_sum(node)
    elif isinstance(node, Power) and isinstance(node.exponent, Number):
        for step in (-1, 1):
            yield "exponent changed", replace(node, exponent=Number(node.exponent.value + Fraction(step)))
    elif isinstance(node, Product):
        yield "factors swapped", replace(node, left=node.right, right=node.left)
        yield "factor dropped", node.left
        yield "factor dropped", node.right
    elif isinstance(node, Entry):
        yield from _of_indices(node, environment)
    elif isinstance(node, Name) and not node.label:
        for other in _of_same_shape(node.name, environment):
            yield "name swapped", Name(other)


def _of_sum(node: Fold | Reduce) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Fold) and node.kind == "sum":
        yield "sum dropped", node.body
    if isinstance(node, Reduce):
        yield "sum dropped", node.operand
        if node.axis is not None:
            yield "axis changed", replace(node, axis=1 - node.axis % 2)


def _of_indices(node: Entry, environment: Environment) -> Iterator[tuple[str, Node]]:
    for k, index in enumerate(node.indices):
        if not isinstance(index, Name):
            continue
        for letter in environment.indices:
            if letter != index.name:
                yield "index changed", replace(node, indices=(*node.indices[:k], Name(letter), *node.indices[k + 1 :]))


def _of_same_shape(name: str, environment: Environment) -> Iterator[str]:
    shapes = {leaf: environment.shape(leaf) for leaf in environment.leaves} | dict(defined_shapes(environment))
    name = environment.aliases.get(name, environment.entries.get(name, name))
    if name in shapes:
        yield from (other for other in shapes if other != name and shapes[other] == shapes[name])
