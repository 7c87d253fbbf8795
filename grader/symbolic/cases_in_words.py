"""Conditions in words: ``For $j = l$: $...$`` says when the formula after it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from grader.symbolic.displays import Formula
from grader.symbolic.reading import Chain
from grader.symbolic.traits import names_in
from grader.symbolic.tree import Name, Relation

_ANNOUNCED: Final = re.compile(r"(?:\b(?:for|if|when|case|where)|\bin case)\s*\$\Z", re.IGNORECASE)
_RELATION: Final = re.compile(r"\s*([a-z])\s*(=|\\neq?|\\not\s*=|≠|!=)\s*([a-z])\s*")
_ENDS: Final = re.compile(r"[.;]\s|\n\s*\n")
_BEFORE: Final = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """A relation between two indices, and where in the text it ends."""

    relation: Relation
    end: int

    def put_on(self, text: str, start: int, chains: Sequence[Chain]) -> tuple[Chain, ...]:
        """The chains of the formula that begins there, under the condition where no sentence has ended since."""
        if _ENDS.search(text[self.end : start]):
            return tuple(chains)
        return tuple(self._put_on(chain) for chain in chains)

    def _put_on(self, chain: Chain) -> Chain:
        letters = {part.name for part in (self.relation.left, self.relation.right) if isinstance(part, Name)}
        used: set[str] = set().union(*(names_in(side.tree) for side in chain.sides if side.tree is not None))
        return replace(chain, conditions=(*chain.conditions, self.relation)) if letters < used else chain


def condition_at(text: str, formula: Formula) -> Condition | None:
    """The condition that an inline formula is, where a word such as "for" stands before it; None for any other formula."""
    start, stop = formula.span
    match = _RELATION.fullmatch(text, start, stop) if not formula.display else None
    if match is None or not _ANNOUNCED.search(text[max(0, start - _BEFORE) : start]):
        return None
    operator: Literal["=", "!="] = "=" if match[2] == "=" else "!="
    return Condition(Relation(operator, Name(match[1]), Name(match[3]), span=(start, stop)), stop)
