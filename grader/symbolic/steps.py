"""A derivation step by step: each side against its left neighbour and against the head of its chain.

Neighbour and head wrong: the error enters here. Only the head wrong: carried on, not to be punished twice. Only the
neighbour wrong: the slip before was not carried on. Lines that restate the head are compared with the line before as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from grader.model.verdict import Reason
from grader.symbolic.decide import ABUSES, Decider
from grader.symbolic.definitions import defined_name, unknown_head, with_definitions, with_numbered_names
from grader.symbolic.follow import Claim, followed
from grader.symbolic.indexing import free_indices, index_or_none
from grader.symbolic.points import Budget
from grader.symbolic.reading import Chain, Reading, Side
from grader.symbolic.repair import find_repair, search_budget
from grader.symbolic.scalars import BadPoint
from grader.symbolic.supposed import Words
from grader.symbolic.tree import Derivative, Entry, Filled, Gradient, Name, Node, Number
from grader.symbolic.troubles import NoCase, Trouble, shape_text
from grader.symbolic.values import sized
from grader.symbolic.verdicts import Decision, DerivationVerdict, Repair, StepOutcome, StepVerdict

MAX_STEPS = 400
WRONG: frozenset[StepOutcome] = frozenset({"wrong_here", "carried"})
Context: TypeAlias = "tuple[Node, Node]"


@dataclass
class _Line:
    """One chain as it is walked: its head, the last side understood, and whether an error stands in it."""

    number: int
    chain: Chain
    head: Node | None
    before: Node | None
    earlier: Node | None = None
    """The last side of an earlier line with the same head."""
    wrong: bool = False
    sides: int = 0


@dataclass
class Walk:
    """What is remembered from chain to chain."""

    decider: Decider
    words: Words
    repairs: bool = True
    to_define: set[str] = field(default_factory=set)
    """The student's own names whose defining line is still to come."""
    claims: list[Claim] = field(default_factory=list)
    last_of: dict[Node, Node] = field(default_factory=dict)
    steps: list[StepVerdict] = field(default_factory=list)
    previous: _Line | None = None


def check_steps(reading: Reading, decider: Decider, *, repairs: bool = True) -> DerivationVerdict:
    """The verdict on every side of every chain, in reading order."""
    chains = with_numbered_names(decider.program, reading.chains)
    program = with_definitions(decider, chains)
    new = {name for name, tree in program.own.items() if decider.program.own.get(name) is not tree}
    if new:
        decider = decider.with_program(program)
    walk = Walk(decider, Words(reading.source, decider.program), repairs, new)
    for number, chain in enumerate(chains):
        if len(walk.steps) >= MAX_STEPS:
            break
        _walk_chain(walk, number, chain)
    return DerivationVerdict(steps=tuple(walk.steps))


def _walk_chain(walk: Walk, number: int, chain: Chain) -> None:
    sides = list(enumerate(chain.sides))
    if chain.continues and walk.previous is not None:
        line = _Line(number, chain, walk.previous.head, walk.previous.before, wrong=walk.previous.wrong, sides=1)
    else:
        head = chain.sides[0].tree if chain.sides and not chain.sides[0].text else None
        line = _Line(number, chain, head, head, walk.last_of.get(head) if head is not None else None)
        if sides and chain.sides[0].shape is not None:
            _head_shape(walk, line, chain.sides[0])
        sides = sides[1:]
    for k, side in sides:
        try:
            verdict = _step(walk, line, k, side)
        except RecursionError:
            verdict = _verdict(line, k, side, "not_checkable", reasons=(Reason(code="too_deep"),))
        walk.steps.append(verdict)
        line.sides += 1
        line.wrong = line.wrong or verdict.outcome == "wrong_here"
        if side.tree is not None and not side.text:
            line.before = side.tree
    if line.head is not None and line.before is not None and line.before is not line.head:
        walk.last_of[line.head] = line.before
        if line.wrong and walk.steps[-1].outcome in WRONG:
            walk.claims.append(Claim(number, line.head, line.before))
    if not all(step.chain == number and _says_when(step) for step in walk.steps[-max(1, line.sides) :]):
        walk.previous = line


def _says_when(step: StepVerdict) -> bool:
    return [reason.code for reason in step.reasons] == ["condition"]


def _head_shape(walk: Walk, line: _Line, side: Side) -> None:
    """A shape written behind a lone first side is a step of its own only when it is wrong."""
    if line.head is None or len(line.chain.sides) > 1:
        return
    found = _shape_reason(walk.decider, side, line.chain, walk.decider.environment.layout)
    if found is not None:
        walk.steps.append(_verdict(line, 0, side, "wrong_here", reasons=(found,)))


def _step(walk: Walk, line: _Line, k: int, side: Side) -> StepVerdict:
    if side.text:
        return _verdict(line, k, side, "not_checkable", reasons=(Reason(code="prose"),))
    if side.tree is None:
        return _verdict(line, k, side, "not_checkable", reasons=(Reason(code="not_read"),))
    if line.before is None:
        return _verdict(line, k, side, "not_checkable", reasons=(Reason(code="nothing_to_compare"),))
    if _is_condition(walk, line.before, side.tree):
        return _verdict(line, k, side, "not_checkable", reasons=(Reason(code="condition"),))
    if _is_stationary(line, side.tree):
        return _verdict(line, k, side, "not_checkable", reasons=(Reason(code="condition"),))
    name = _defined_here(walk, line) if line.sides == 0 else None
    name = name or unknown_head(walk.decider.program, side.tree)
    if name is not None:
        walk.to_define.discard(name)
        return _verdict(line, k, side, "definition", reasons=(Reason(code="definition", facts={"name": name}),))
    return _decided(walk, line, k, side, side.tree)


def _is_condition(walk: Walk, left: Node, right: Node) -> bool:
    """``i = k`` in running text says when something holds; nothing is claimed."""
    letters = [tree.name for tree in (left, right) if isinstance(tree, Name) and not tree.label]
    declared = walk.decider.environment.indices
    return (
        len(letters) == 2 and any(letter in declared for letter in letters) and not any(map(walk.decider.program.knows, letters))
    )


def _is_stationary(line: _Line, tree: Node) -> bool:
    """A derivative that is set to zero: an equation to be solved, not a claim."""
    is_zero = (isinstance(tree, Number) and tree.value == 0) or (isinstance(tree, Filled) and tree.kind == "zeros")
    return is_zero and isinstance(line.head, Derivative | Gradient)


def _defined_here(walk: Walk, line: _Line) -> str | None:
    """The name that this chain defines: one of the student's own, or one that nothing explains."""
    head = line.head
    base = head.base if isinstance(head, Entry) else head
    if isinstance(base, Name):
        full = f"{base.name}^{base.label}" if base.label else base.name
        if full in walk.to_define:
            return full
    return defined_name(walk.decider.program, line.chain)


def _decided(walk: Walk, line: _Line, k: int, side: Side, tree: Node) -> StepVerdict:
    assert line.before is not None
    conditions, budget = line.chain.conditions, Budget()
    neighbour = walk.decider.decide(tree, line.before, conditions, budget)
    head = neighbour
    if line.head is not None and line.head is not line.before:
        head = walk.decider.decide(tree, line.head, conditions, budget, prove=False)
        if unknown_head(walk.decider.program, line.head) is not None:
            head = neighbour
    reasons: list[Reason] = []
    outcome = _outcome(line, neighbour, head)
    if line.sides == 0 and line.earlier is not None and outcome == "wrong_here":
        outcome, reason = _against_earlier(walk, line, tree, budget)
        reasons.append(reason)
    if outcome == "wrong_here":
        claim = followed(walk.decider, walk.claims, tree, line.before, line.head, conditions, budget)
        if claim is not None:
            outcome = "carried"
            reasons.append(Reason(code="follows_own_earlier", facts={"chain": claim.chain}))
    found = [decision.reason for decision in (neighbour, head) if decision.reason is not None]
    if outcome in WRONG and walk.words.suppose(line.chain, line.head, found):
        return _verdict(line, k, side, "not_checkable", reasons=(Reason(code="condition"),))
    repair = _repair(walk, line, neighbour, tree) if outcome == "wrong_here" and walk.repairs else None
    reasons += _reasons(outcome, neighbour, head)
    wrong_shape = _shape_reason(walk.decider, side, line.chain, neighbour.layout or walk.decider.environment.layout)
    if wrong_shape is not None:
        reasons.append(wrong_shape)
    return _verdict(line, k, side, outcome, neighbour, head if head is not neighbour else None, tuple(reasons), repair)


def _outcome(line: _Line, neighbour: Decision, head: Decision) -> StepOutcome:
    if neighbour.outcome == "undecided" and head.outcome == "undecided":
        return "not_checkable"
    if neighbour.is_equal and head.is_equal:
        return _best(line, neighbour, head)
    if neighbour.is_equal:
        return "carried" if line.wrong else _right(line, neighbour)
    if head.is_equal:
        return "slip_not_carried" if line.wrong else _right(line, head)
    return "not_checkable" if neighbour.outcome == "undecided" and line.wrong else "wrong_here"


def _best(line: _Line, neighbour: Decision, head: Decision) -> StepOutcome:
    both = {_right(line, neighbour), _right(line, head)}
    order: tuple[StepOutcome, ...] = ("right", "right_other_layout", "notation_abused")
    return next(outcome for outcome in order if outcome in both)


def _right(line: _Line, decision: Decision) -> StepOutcome:
    """Abuse counts on the side where it is written; on the head it is told at the first step."""
    if decision.outcome == "equal":
        return "right"
    abused = [note for note in decision.notes if note.code in ABUSES]
    if decision.outcome == "equal_by_abuse" and (line.sides == 0 or any(note.facts.get("side") == "seen" for note in abused)):
        return "notation_abused"
    return "right_other_layout" if decision.outcome == "equal_in_other_layout" else "right"


def _against_earlier(walk: Walk, line: _Line, tree: Node, budget: Budget) -> tuple[StepOutcome, Reason]:
    """A restated head: does the line follow from the line before?"""
    assert line.earlier is not None
    decision = walk.decider.decide(tree, line.earlier, line.chain.conditions, budget)
    if decision.is_equal:
        return "carried", Reason(code="follows_line_before")
    return "wrong_here", Reason(code="line_does_not_follow")


def _repair(walk: Walk, line: _Line, neighbour: Decision, tree: Node) -> Repair | None:
    target = line.before if line.before is not None else line.head
    if target is None or neighbour.outcome == "undecided":
        return None
    budget = search_budget()
    found = find_repair(walk.decider, tree, target, line.chain.conditions, budget)
    if found is None and line.head is not None and line.head is not target:
        found = find_repair(walk.decider, tree, line.head, line.chain.conditions, budget)
    return found


def _reasons(outcome: StepOutcome, neighbour: Decision, head: Decision) -> list[Reason]:
    if outcome in ("wrong_here", "carried", "slip_not_carried", "not_checkable"):
        told = [decision.reason for decision in (neighbour, head) if decision.reason is not None]
        return told[:1]
    notes = neighbour.notes if neighbour.is_equal else head.notes
    return [note for note in notes if note.facts.get("side", "seen") == "seen" or note.code in ABUSES]


def _shape_reason(decider: Decider, side: Side, chain: Chain, layout: str) -> Reason | None:
    """Whether the shape annotated behind a side is the shape it has."""
    if side.shape is None or side.tree is None:
        return None
    ev = decider.evaluator(layout, Budget())  # type: ignore[arg-type]  # a Decision's layout is one of the three
    try:
        written = [index_or_none(ev, size, {}) for size in side.shape]
        at = dict.fromkeys(free_indices(ev, side.tree), decider.environment.base)
        actual = sized(ev.value(side.tree, at)).shape
    except (Trouble, BadPoint, NoCase, RecursionError):
        return None
    if None in written:
        return None
    plain = tuple(size for size in written if size is not None)
    if plain == actual or ([n for n in plain if n != 1] == [n for n in actual if n != 1] and len(plain) < 2):
        return None
    if not actual and all(n == 1 for n in plain):
        return None
    return Reason(code="shape_annotation", facts={"written": shape_text(plain), "actual": shape_text(actual)})


def _verdict(
    line: _Line,
    k: int,
    side: Side,
    outcome: StepOutcome,
    neighbour: Decision | None = None,
    head: Decision | None = None,
    reasons: tuple[Reason, ...] = (),
    repair: Repair | None = None,
) -> StepVerdict:
    return StepVerdict(
        chain=line.number,
        side=k,
        outcome=outcome,
        source=side.source,
        span=side.span,
        against_neighbour=neighbour,
        against_head=head,
        reasons=reasons,
        repair=repair,
    )
