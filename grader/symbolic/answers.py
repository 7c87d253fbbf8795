"""What a text states about a quantity: the last side of each chain that begins with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.symbolic.environment import Environment
from grader.symbolic.reading import Chain, Reading, Side
from grader.symbolic.traits import is_numeric
from grader.symbolic.tree import Apply, Derivative, Entry, Gradient, Name, Node, Span, Transpose


@dataclass(frozen=True)
class Statement:
    """A formula given for a quantity: what stands at the head of the chain and what at its end.

    ``bare`` when no head is written: the text is nothing but a formula. ``entry`` when it is given entry by entry.
    """

    head: Node
    seen: Node
    source: str
    span: Span
    conditions: tuple[Node, ...] = ()
    chain: int = 0
    bare: bool = False
    entry: bool = False


def statements(reading: Reading, environment: Environment, quantity: Node) -> list[Statement]:
    """All that is stated about the quantity, in reading order; a lone formula where nothing names the quantity."""
    wanted = quantity_key(quantity, environment)
    heads = _heads(reading)
    found = []
    for number, chain in enumerate(reading.chains):
        head = heads[number]
        last = _last(chain, 0 if chain.continues else 1)
        if head is None or last is None or last.tree is None or quantity_key(head, environment) != wanted:
            continue
        is_entry = bool(entry_indices(head))
        found.append(Statement(head, last.tree, last.source, last.span, chain.conditions, number, entry=is_entry))
    return found or list(_bare(reading, quantity))


def passing(reading: Reading, environment: Environment, wanted: str) -> Iterator[Statement]:
    """What chains that begin with something else say of a quantity on their way: ``d = dL/dz = ...``."""
    for number, chain in enumerate(reading.chains):
        sides = [side for side in chain.sides if not side.text and side.tree is not None]
        for side in sides[1:-1]:
            last = sides[-1]
            if side.tree is not None and last.tree is not None and quantity_key(side.tree, environment) == wanted:
                yield Statement(side.tree, last.tree, last.source, last.span, chain.conditions, number)


def adjoint_key(head: Node | None, environment: Environment) -> str:
    """``grad W`` for ``\\bar W``, which many write for the gradient by W; "" for what has no bar."""
    if isinstance(head, Entry):
        return adjoint_key(head.base, environment)
    if not isinstance(head, Name):
        return ""
    plain = re.sub(r"bar(?=_|\Z)", "", head.name)
    return "" if plain == head.name else f"grad {_name_key(Name(plain, head.label), environment)}"


def before_value(statement: Statement, reading: Reading) -> Statement | None:
    """The same statement without the sides at its end that put in numbers; None if no formula is before them."""
    chain = reading.chains[statement.chain]
    sides = [side for side in chain.sides[0 if chain.continues else 1 :] if not side.text]
    while sides and sides[-1].tree is not None and is_numeric(sides[-1].tree):
        sides.pop()
    earlier = sides[-1] if sides and not statement.bare else None
    if earlier is None or earlier.tree is None:
        return None
    return replace(statement, seen=earlier.tree, source=earlier.source, span=earlier.span)


def quantity_key(tree: Node, environment: Environment) -> str:
    """The same text for all ways to name a quantity: ``grad X`` for the loss's derivative by X or by its entries; "" for none."""
    if isinstance(tree, Transpose):
        return quantity_key(tree.operand, environment)
    if isinstance(tree, Entry):
        return quantity_key(tree.base, environment)
    if isinstance(tree, Apply) and tree.function == "vec" and len(tree.arguments) == 1:
        return quantity_key(tree.arguments[0], environment)
    if isinstance(tree, Name):
        return _name_key(tree, environment)
    if isinstance(tree, Gradient):
        by, of = quantity_key(tree.wrt, environment), quantity_key(tree.of, environment) if tree.of is not None else "loss"
    elif isinstance(tree, Derivative) and tree.order == 1:
        by, of = quantity_key(tree.wrt, environment), quantity_key(tree.of, environment)
    else:
        return ""
    if not by or not of:
        return ""
    return f"grad {by}" if of == "loss" else f"d {of} / d {by}"


def _name_key(tree: Name, environment: Environment) -> str:
    full = f"{tree.name}^{tree.label}" if tree.label else tree.name
    if full in environment.losses:
        return "loss"
    given = {upstream: f"grad {of}" for of, upstream in environment.upstream.items()}
    name = environment.aliases.get(full, environment.entries.get(full, full))
    return given.get(name, name)


def _heads(reading: Reading) -> list[Node | None]:
    """The head of each chain; a chain that goes on from the one before has that one's."""
    heads: list[Node | None] = []
    for chain in reading.chains:
        if chain.continues and heads:
            heads.append(heads[-1])
        else:
            heads.append(chain.sides[0].tree if chain.sides and not chain.sides[0].text else None)
    return heads


def _last(chain: Chain, start: int) -> Side | None:
    """The last side that is a formula."""
    return next((side for side in reversed(chain.sides[start:]) if not side.text), None)


def entry_indices(head: Node) -> tuple[Node, ...]:
    """The indices of the entry that a head asks for: i and j of ``grad x_ij``; none where it asks for the whole."""
    named = head.wrt if isinstance(head, Gradient | Derivative) else head
    return named.indices if isinstance(named, Entry) else ()


def _bare(reading: Reading, quantity: Node) -> Iterator[Statement]:
    """The formula of a text that is one formula."""
    sides = [side for chain in reading.chains for side in chain.sides if not side.text]
    if len(sides) == 1 and sides[0].tree is not None:
        yield Statement(quantity, sides[0].tree, sides[0].source, sides[0].span, bare=True)
