"""Deciding whether two formulas have the same value in a declared environment.

Every reading that the environment allows is tried in a fixed order, on a budget shared by all of them: exact rationals at random
points first, 60 digits where functions such as exp have identities of their own, then an exact proof. A decision is reproducible
from its seed.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model.verdict import Reason
from grader.symbolic.attempt import Attempt, Pair
from grader.symbolic.compare import Mismatch
from grader.symbolic.counterexample import find
from grader.symbolic.einstein import einstein_summed
from grader.symbolic.environment import Environment, Layout
from grader.symbolic.evaluate import Evaluator, draw_point
from grader.symbolic.evaluation import Convention
from grader.symbolic.indexing import free_indices
from grader.symbolic.laws import of_one_entry
from grader.symbolic.points import Budget
from grader.symbolic.program import FormulaReader, Program, prepare, read_formula
from grader.symbolic.proof import Symbolic
from grader.symbolic.scalars import BadPoint
from grader.symbolic.thresholds import apart
from grader.symbolic.traits import is_numeric
from grader.symbolic.tree import Node
from grader.symbolic.trials import Trials
from grader.symbolic.troubles import IllFormed, NoCase, OverBudget, SideTrouble, Trouble, shape_text
from grader.symbolic.verdicts import Decision

ABUSES = frozenset(
    {
        "juxtaposed_elementwise",
        "vec_rows",
        "operator_after_operand",
        "derivative_entrywise",
        "kronecker_elementwise",
        "operator_over_product",
        "primed_transpose",
        "star_product",
    }
)
"""Notes that make a reading an abuse of notation; the others are ordinary conventions worth mentioning."""

PROOF_BUDGET = 60_000


class Decider:
    """Decides pairs of formulas in one environment; points are drawn once and used again for each step."""

    def __init__(
        self, environment: Environment | Program, seed: int = 0, read: FormulaReader = read_formula, *, prove: bool = True
    ) -> None:
        self.program = prepare(environment, read) if isinstance(environment, Environment) else environment
        self.environment = self.program.environment
        self.seed = seed
        self.prove = prove
        self.trials = Trials(self.program, seed)

    def with_program(self, program: Program) -> Decider:
        """The same seed and settings for a changed program (a student's own definition)."""
        return Decider(program, self.seed, prove=self.prove)

    def evaluator(self, layout: Layout | None = None, budget: Budget | None = None) -> Evaluator:
        """An evaluator for what does not depend on the numbers of a point."""
        return self.trials.evaluator(layout, budget)

    def decide(
        self, seen: Node, expected: Node, conditions: Sequence[Node] = (), budget: Budget | None = None, *, prove: bool = True
    ) -> Decision:
        """Whether the two formulas agree under one of the readings that the environment allows."""
        pair = Pair(seen, expected, tuple(conditions), prove and self.prove)
        try:
            if self.environment.einstein:
                pair = einstein_summed(self.evaluator(), pair)
            return self._decided(pair, budget or Budget())
        except RecursionError:
            return self._undecided("too_deep")

    def agrees(self, seen: Node, expected: Node, conditions: Sequence[Node], budget: Budget) -> bool:
        """Whether the sides agree in the declared layout, without proof, example or other readings: for searches."""
        pair, convention = Pair(seen, expected, tuple(conditions)), Convention(self.environment.layout)
        try:
            attempt = self.trials.attempt(pair, convention, budget)
            return attempt.equal and self._turned(pair, convention, budget, attempt) is None
        except RecursionError:
            return False

    def _decided(self, pair: Pair, budget: Budget) -> Decision:
        if is_numeric(pair.seen) != is_numeric(pair.expected) and not self.environment.data:
            return self._undecided("needs_data")
        first: Attempt | None = None
        for convention in self.trials.conventions(pair):
            attempt = self.trials.attempt(pair, convention, budget)
            if attempt.equal:
                proved = pair.prove and self._proves(pair, convention, attempt)
                turned = None if proved else self._turned(pair, convention, budget, attempt)
                if turned is None:
                    return self._equal(convention, attempt, proved)
                attempt = turned
            if isinstance(attempt.trouble, OverBudget):
                return self._undecided(attempt.trouble.code, attempt.trouble)
            if first is None or first.is_unsized:
                first = attempt
        assert first is not None
        return self._as_law(pair, budget) or self._not_equal(pair, first)

    def _as_law(self, pair: Pair, budget: Budget) -> Decision | None:
        """The decision on a law that is said of numbers; None where it is none, or does not hold for them."""
        law, convention = of_one_entry(self.evaluator(), pair), Convention(self.environment.layout)
        if law is None:
            return None
        attempt = self.trials.attempt(law, convention, budget)
        if not attempt.equal or self._turned(law, convention, budget, attempt) is not None:
            return None
        attempt.notes.add("juxtaposed_elementwise")
        return self._equal(convention, attempt, proved=False)

    def _turned(self, pair: Pair, convention: Convention, budget: Budget, attempt: Attempt) -> Attempt | None:
        """The comparison that fails near a branch, where the sides agreed at all points met; None where they turn together."""
        if attempt.given or not attempt.kinks:
            return None
        return apart(self.trials, pair, convention, budget, attempt.smooth)

    def _proves(self, pair: Pair, convention: Convention, attempt: Attempt) -> bool:
        if attempt.relation == "rounded" or attempt.given:
            return False
        point = draw_point(self.program, Symbolic(self.seed), "random", self.seed)
        proof = Attempt()
        try:
            self.trials.visit(pair, convention, point, Budget(PROOF_BUDGET), proof)
        except (Trouble, SideTrouble, BadPoint, NoCase):
            return False
        return proof.equal and not point.scalars.assumed

    def _equal(self, convention: Convention, attempt: Attempt, proved: bool) -> Decision:
        notes = _told(attempt.notes, "seen") + _told(attempt.expected_notes, "expected")
        if attempt.relation != "same":
            notes += (Reason(code=f"equal_{attempt.relation}"),)
        other = convention.layout != self.environment.layout or attempt.relation in ("vec", "transpose")
        abused = (attempt.notes | attempt.expected_notes) & ABUSES
        return Decision(
            outcome="equal_by_abuse" if abused else "equal_in_other_layout" if other else "equal",
            how="proved" if proved else "points",
            points=attempt.agreed,
            seed=self.seed,
            layout=convention.layout,
            notes=notes,
            unvisited=attempt.unvisited,
        )

    def _not_equal(self, pair: Pair, attempt: Attempt) -> Decision:
        trouble = attempt.trouble
        if isinstance(trouble, IllFormed):
            facts = {**trouble.fields, "side": attempt.trouble_side}
            return self._different(Reason(code=trouble.code, facts=facts))
        if trouble is not None:
            return self._undecided(trouble.code, trouble)
        assert attempt.mismatch is not None
        if attempt.mismatch.in_shape:
            return self._different(_shapes(attempt.mismatch))
        found = self._different(self._of_value(pair))
        return found.model_copy(update={"counterexample": find(self.trials, pair), "notes": _told(attempt.notes, "seen")})

    def _of_value(self, pair: Pair) -> Reason:
        ev = self.evaluator()
        alone = free_indices(ev, pair.seen) - free_indices(ev, pair.expected)
        return Reason(code="depends_on_index", facts={"indices": ",".join(sorted(alone))}) if alone else Reason(code="value")

    def _different(self, reason: Reason) -> Decision:
        return Decision(outcome="different", seed=self.seed, reason=reason)

    def _undecided(self, code: str, trouble: Trouble | None = None) -> Decision:
        facts = dict(trouble.fields) if trouble else {}
        return Decision(outcome="undecided", seed=self.seed, reason=Reason(code=code, facts=facts))


def _told(notes: set[str], side: str) -> tuple[Reason, ...]:
    return tuple(Reason(code=note, facts={"side": side}) for note in sorted(notes))


def _shapes(mismatch: Mismatch) -> Reason:
    shapes = {"seen": shape_text(mismatch.seen_shape), "expected": shape_text(mismatch.expected_shape)}
    return Reason(code="shape", facts=shapes)
