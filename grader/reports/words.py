"""What every reason's words consist of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.reports.phrases import Facts


@dataclass(frozen=True, slots=True)
class Words:
    """A headline of a few words for lists and counts, the sentence made from the facts, and what to look at next."""

    headline: str
    says: Callable[[Facts], str]
    then: str = ""

    def sentence(self, facts: Facts) -> str:
        """The finding, then what to look at next."""
        return f"{self.says(facts)} {self.then}".strip()
