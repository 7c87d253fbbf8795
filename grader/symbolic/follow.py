"""Follow-through: a formula that is right given the student's own earlier, wrong result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.symbolic.answers import entry_indices, quantity_key
from grader.symbolic.decide import Decider
from grader.symbolic.points import Budget
from grader.symbolic.program import Program
from grader.symbolic.rewrite import replaced
from grader.symbolic.traits import names_in
from grader.symbolic.tree import Derivative, Entry, Gradient, Name, Negative, Node

MAX_CLAIMS = 4


@dataclass(frozen=True)
class Claim:
    """What the student wrote, wrongly, for a quantity; ``chain`` says where."""

    chain: int
    head: Node
    formula: Node


def followed(
    decider: Decider,
    claims: Sequence[Claim],
    seen: Node,
    before: Node | None,
    head: Node | None,
    conditions: tuple[Node, ...],
    budget: Budget,
) -> Claim | None:
    """The latest claim from which the seen side follows; None if there is none."""
    for claim in reversed(claims[-MAX_CLAIMS:]):
        for expected in _expected(claim, before, head):
            if decider.agrees(seen, expected, conditions, budget):
                return claim
        if head is None or head == claim.head:
            continue
        indices = entry_indices(claim.head)
        if indices and not entry_indices(head) and _is_of_one_quantity(claim.head, head, decider):
            if decider.agrees(Entry(seen, indices), claim.formula, conditions, budget):
                return claim
        elif _holds_if_true(decider, claim, seen, head, conditions, budget):
            return claim
    return None


def _is_of_one_quantity(entry: Node, whole: Node, decider: Decider) -> bool:
    key = quantity_key(entry, decider.environment)
    return bool(key) and key == quantity_key(whole, decider.environment)


def _holds_if_true(decider: Decider, claim: Claim, seen: Node, head: Node, conditions: tuple[Node, ...], budget: Budget) -> bool:
    """Whether the seen side is right where the claim is, and the head depends on the claim: without it all gradients vanish."""
    program = _program(decider.program, claim)
    if program is None:
        return False
    claimed = decider.with_program(program)
    return claimed.agrees(seen, head, conditions, budget) and not claimed.agrees(head, Negative(head), conditions, budget)


def _expected(claim: Claim, before: Node | None, head: Node | None) -> list[Node]:
    """The neighbour and the head with the claimed formula put in for its quantity."""
    found = []
    for tree in (before, head):
        changed = tree if tree is None else replaced(tree, claim.head, claim.formula)
        if changed is not None and changed is not tree:
            found.append(changed)
    return found


def _program(program: Program, claim: Claim) -> Program | None:
    """The program in which the claim is true: another gradient, or another definition."""
    environment, head = program.environment, claim.head
    if isinstance(head, Gradient | Derivative) and isinstance(head.wrt, Name):
        of_loss = head.of is None or (isinstance(head.of, Name) and head.of.name in environment.losses)
        name = environment.aliases.get(head.wrt.name, environment.entries.get(head.wrt.name, head.wrt.name))
        return program.with_upstream(name, claim.formula) if of_loss and program.knows(name) else None
    if isinstance(head, Name) and head.name in program.defs and head.name not in names_in(claim.formula):
        return program.with_own(head.name, claim.formula)
    return None
