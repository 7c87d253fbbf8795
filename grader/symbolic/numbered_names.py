r"""Names of the student's own with a number, such as ``\delta_3``: one quantity each, and no entries of an array ``\delta``.

A number below an undeclared name reads as an entry. Where such an entry is defined and the name alone is not, it is a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.symbolic.definitions import unknown_head
from grader.symbolic.program import Program
from grader.symbolic.rewrite import replaced
from grader.symbolic.tree import Chain, Entry, Name, Node, Number, Reading

MOST = 12
"""Names of this kind in one text."""


def with_numbered_names(reading: Reading, program: Program) -> Reading:
    """The reading in which each defined, numbered name is a name."""
    names = _numbered(reading, program)
    if not names:
        return reading
    return replace(reading, chains=tuple(_renamed(chain, names) for chain in reading.chains))


def _numbered(reading: Reading, program: Program) -> dict[Entry, Name]:
    found: dict[Entry, Name] = {}
    alone: set[str] = set()
    for chain in reading.chains:
        head = chain.sides[0].tree if chain.sides and len(chain.sides) > 1 and not chain.continues else None
        if isinstance(head, Name):
            alone.add(head.name)
        elif isinstance(head, Entry) and isinstance(head.base, Name) and unknown_head(program, head.base) is not None:
            index = head.indices[0] if len(head.indices) == 1 else None
            if isinstance(index, Number) and len(found) < MOST:
                found[head] = Name(f"{head.base.name}_{index.value}")
            elif isinstance(index, Name):
                alone.add(head.base.name)
    return {entry: name for entry, name in found.items() if isinstance(entry.base, Name) and entry.base.name not in alone}


def _renamed(chain: Chain, names: Mapping[Entry, Name]) -> Chain:
    sides = tuple(side if side.tree is None else replace(side, tree=_put(side.tree, names)) for side in chain.sides)
    return replace(chain, sides=sides, conditions=tuple(_put(condition, names) for condition in chain.conditions))


def _put(tree: Node, names: Mapping[Entry, Name]) -> Node:
    for entry, name in names.items():
        tree = replaced(tree, entry, name)
    return tree
