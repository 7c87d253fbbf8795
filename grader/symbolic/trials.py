"""Both sides of a claimed equality evaluated at points, under one reading, for every value of their free indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import TypeAlias

from grader.symbolic.attempt import Attempt, Pair
from grader.symbolic.compare import Allowed, Mismatch, compare
from grader.symbolic.conditions import condition
from grader.symbolic.environment import Environment, Layout
from grader.symbolic.evaluate import Evaluator, draw_point
from grader.symbolic.evaluation import Convention
from grader.symbolic.index_ranges import index_range
from grader.symbolic.indexing import free_indices
from grader.symbolic.points import Budget, Point, Style
from grader.symbolic.program import Program
from grader.symbolic.proof import Symbolic
from grader.symbolic.scalars import BadPoint, HighPrecision, Scalars
from grader.symbolic.traits import allows_good_will, decimals_of, is_numeric, mentions_fill, uses_derivative, uses_stacking
from grader.symbolic.tree import Node
from grader.symbolic.troubles import IllFormed, NoCase, NotUnderstood, SideTrouble, Trouble
from grader.symbolic.values import Value

MIN_POINTS = 2
MAX_POINTS = 12
MAX_BAD_POINTS = 8

Factory: TypeAlias = Callable[[int], Scalars]


class Trials:
    """Tries pairs in one program; its points are drawn once and used again for each pair."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = program
        self.seed = seed
        self._points: dict[tuple[str, Style, int], Point] = {}

    @property
    def environment(self) -> Environment:
        return self.program.environment

    def point(self, number: int, kind: Factory = Scalars, style: Style = "random") -> Point:
        """The numbered point of a back end, drawn when first asked for."""
        key = (kind.__name__, style, number)
        if key not in self._points:
            seed = self.seed * 1_000 + number
            self._points[key] = draw_point(self.program, kind(seed), style, seed)
        return self._points[key]

    def evaluator(self, layout: Layout | None = None, budget: Budget | None = None) -> Evaluator:
        """An evaluator at the first point, in the declared layout unless told, with a new budget if given."""
        point = self.point(0)
        point.budget = budget or point.budget
        return Evaluator(point.root, Convention(layout or self.environment.layout))

    def conventions(self, pair: Pair) -> Iterator[Convention]:
        """The declared layout, then the others where a derivative is written; then sizes for fills, then good will."""
        matters = uses_derivative(pair.seen) or uses_derivative(pair.expected)
        layouts = self.environment.layouts() if matters else (self.environment.layout,)
        for layout in layouts:
            yield Convention(layout)
        for size in sorted(set(self.environment.dims.values())):
            yield Convention(layouts[0], fill_size=size)
        if allows_good_will(pair.seen) or allows_good_will(pair.expected):
            yield from (Convention(layout, generous=True) for layout in layouts)

    def attempt(self, pair: Pair, convention: Convention, budget: Budget) -> Attempt:
        """The comparison at random points, or at the rubric's numbers where one side is numbers only."""
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
        if convention.fill_size is not None and not (mentions_fill(pair.seen) or mentions_fill(pair.expected)):
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
        for at in _assignments(pair, seen, budget):
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


def _assignments(pair: Pair, ev: Evaluator, budget: Budget) -> Iterator[dict[str, int]]:
    own, other = free_indices(ev, pair.seen), free_indices(ev, pair.expected)
    letters = sorted(own | other)
    ranges = [_range(ev, letter, pair, own, other) for letter in letters]
    budget.assign(prod(len(values) for values in ranges))
    for chosen in product(*ranges):
        yield dict(zip(letters, chosen, strict=True))


def _range(ev: Evaluator, letter: str, pair: Pair, own: set[str], other: set[str]) -> range:
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


def _valued(ev: Evaluator, tree: Node, at: dict[str, int], side: str) -> Value:
    try:
        return ev.value(tree, at)
    except Trouble as trouble:
        raise SideTrouble(side, trouble) from None
