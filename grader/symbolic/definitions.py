"""Names that a student defines in the text: found before the steps are decided, since many are used before they are explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.symbolic.applied import BUILTINS
from grader.symbolic.decide import Decider
from grader.symbolic.evaluate import Evaluator
from grader.symbolic.index_ranges import index_range
from grader.symbolic.points import Budget
from grader.symbolic.program import Program
from grader.symbolic.reading import Chain
from grader.symbolic.recognise import recognised
from grader.symbolic.rewrite import numbered, replaced, with_index
from grader.symbolic.scalars import BadPoint
from grader.symbolic.traits import names_in, some
from grader.symbolic.tree import Apply, Entry, Fold, Matrix, Name, Node, Number
from grader.symbolic.troubles import NoCase, Trouble

MAX_ROUNDS = 3
MAX_NAMES = 30
_E = Name("e")
"""Euler's number, unless a line says that it is something else."""


def unknown_head(program: Program, tree: Node) -> str | None:
    """The name that a side would define: a bare name, entry or function value that nothing declares; None otherwise."""
    environment = program.environment
    if isinstance(tree, Name):
        full = f"{tree.name}^{tree.label}" if tree.label else tree.name
        known = program.knows(full) or program.knows(tree.name) or full in environment.aliases or tree.name in environment.aliases
        known = (
            known
            or tree.name in environment.losses
            or tree.name in environment.entries
            or tree.name in environment.dims
            or tree.name in environment.indices
        )
        return None if known or tree.name == "e" else full
    if isinstance(tree, Entry) and isinstance(tree.base, Name):
        return unknown_head(program, tree.base)
    if isinstance(tree, Apply) and tree.function not in program.functions:
        return None if tree.function in BUILTINS else tree.function
    return None


def defined_name(program: Program, chain: Chain) -> str | None:
    """The name that a chain defines by its head."""
    head = chain.sides[0].tree if chain.sides else None
    if head is None or chain.continues or len(chain.sides) < 2:
        return None
    if head == _E and not program.knows("e"):
        return "e"
    return unknown_head(program, head)


def with_numbered_names(program: Program, chains: Sequence[Chain]) -> tuple[Chain, ...]:
    """The chains with ``\\delta_1``, or ``\\delta_t`` for a declared label t, as names where a line defines them and nothing
    defines the whole."""
    heads = [chain.sides[0].tree for chain in chains if len(chain.sides) > 1 and not chain.continues]
    whole = {head.name for head in heads if isinstance(head, Name)}
    whole |= {
        head.base.name
        for head in heads
        if isinstance(head, Entry) and isinstance(head.base, Name) and not _number_of(program, head)
    }
    found: dict[Node, Name] = {}
    for head in heads:
        if isinstance(head, Entry) and _is_soft(program, head) and not _is_whole(chains, head):
            continue
        number = _number_of(program, head) if isinstance(head, Entry) else ""
        if number and isinstance(head, Entry) and isinstance(head.base, Name) and head.base.name not in whole:
            found[head] = Name(f"{head.base.name}_{number}", head.base.label, span=head.span)
    for old, new in found.items():
        chains = [_with_name(chain, old, new) for chain in chains]
    return tuple(chains)


def _number_of(program: Program, entry: Entry) -> str:
    """The number or label of an unknown name with one index; "" when it is something else."""
    if len(entry.indices) != 1 or (unknown_head(program, entry) is None and not _is_soft(program, entry)):
        return ""
    index = entry.indices[0]
    if isinstance(index, Number) and index.value.denominator == 1:
        return str(index.value)
    return index.name if isinstance(index, Name) and index.name in program.environment.labels else ""


def _is_whole(chains: Sequence[Chain], head: Entry) -> bool:
    """Whether an array stands for the name with a number, where a line defines it: no entry of anything and no sum."""
    sides = [chain.sides[1].tree for chain in chains if len(chain.sides) > 1 and chain.sides[0].tree == head]
    return bool(sides) and all(side is not None and not some(side, Entry, Fold) for side in sides)


def _is_soft(program: Program, entry: Entry) -> bool:
    """``z_1`` where the rubric's ``z`` is one that the question does not mention."""
    return isinstance(entry.base, Name) and entry.base.name in program.environment.soft


def _with_name(chain: Chain, old: Node, new: Name) -> Chain:
    sides = tuple(side if side.tree is None else replace(side, tree=replaced(side.tree, old, new)) for side in chain.sides)
    return replace(chain, sides=sides)


def with_definitions(decider: Decider, chains: Sequence[Chain]) -> Program:
    """The program with every name that the chains define; the first definition of a name that has a value holds.

    A soft name of the rubric is the student's own as soon as she writes something else for it. Definitions may come in any order.
    """
    program, soft = decider.program, set(decider.program.environment.soft)
    for _ in range(MAX_ROUNDS):
        before = program
        for chain in chains:
            program = _with_chain(decider, program, chain, soft)
        if program is before:
            break
    return program


def _with_chain(decider: Decider, program: Program, chain: Chain, soft: set[str]) -> Program:
    head = chain.sides[0].tree if chain.sides else None
    name = head.name if isinstance(head, Name) and head.name in soft else defined_name(program, chain)
    if name is None or isinstance(head, Apply) or (name in program.own and name not in soft) or len(program.own) > MAX_NAMES:
        return program
    formula = _first_formula(chain, name, decider.with_program(program).evaluator())
    if formula is None:
        return program
    if name in soft:
        soft.discard(name)
        if decider.agrees(formula, program.own[name], chain.conditions, Budget()):
            return program
    formula = recognised(decider.evaluator(), formula, decider.program.defs)
    return program.with_own(name, formula) if _has_value(decider, program.with_own(name, formula), name) else program


def _has_value(decider: Decider, program: Program, name: str) -> bool:
    try:
        decider.with_program(program).evaluator().world.value(name)
    except (Trouble, BadPoint, NoCase, RecursionError):
        return False
    return True


def _first_formula(chain: Chain, name: str, evaluator: Evaluator) -> Node | None:
    for side in chain.sides[1:]:
        formula = None if side.tree is None or side.text else _formula(chain, side.tree, evaluator)
        if formula is not None and name not in names_in(formula):
            return formula
    return None


def _formula(chain: Chain, tree: Node, evaluator: Evaluator) -> Node | None:
    """The defining side; for an entry-wise definition, the array of its entries."""
    head = chain.sides[0].tree
    if not isinstance(head, Entry):
        return tree
    letters = [index.name for index in head.indices if isinstance(index, Name)]
    if len(letters) != len(head.indices) or len(letters) > 2:
        return None
    try:
        ranges = [index_range(evaluator, letter, (tree,), {}) for letter in letters]
    except Trouble:
        return None
    if any(values is None for values in ranges):
        return None
    rows = ranges[0] or range(0)
    columns = (ranges[1] or range(0)) if len(ranges) > 1 else None
    written = [with_index(tree, letters[0], numbered(r)) for r in rows]
    if columns is None:
        return Matrix(tuple((row,) for row in written))
    return Matrix(tuple(tuple(with_index(row, letters[1], numbered(c)) for c in columns) for row in written))
