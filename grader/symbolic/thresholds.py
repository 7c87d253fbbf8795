"""Whether two formulas change sides at the same place: ``z > 0`` and ``z > 1`` agree at nearly every random point.

Between two points at which a branch goes different ways, the place where it turns is closed in on by halving; both sides must
agree at every point on the way. Formulas whose branches turn at different places are told apart once the gap is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from grader.symbolic.attempt import Attempt, Pair
from grader.symbolic.evaluate import draw_point
from grader.symbolic.evaluation import Convention
from grader.symbolic.points import Budget, Point
from grader.symbolic.scalars import BadPoint, HighPrecision, Scalars
from grader.symbolic.trials import Trials
from grader.symbolic.troubles import NoCase, SideTrouble, Trouble
from grader.symbolic.values import Array

POINTS = 6
HALVINGS = 10
"""Leaves lie in -2..2, so that thresholds a hundredth apart are told apart."""
MAX_BRANCHES = 4

Leaves: TypeAlias = Mapping[str, Array]
Answers: TypeAlias = dict[str, frozenset[bool]]


def apart(trials: Trials, pair: Pair, convention: Convention, budget: Budget, smooth: bool) -> Attempt | None:
    """The comparison that failed near a branch; None where both sides turn together, as far as was looked.

    ``smooth`` when functions such as exp occur, which have identities that only their true values show.
    """
    search = _Search(trials, pair, convention, budget, HighPrecision if smooth else Scalars)
    try:
        search.look()
    except (Trouble, BadPoint, NoCase, SideTrouble):
        return None
    return search.failed


class _Search:
    def __init__(self, trials: Trials, pair: Pair, convention: Convention, budget: Budget, kind: type[Scalars]) -> None:
        self.trials, self.pair, self.convention, self.budget, self.kind = trials, pair, convention, budget, kind
        self.failed: Attempt | None = None

    def look(self) -> None:
        """Closes in on the turning place of each branch; further points are tried for those that do not turn between two."""
        closed: set[str] = set()
        ends: list[tuple[Leaves, Answers]] = []
        for number in range(POINTS):
            end = self._drawn(number)
            last = self._answers(end)
            for begin, first in ends:
                for place, branch in _turning(first, last).items():
                    if self.failed is None and place not in closed and len(closed) < MAX_BRANCHES:
                        closed.add(place)
                        self._close_in(branch, begin, end, first)
            if self.failed is not None or (ends and {_place(branch) for branch in last} <= closed):
                return
            ends.append((end, last))

    def _drawn(self, number: int) -> Leaves:
        point = self.trials.point(number, self.kind, "moderate")
        environment = self.trials.environment
        return {name: point.leaf(name) for name in (*environment.leaves, *environment.upstream.values())}

    def _close_in(self, branch: str, begin: Leaves, end: Leaves, first: Answers) -> None:
        for _ in range(HALVINGS):
            middle = self._between(begin, end)
            answers = self._answers(middle)
            if self.failed is not None or branch not in answers:
                return
            if answers[branch] == first[branch]:
                begin = middle
            else:
                end = middle

    def _between(self, begin: Leaves, end: Leaves) -> Leaves:
        half = self.trials.point(0, self.kind, "moderate").scalars.number(Fraction(1, 2))
        chosen = self.trials.environment.onehot
        return {
            name: one
            if name in chosen
            else Array(one.shape, tuple((a + b) * half for a, b in zip(one.items, end[name].items, strict=True)))
            for name, one in begin.items()
        }

    def _answers(self, leaves: Leaves) -> Answers:
        """Which way each branch goes at these numbers; a comparison that fails there is kept."""
        seed = self.trials.seed
        point: Point = draw_point(self.trials.program, self.kind(seed), "moderate", seed)
        point.given.update(leaves)
        attempt = Attempt()
        self.trials.visit(self.pair, self.convention, point, self.budget, attempt)
        if attempt.mismatch is not None:
            self.failed = attempt
        return {site: frozenset(answers) for site, answers in attempt.kinks.items()}


def _turning(first: Answers, last: Answers) -> dict[str, str]:
    """For each place in the formulas one branch whose answers differ."""
    chosen: dict[str, str] = {}
    for branch, answers in first.items():
        if branch in last and answers != last[branch]:
            chosen.setdefault(_place(branch), branch)
    return chosen


def _place(branch: str) -> str:
    """The node that a branch belongs to: its entries are branches of their own."""
    return branch.partition("/")[0]
