"""The final formula of a text: which it is, whether it is right, and which known mistake it is when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from grader.checks.stated import Explained, by_value, is_for_all, under_a_bar
from grader.model.verdict import Reason
from grader.symbolic.annotate import LONGEST, example_record, problem_record, reason_record
from grader.symbolic.answers import Statement, before_value, entry_indices, quantity_key, statements
from grader.symbolic.decide import Decider
from grader.symbolic.definitions import with_definitions
from grader.symbolic.environment import Layout
from grader.symbolic.final import forbidden_symbols, is_accepted
from grader.symbolic.follow import Claim, followed
from grader.symbolic.mistakes import name_mistake
from grader.symbolic.points import Budget
from grader.symbolic.reading import Reading
from grader.symbolic.repair import find_repair
from grader.symbolic.rewrite import replaced
from grader.symbolic.supposed import Words
from grader.symbolic.tree import Entry, Name, Node, Transpose
from grader.symbolic.typeset import to_latex, to_text
from grader.symbolic.verdicts import Decision

if TYPE_CHECKING:
    from grader.checks.formulas import FormulaKind, Problem

MAX_EXPANSIONS = 8
MAX_EARLIER = 4
"""How many statements before a wrong one are looked at for a right one, of which it may be a special case."""
_LIKE_A_FORMULA = re.compile(r"[$`]|\\[(\[]|[\w)\]]\s*\\?[*×·^+=]\s*[\w(\[\\]|\)\s*/\s*\w|\w\s*/\s*\(")
"""Mathematics or code that is set apart, or a sign between two operands: ``(inputs + 1) * outputs`` in the middle of words."""


@dataclass(frozen=True)
class Final:
    """What became of the final formula: its credit (None while a human has to decide) and why."""

    credit: Fraction | None
    reason: Reason
    mistake: str = ""
    notes: tuple[Reason, ...] = ()


def final_of(check: FormulaKind, problem: Problem, reading: Reading) -> Final:
    """The last statement about the quantity that can be decided."""
    program = with_definitions(problem.decider, reading.chains)
    decider = problem.decider.with_program(program)
    found = statements(reading, decider.environment, problem.quantity)
    if not check.by_entries:
        found = [statement for statement in found if not statement.entry]
    found = found or by_value(decider, reading, problem.quantity)
    if not found:
        barred = under_a_bar(decider, reading, problem.quantity)
        final = _Desk(check, problem, decider, reading, barred).final() if barred is not None else None
        return final if final is not None and final.credit == 1 else _absent(check, reading)
    held: Final | None = None
    turned: Final | None = None
    for statement in reversed(found):
        one = _Desk(check, problem, decider, reading, statement).final()
        earlier = before_value(statement, reading) if _is_value(one) else None
        if earlier is not None:
            one = _Desk(check, problem, decider, reading, earlier).final()
        if one.credit == 1 and not is_for_all(decider, statement, found):
            one = Final(None, Reason(code="formula_open", facts={**one.reason.facts, "cause": {"code": "incomplete_cases"}}))
        if one.credit == 1 and turned is not None:
            return replace(turned, credit=None)  # right first, then in a layout that is not asked for: what is meant?
        if one.credit == 1:
            return one
        if one.reason.code in ("formula_wrong", "formula_own", "mistake"):
            desk = _Desk(check, problem, decider, reading, statement)
            return desk.doubted() if desk.is_remark(found[: found.index(statement)]) else one
        turned = one if turned is None and one.reason.code == "formula_layout" else turned
        held = held if held is not None and held.credit is not None else one if held is None or one.credit is not None else held
    assert held is not None
    return held


def _is_value(final: Final) -> bool:
    """What stands at the end of the chain are numbers, which only the data could decide."""
    cause = final.reason.facts.get("cause")
    return final.reason.code == "formula_open" and isinstance(cause, dict) and cause.get("code") == "needs_data"


def _absent(check: FormulaKind, reading: Reading) -> Final:
    """Nothing states the quantity: proof against the student only where nothing at all looks like a formula."""
    if reading.problems:
        return Final(None, unread(reading))
    if reading.chains or "=" in reading.source or _LIKE_A_FORMULA.search(reading.source):
        return Final(None, Reason(code="formula_absent", facts={"quantity": check.quantity}))
    return Final(Fraction(0), Reason(code="no_formula", facts={"quantity": check.quantity}))


def unread(reading: Reading) -> Reason:
    """What was not understood first, with its place and a caret, and how much there is of it."""
    first = problem_record(reading.source, reading.problems[0])
    return Reason(code="formula_unread", facts={**first, "count": len(reading.problems)})


@dataclass(frozen=True)
class _Desk:
    """One statement while it is judged."""

    check: FormulaKind
    problem: Problem
    decider: Decider
    reading: Reading
    statement: Statement

    def final(self) -> Final:
        seen, head = self.statement.seen, self.problem.other or self.statement.head
        decision = self.decider.decide(seen, head, self.statement.conditions)
        if decision.outcome == "undecided":
            return Final(None, Reason(code="formula_open", facts={**self._facts(), "cause": _cause(decision)}))
        if decision.outcome == "different":
            return self._wrong(decision, head)
        forbidden = forbidden_symbols(self._expanded(seen), self.decider.environment, self.statement.head)
        if forbidden and not Explained(self.decider, self.reading, self.problem.quantity, self._expanded).all_of(forbidden):
            return Final(Fraction(0), Reason(code="formula_symbols", facts={**self._facts(), "symbols": list(forbidden)}))
        if not is_accepted(decision, self.decider.environment):
            return Final(Fraction(0), Reason(code="formula_layout", facts={**self._facts(), "layout": decision.layout}))
        facts = {**self._facts(), "how": decision.how, "points": decision.points}
        return Final(Fraction(1), Reason(code="formula_right", facts=facts), notes=_notes(decision))

    def is_remark(self, before: Sequence[Statement]) -> bool:
        """Whether it may speak of a special case, since the words about it say so and the text gave a right formula before."""
        if not Words(self.reading.source, self.decider.program).narrow(self.reading.chains[self.statement.chain]):
            return False
        whole = [earlier for earlier in before[-MAX_EARLIER:] if is_for_all(self.decider, earlier, list(before))]
        return any(replace(self, statement=earlier).final().credit == 1 for earlier in whole)

    def doubted(self) -> Final:
        return Final(None, Reason(code="formula_open", facts={**self._facts(), "cause": {"code": "condition"}}))

    def _facts(self) -> dict[str, Any]:
        tree = self.statement.seen
        latex = to_latex(tree)
        read = {"latex": latex if len(latex) <= LONGEST else "", "text": to_text(tree)[:LONGEST]}
        return {"quantity": self.check.quantity, "formula": read}

    def _expanded(self, tree: Node) -> Node:
        """The formula with the student's own names written out, so that a name does not hide a forbidden symbol."""
        for _ in range(MAX_EXPANSIONS):
            before = tree
            for name, formula in self.decider.program.own.items():
                if not (isinstance(formula, Name) and formula.name.startswith("declared ")):
                    tree = replaced(tree, Name(name), formula)
            if tree == before:
                break
        return tree

    def _in_accepted_layout(self, decision: Decision, head: Node) -> _Desk:
        """Where only the shape tells it apart: the same desk in an accepted layout in which the shape fits."""
        if decision.reason is None or decision.reason.code != "shape":
            return self
        for layout in self.decider.environment.accept:
            if layout == "transpose":
                continue
            decider = in_layout(self.decider, layout)
            told = decider.decide(self.statement.seen, head, self.statement.conditions).reason
            if told is not None and told.code == "value":
                return replace(self, decider=decider)
        return self

    def _wrong(self, decision: Decision, head: Node) -> Final:
        after = [p for p in self.reading.problems if p.span[0] >= self.statement.span[1]]
        if after and not self.statement.bare:
            return Final(None, unread(Reading(self.reading.source, self.reading.chains, tuple(after))))
        known = self._known(head)
        if known is not None:
            return known
        own = self._own()
        if own is not None:
            return own
        desk = self._in_accepted_layout(decision, head)
        if desk is not self:
            decision = desk.decider.decide(self.statement.seen, head, self.statement.conditions)
        repair = find_repair(desk.decider, self.statement.seen, head, self.statement.conditions)
        example = example_record(decision.counterexample)
        if example is not None:
            example["expected_value"] = example.pop("expected")
        facts = {**self._facts(), "cause": _cause(decision), "example": example}
        if repair is not None:
            facts["repair"] = {"code": repair.code, "side": repair.side, **repair.fields}
        return Final(Fraction(0), Reason(code="formula_wrong", facts=facts))

    def _known(self, head: Node) -> Final | None:
        """The named mistake that this formula is, as written or turned into the other layout; an entry of it for an entry."""
        mistakes, indices = self.problem.mistakes, entry_indices(self.statement.head)
        seen = self.statement.seen
        name = next((id_ for id_, tree in mistakes.items() if tree == seen), None)  # also what has no value
        for layout in (mistakes, {id_: Transpose(tree) for id_, tree in mistakes.items()}):
            asked = {id_: Entry(tree, indices) for id_, tree in layout.items()} if indices else layout
            name = name or name_mistake(seen, self.decider, asked, head)
        known = next((m for m in self.check.mistakes if m.id == name), None)
        if known is None:
            return None
        notes = (Reason(code="formula_read", facts=self._facts()),)
        return Final(known.credit, Reason(code="mistake", facts={"says": known.says}), known.id, notes)

    def _own(self) -> Final | None:
        """Right given the student's own earlier formula for one of the quantities that the rubric names."""
        own = self.check.own
        if own is None:
            return None
        environment = self.decider.environment
        for quantity in self.problem.own:
            claims = [
                Claim(earlier.chain, earlier.head, earlier.seen)
                for earlier in statements(self.reading, environment, quantity)
                if not earlier.bare and quantity_key(earlier.head, environment) == quantity_key(quantity, environment)
            ]
            head, conditions = self.statement.head, self.statement.conditions
            if claims and followed(self.decider, claims, self.statement.seen, None, head, conditions, Budget()):
                name = to_text(quantity)[:LONGEST]
                return Final(own.credit, Reason(code="formula_own", facts={**self._facts(), "earlier": name}))
        return None


def in_layout(decider: Decider, layout: Layout) -> Decider:
    """The same problem with another declared layout."""
    environment = decider.environment.model_copy(update={"layout": layout})
    return decider.with_program(replace(decider.program, environment=environment))


def _cause(decision: Decision) -> dict[str, Any]:
    return reason_record(decision.reason) if decision.reason is not None else {"code": "value"}


def _notes(decision: Decision) -> tuple[Reason, ...]:
    """Which other layout was accepted, and how abused notation was read."""
    layout: Literal["vec", "numerator", "denominator", "mixed", ""] = ""
    codes = {note.code for note in decision.notes}
    notes = [
        Reason(code="read_as", facts={"cause": reason_record(note)})
        for note in decision.notes
        if note.facts.get("side", "seen") == "seen" and not note.code.startswith("equal_")
    ]
    if decision.outcome == "equal_in_other_layout":
        layout = "vec" if "equal_vec" in codes else decision.layout  # type: ignore[assignment]  # one of the declared layouts
        notes.insert(0, Reason(code="layout", facts={"layout": layout}))
    return tuple(notes)
