"""Deciding whether two formulas have the same value in a declared environment.

Every reading that the environment allows is tried in a fixed order, on a budget shared by all of them: exact rationals at random
points first, 60 digits where functions such as exp have identities of their own, then an exact proof. A decision is reproducible
from its seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from grader.model.verdict import Reason
from grader.symbolic.compare import Allowed, Mismatch, compare
from grader.symbolic.conditions import NoCase, condition
from grader.symbolic.conventions import decimals_of, einstein_summed, is_numeric, uses_derivative, uses_stacking
from grader.symbolic.environment import Environment
from grader.symbolic.evaluate import Evaluator, draw_point
from grader.symbolic.evaluate import Reading as Convention
from grader.symbolic.indexing import free_indices, index_range
from grader.symbolic.points import Budget, Point, Style
from grader.symbolic.program import FormulaReader, Program, prepare, read_formula
from grader.symbolic.proof import Symbolic
from grader.symbolic.scalars import BadPoint, HighPrecision, Scalars
from grader.symbolic.thresholds import apart
from grader.symbolic.tree import Node
from grader.symbolic.troubles import IllFormed, NotUnderstood, OverBudget, SideTrouble, Trouble, shape_text
from grader.symbolic.values import Value
from grader.symbolic.verdicts import Counterexample, Decision

ABUSES = frozenset({"juxtaposed_elementwise", "vec_rows", "operator_after_operand", "derivative_entrywise"})
"""Notes that make a reading an abuse of notation; the others are ordinary conventions worth mentioning."""

MIN_POINTS = 2
MAX_POINTS = 12
MAX_BAD_POINTS = 8


@dataclass(frozen=True)
class Pair:
    """What is compared: two trees and the conditions under which they are claimed equal."""

    seen: Node
    expected: Node
    conditions: tuple[Node, ...] = ()
    prove: bool = False


@dataclass
class Attempt:
    """What came of one reading."""

    agreed: int = 0
    relation: str = "same"
    notes: set[str] = field(default_factory=set)
    expected_notes: set[str] = field(default_factory=set)
    kinks: dict[str, set[bool]] = field(default_factory=dict)
    mismatch: Mismatch | None = None
    indices: dict[str, int] = field(default_factory=dict)
    trouble: Trouble | None = None
    trouble_side: str = "seen"
    smooth: bool = False
    given: bool = False
    """Decided on the numbers of the rubric."""

    @property
    def equal(self) -> bool:
        return self.mismatch is None and self.trouble is None and self.agreed > 0

    @property
    def unvisited(self) -> int:
        return sum(len(answers) < 2 for answers in self.kinks.values())


Factory: TypeAlias = Callable[[int], Scalars]


class Decider:
    """Decides pairs of formulas in one environment; points are drawn once and used again for each step."""

    def __init__(
        self, environment: Environment | Program, seed: int = 0, read: FormulaReader = read_formula, *, prove: bool = True
    ) -> None:
        self.program = prepare(environment, read) if isinstance(environment, Environment) else environment
        self.environment = self.program.environment
        self.seed = seed
        self.prove = prove
        self._points: dict[tuple[str, Style, int], Point] = {}

    def with_program(self, program: Program) -> Decider:
        """The same seed and settings for a changed program (a student's own definition)."""
        return Decider(program, self.seed, prove=self.prove)

    def decide(
        self, seen: Node, expected: Node, conditions: Sequence[Node] = (), budget: Budget | None = None, *, prove: bool = True
    ) -> Decision:
        """Whether the two formulas agree under one of the readings that the environment allows."""
        pair = Pair(seen, expected, tuple(conditions), prove and self.prove)
        try:
            if self.environment.einstein:
                pair = einstein_summed(self._evaluator(), pair)
            return self._decided(pair, budget or Budget())
        except RecursionError:
            return self._undecided("too_deep")

    def agrees(self, seen: Node, expected: Node, conditions: Sequence[Node], budget: Budget) -> bool:
        """Whether the sides agree in the declared layout, without proof, example or other readings: for searches."""
        pair = Pair(seen, expected, tuple(conditions))
        try:
            return self._attempt(pair, Convention(self.environment.layout), budget).equal
        except RecursionError:
            return False

    def _decided(self, pair: Pair, budget: Budget) -> Decision:
        if self._needs_data(pair):
            return self._undecided("needs_data")
        first: Attempt | None = None
        for convention in self.conventions(pair):
            attempt = self._attempt(pair, convention, budget)
            if attempt.equal:
                proved = pair.prove and self._proves(pair, convention, attempt)
                turned = (
                    None
                    if proved or attempt.given or not attempt.kinks
                    else apart(self, pair, convention, budget, attempt.smooth)
                )
                if turned is None:
                    return self._equal(convention, attempt, proved)
                attempt = turned
            if isinstance(attempt.trouble, OverBudget):
                return self._undecided(attempt.trouble.code, attempt.trouble)
            if first is None or _unsized(first):
                first = attempt
        assert first is not None
        return self._not_equal(pair, first)

    def conventions(self, pair: Pair) -> Iterator[Convention]:
        """The declared layout, then the others where a derivative is written; then sizes for fills that need one."""
        matters = uses_derivative(pair.seen) or uses_derivative(pair.expected)
        layouts = self.environment.layouts() if matters else (self.environment.layout,)
        for layout in layouts:
            yield Convention(layout)
        for size in sorted(set(self.environment.dims.values())):
            yield Convention(layouts[0], fill_size=size)

    def point(self, number: int, kind: Factory = Scalars, style: Style = "random") -> Point:
        """The numbered point of a back end, drawn when first asked for."""
        key = (kind.__name__, style, number)
        if key not in self._points:
            seed = self.seed * 1_000 + number
            self._points[key] = draw_point(self.program, kind(seed), style, seed)
        return self._points[key]

    def _needs_data(self, pair: Pair) -> bool:
        numeric = is_numeric(pair.seen) != is_numeric(pair.expected)
        return numeric and not self.environment.data

    def _attempt(self, pair: Pair, convention: Convention, budget: Budget) -> Attempt:
        if self.environment.data and is_numeric(pair.seen) != is_numeric(pair.expected):
            attempt = self._at_points(pair, convention, budget, HighPrecision, "data", 1)
            attempt.given = True
            return attempt
        attempt = self._at_points(pair, convention, budget, Scalars, "random", MIN_POINTS)
        if attempt.mismatch is not None and attempt.smooth:
            return self._at_points(pair, convention, budget, HighPrecision, "moderate", MIN_POINTS)
        if attempt.trouble is not None and attempt.trouble.code == "no_valid_points":
            told = self._at_points(pair, convention, budget, HighPrecision, "positive", MIN_POINTS)
            return told if told.mismatch is not None else attempt
        return attempt

    def _at_points(self, pair: Pair, convention: Convention, budget: Budget, kind: Factory, style: Style, least: int) -> Attempt:
        if convention.fill_size is not None and not _mentions_fill(pair):
            return Attempt(trouble=NotUnderstood("fill_of_unknown_size"))
        attempt, bad = Attempt(), 0
        number = 0
        while attempt.agreed < least or (attempt.unvisited and attempt.agreed < MAX_POINTS and least > 1):
            point = self.point(number, kind, style)
            number += 1
            try:
                self.visit(pair, convention, point, budget, attempt)
            except BadPoint:
                bad += 1
                if bad > MAX_BAD_POINTS:
                    attempt.trouble = NotUnderstood("no_valid_points")
            except SideTrouble as found:
                attempt.trouble, attempt.trouble_side = found.trouble, found.side
            except Trouble as trouble:
                attempt.trouble, attempt.trouble_side = trouble, ""
            except NoCase:
                attempt.trouble = NotUnderstood("no_case_holds")
            if attempt.trouble or attempt.mismatch:
                break
        return attempt

    def visit(self, pair: Pair, convention: Convention, point: Point, budget: Budget, attempt: Attempt) -> None:
        """Compares both sides at one point, for every assignment of the free indices."""
        point.budget, point.scalars.kinks = budget, {}
        seen = Evaluator(point.root, convention, attempt.notes)
        expected = Evaluator(point.root, convention, attempt.expected_notes)
        covered = False
        for at in self._assignments(pair, seen, budget):
            if not all(condition(seen, part, at) is True for part in pair.conditions):
                continue
            try:
                left, right = _valued(seen, pair.seen, at, "seen"), _valued(expected, pair.expected, at, "expected")
            except NoCase:
                attempt.notes.add("incomplete_cases")
                continue
            covered = True
            result = compare(point.scalars, left, right, self._allowed(pair, convention, point, attempt))
            if isinstance(result, Mismatch):
                attempt.mismatch, attempt.indices = result, dict(at)
                break
            attempt.relation = result.relation if result.relation != "same" else attempt.relation
        attempt.smooth = attempt.smooth or point.scalars.met_smooth
        if not covered:
            raise NotUnderstood("no_case_holds")
        for site, answers in (*point.scalars.kinks.items(), *point.branches_of(pair.seen, pair.expected)):
            attempt.kinks.setdefault(site, set()).update(answers)
        attempt.agreed += attempt.mismatch is None

    def _allowed(self, pair: Pair, convention: Convention, point: Point, attempt: Attempt) -> Allowed:
        stacked = bool({"vec_jacobian", "vec_rows"} & (attempt.notes | attempt.expected_notes))
        stacked = stacked or uses_stacking(pair.seen) or uses_stacking(pair.expected)
        turned = "transpose" in self.environment.accept
        decimals = None if isinstance(point.scalars, Symbolic) else decimals_of(pair.seen, pair.expected)
        return Allowed(convention.layout, stacked, turned, decimals, self.environment.vec)

    def _assignments(self, pair: Pair, ev: Evaluator, budget: Budget) -> Iterator[dict[str, int]]:
        own, other = free_indices(ev, pair.seen), free_indices(ev, pair.expected)
        letters = sorted(own | other)
        ranges = []
        for letter in letters:
            values = self._range(ev, letter, pair, own, other)
            ranges.append(values)
        count = 1
        for values in ranges:
            count *= len(values)
        budget.assign(count)
        for chosen in product(*ranges):
            yield dict(zip(letters, chosen, strict=True))

    def _range(self, ev: Evaluator, letter: str, pair: Pair, own: set[str], other: set[str]) -> range:
        """Each side must be consistent in itself before both are."""
        for side, tree, letters in (("expected", pair.expected, other), ("seen", pair.seen, own)):
            if letter in letters:
                try:
                    index_range(ev, letter, (tree,), {})
                except IllFormed as trouble:
                    raise SideTrouble(side, trouble) from None
        values = index_range(ev, letter, (pair.seen, pair.expected), {})
        if values is None:
            raise NotUnderstood("index_range", index=letter)
        return values

    def _equal(self, convention: Convention, attempt: Attempt, proved: bool) -> Decision:
        notes = [Reason(code=note, facts={"side": "seen"}) for note in sorted(attempt.notes)]
        notes += [Reason(code=note, facts={"side": "expected"}) for note in sorted(attempt.expected_notes)]
        if attempt.relation != "same":
            notes.append(Reason(code=f"equal_{attempt.relation}"))
        other = convention.layout != self.environment.layout or attempt.relation in ("vec", "transpose")
        abused = (attempt.notes | attempt.expected_notes) & ABUSES
        return Decision(
            outcome="equal_by_abuse" if abused else "equal_in_other_layout" if other else "equal",
            how="proved" if proved else "points",
            points=attempt.agreed,
            seed=self.seed,
            layout=convention.layout,
            notes=tuple(notes),
            unvisited=attempt.unvisited,
        )

    def _proves(self, pair: Pair, convention: Convention, attempt: Attempt) -> bool:
        if attempt.relation == "rounded" or attempt.given:
            return False
        point = draw_point(self.program, Symbolic(self.seed), "random", self.seed)
        proof = Attempt()
        try:
            self.visit(pair, convention, point, Budget(60_000), proof)
        except (Trouble, SideTrouble, BadPoint, NoCase):
            return False
        return proof.equal and not point.scalars.assumed

    def _not_equal(self, pair: Pair, attempt: Attempt) -> Decision:
        from grader.symbolic.counterexample import find

        trouble = attempt.trouble
        if isinstance(trouble, IllFormed):
            facts = {**trouble.fields, "side": attempt.trouble_side}
            return Decision(outcome="different", seed=self.seed, reason=Reason(code=trouble.code, facts=facts))
        if trouble is not None:
            return self._undecided(trouble.code, trouble)
        assert attempt.mismatch is not None
        mismatch = attempt.mismatch
        if mismatch.in_shape:
            shapes = {"seen": shape_text(mismatch.seen_shape), "expected": shape_text(mismatch.expected_shape)}
            return Decision(outcome="different", seed=self.seed, reason=Reason(code="shape", facts=shapes))
        example: Counterexample | None = find(self, pair)
        ev = self._evaluator()
        alone = free_indices(ev, pair.seen) - free_indices(ev, pair.expected)
        reason = Reason(code="depends_on_index", facts={"indices": ",".join(sorted(alone))}) if alone else Reason(code="value")
        notes = tuple(Reason(code=note, facts={"side": "seen"}) for note in sorted(attempt.notes))
        return Decision(outcome="different", seed=self.seed, reason=reason, counterexample=example, notes=notes)

    def _undecided(self, code: str, trouble: Trouble | None = None) -> Decision:
        facts = dict(trouble.fields) if trouble else {}
        return Decision(outcome="undecided", seed=self.seed, reason=Reason(code=code, facts=facts))

    def _evaluator(self) -> Evaluator:
        return Evaluator(self.point(0).root, Convention(self.environment.layout))


def _valued(ev: Evaluator, tree: Node, at: dict[str, int], side: str) -> Value:
    try:
        return ev.value(tree, at)
    except Trouble as trouble:
        raise SideTrouble(side, trouble) from None


def _unsized(attempt: Attempt) -> bool:
    return attempt.trouble is not None and attempt.trouble.code == "fill_of_unknown_size"


def _mentions_fill(pair: Pair) -> bool:
    from grader.symbolic.conventions import mentions_fill

    return mentions_fill(pair.seen) or mentions_fill(pair.expected)


def decide(seen: Node, expected: Node, environment: Environment, seed: int = 0) -> Decision:
    """One decision; for several in the same environment make a `Decider` once."""
    return Decider(environment, seed).decide(seen, expected)
