"""What a text says of its question without naming it: in other words, for some entries, or by gradients that it explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.symbolic.answers import Statement, adjoint_key, entry_indices, passing, quantity_key, statements
from grader.symbolic.decide import Decider
from grader.symbolic.final import forbidden_symbols
from grader.symbolic.reading import Reading
from grader.symbolic.traits import names_in, uses_slope
from grader.symbolic.tree import Gradient, Name, Node, Relation

MOST = 40
"""Chains or statements that are compared for one of these questions; a homework has a dozen."""


def by_value(decider: Decider, reading: Reading, quantity: Node) -> list[Statement]:
    r"""What is stated about a derivative that is the quantity in other words, as ``\sigma'(z)`` is dy/dz."""
    found = []
    for number, chain in enumerate(reading.chains[:MOST]):
        sides = [side for side in chain.sides if not side.text]
        head, last = (sides[0].tree, sides[-1].tree) if len(sides) > 1 and not chain.continues else (None, None)
        if head is None or last is None or not uses_slope(head) or uses_slope(last):
            continue
        if decider.decide(head, quantity, chain.conditions).is_equal:
            found.append(Statement(head, last, sides[-1].source, sides[-1].span, chain.conditions, number))
    return found


def under_a_bar(decider: Decider, reading: Reading, quantity: Node) -> Statement | None:
    r"""The last thing said of a name such as ``\bar W``, which many write for the gradient by W."""
    wanted = quantity_key(quantity, decider.environment)
    for number, chain in reversed(list(enumerate(reading.chains))):
        side = chain.sides[-1]
        if len(chain.sides) < 2 or side.tree is None or side.text or not wanted:
            continue
        if adjoint_key(chain.sides[0].tree, decider.environment) == wanted:
            return Statement(quantity, side.tree, side.source, side.span, chain.conditions, number)
    return None


def is_for_all(decider: Decider, statement: Statement, found: list[Statement]) -> bool:
    """Whether a formula is for all entries, or another right one is for those that its condition leaves out."""
    indices = {index.name for index in entry_indices(statement.head) if isinstance(index, Name)}
    within = [part for part in statement.conditions if isinstance(part, Relation) and names_in(part) & indices]
    if not within:
        return True
    return len(within) == 1 and any(
        _is_opposite(within[0], part)
        and other.head == statement.head
        and decider.decide(other.seen, other.head, other.conditions).is_equal
        for other in found[-MOST:]
        for part in other.conditions
    )


def _is_opposite(one: Relation, other: Node) -> bool:
    if not isinstance(other, Relation) or {one.operator, other.operator} != {"=", "!="}:
        return False
    return (other.left, other.right) in ((one.left, one.right), (one.right, one.left))


@dataclass
class Explained:
    """Which gradients a text gives right formulas for; ``expanded`` writes the student's own names out."""

    decider: Decider
    reading: Reading
    quantity: Node
    expanded: Callable[[Node], Node]
    known: dict[str, bool] = field(default_factory=dict)
    """What was found out; a gradient that is being asked about is not given by itself."""

    def all_of(self, symbols: tuple[str, ...]) -> bool:
        return all(self._is_given(symbol) for symbol in symbols)

    def _is_given(self, symbol: str) -> bool:
        if symbol not in self.known:
            self.known[symbol] = False
            self.known[symbol] = any(map(self._is_right, self._claims(symbol)))
        return self.known[symbol]

    def _claims(self, symbol: str) -> list[Statement]:
        """What the text states about a gradient that is written as ``grad X``, first or on the way."""
        environment = self.decider.environment
        if not symbol.startswith("grad ") or symbol == quantity_key(self.quantity, environment):
            return []
        first = statements(self.reading, environment, Gradient(Name(symbol.removeprefix("grad "))))
        return [*(claim for claim in first if not claim.bare), *passing(self.reading, environment, symbol)][:MOST]

    def _is_right(self, claim: Statement) -> bool:
        used = forbidden_symbols(self.expanded(claim.seen), self.decider.environment, claim.head)
        return self.all_of(used) and self.decider.decide(claim.seen, claim.head, claim.conditions).is_equal
