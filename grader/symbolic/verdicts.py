"""What deciding a derivation brings back: plain frozen records that go to JSON; the wording is done by the reports."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from grader.model.base import Frozen
from grader.model.verdict import Reason
from grader.symbolic.tree import Span

Outcome: TypeAlias = Literal["equal", "equal_in_other_layout", "equal_by_abuse", "different", "undecided"]
StepOutcome: TypeAlias = Literal[
    "right",
    "right_other_layout",
    "notation_abused",
    "wrong_here",
    "carried",
    "slip_not_carried",
    "definition",
    "not_checkable",
]


class Counterexample(Frozen):
    """Small numbers at which the two sides differ, for a check by hand.

    ``values`` holds the given arrays as nested lists, ``indices`` the free indices, ``functions`` what a generic function was
    taken to be. ``position`` is the first differing entry (counted from 1), empty for a scalar, where ``seen`` and
    ``expected`` stand.
    """

    values: dict[str, object] = Field(default_factory=dict)
    indices: dict[str, int] = Field(default_factory=dict)
    functions: dict[str, str] = Field(default_factory=dict)
    position: tuple[int, ...] = ()
    seen: str = ""
    expected: str = ""


class Decision(Frozen):
    """Whether two formulas have the same value under a declared environment.

    ``how`` is empty unless the outcome is one of equality. ``points`` is the number of random points visited, ``seed`` what
    they were drawn from; ``unvisited`` counts kinks (ReLU, max, cases) that were seen on one side only.
    """

    outcome: Outcome
    how: Literal["", "proved", "points"] = ""
    points: int = 0
    seed: int = 0
    layout: str = ""
    notes: tuple[Reason, ...] = ()
    reason: Reason | None = None
    counterexample: Counterexample | None = None
    unvisited: int = 0

    @property
    def is_equal(self) -> bool:
        """True for each of the three outcomes of equality."""
        return self.outcome in ("equal", "equal_in_other_layout", "equal_by_abuse")


class Repair(Frozen):
    """One edit that makes a wrong side right: which kind, in which words, and on which side of the step."""

    code: str
    fields: dict[str, str | int] = Field(default_factory=dict)
    side: Literal["seen", "before"] = "seen"
    span: Span = (0, 0)


class StepVerdict(Frozen):
    """The verdict on one side of a chain, against its left neighbour and against the head."""

    chain: int
    side: int
    outcome: StepOutcome
    source: str = ""
    span: Span = (0, 0)
    against_neighbour: Decision | None = None
    against_head: Decision | None = None
    reasons: tuple[Reason, ...] = ()
    repair: Repair | None = None


class DerivationVerdict(Frozen):
    """All steps of one text, in reading order."""

    steps: tuple[StepVerdict, ...]

    def count(self, outcome: StepOutcome) -> int:
        """How many steps have this outcome."""
        return sum(step.outcome == outcome for step in self.steps)
