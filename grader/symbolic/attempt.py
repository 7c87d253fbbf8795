"""What is compared, and what came of comparing it under one reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.symbolic.compare import Mismatch
from grader.symbolic.tree import Node
from grader.symbolic.troubles import Trouble


@dataclass(frozen=True)
class Pair:
    """Two trees and the conditions under which they are claimed equal."""

    seen: Node
    expected: Node
    conditions: tuple[Node, ...] = ()
    prove: bool = False


@dataclass
class Attempt:
    """What came of one reading; filled point by point."""

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
        """How many branches were met on one side only."""
        return sum(len(answers) < 2 for answers in self.kinks.values())

    @property
    def is_unsized(self) -> bool:
        """Whether nothing but the size of a 0, 1 or I was missing."""
        return self.trouble is not None and self.trouble.code == "fill_of_unknown_size"
