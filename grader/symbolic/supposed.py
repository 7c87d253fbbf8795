"""What a text says under a condition that is not read as one: a special value, a case in words, the place of a minimum.

A step that does not hold there is no error: nothing says that it was claimed without the condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from grader.model.verdict import Reason
from grader.symbolic.environment import Environment
from grader.symbolic.program import Program
from grader.symbolic.reading import Chain
from grader.symbolic.tree import Derivative, Entry, Gradient, Name, Node

_SENTENCE: Final = re.compile(r"[.;]\s|\n\s*\n")
_OPENED: Final = r"\s*(?:\\\(|\$)?\s*"
_VALUE: Final = re.compile(
    rf"\b(?:for|if|when|case|suppose|assum(?:e|ing))(?: that)?{_OPENED}\\?([A-Za-z]+)(?:_\{{?\w+\}}?)?\s*=\s*-?\d+(?:\.\d+)?"
    r"(?![\w/^{]|\.\d|\s*,?\s*(?:\\[lc]?dots|\.\.|…))",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    rf"[ \t]*(?:\\\)|\\\]|\$\$?)?[ \t]*,?[ \t]*\n?[ \t]*\(?(?:if|when|whenever|unless|provided)\b"
    rf"|[ \t]*(?:\\\)|\$)[ \t]*,?[ \t]*\(?for{_OPENED}\(?\s*[a-z](?:\s*,\s*[a-z]\s*\))?\s*(?:=|\\neq?\b|≠|!=)\s*\(?\s*[a-z]\b"
)
_OPTIMUM: Final = re.compile(
    r"\bset(?:s|ting)?\b[^.;]{0,80}(?:\bzero\b|\b0\b)"
    r"|\b(?:minimum|optimum|optimal|minimi[sz]er|stationary|normal equations?|solv(?:e|ed|ing))\b",
    re.IGNORECASE,
)
_ONE: Final = re.compile(
    r"\b(?:one|a single|each|every)(?: training)? (?:example|sample|data ?point|observation)\b", re.IGNORECASE
)
_NARROWED: Final = re.compile(
    r"\b(?:for|if|when|cases?|special|particular|without|instead|would|at|set(?:s|ting)?|assum\w+|suppos\w+|only|single|one)\b",
    re.IGNORECASE,
)
"""Words with which a text, having said what holds, goes on to what holds sometimes."""
_FOR: Final = re.compile(r"[ \t]*(?:\\\)|\\\]|\$\$?)?[ \t]*,?[ \t]*\(?for\b")
_NEAR: Final = 600
_FAR: Final = 3000
"""How many characters before a formula a sentence, or a paragraph about one example, is looked for."""
_ALL_AGAIN: Final = re.compile(r"\baverag|\bsum(?:s|ming|med)? (?:up )?over\b|\bover (?:all|the)\b|\bbatch\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The text around the formulas, and what the names in it stand for."""

    source: str
    program: Program

    def suppose(self, chain: Chain, head: Node | None, reasons: Iterable[Reason]) -> bool:
        """Whether a side of the chain that does not agree may be right under what the words say."""
        start, stop = chain.sides[0].span[0], chain.sides[-1].span[1]
        begin = self._sentence(start)
        return (
            _WHEN.match(self.source, stop) is not None
            or self._has_value(self.source[begin:stop])
            or (_OPTIMUM.search(self.source, begin, start) is not None and not self._is_computed(head))
            or (self._is_one_example(start) and any(map(_is_of_columns, reasons)))
        )

    def narrow(self, chain: Chain) -> bool:
        """Whether the words around the chain may make it a remark about a special case, where the text said before what holds."""
        start, stop = chain.sides[0].span[0], chain.sides[-1].span[1]
        said = _NARROWED.search(self.source, self._sentence(start), start) or _FOR.match(self.source, stop)
        return said is not None or self.suppose(chain, None, ())

    def _sentence(self, start: int) -> int:
        near = max(0, start - _NEAR)
        return max((match.end() for match in _SENTENCE.finditer(self.source, near, start)), default=near)

    def _has_value(self, words: str) -> bool:
        environment = self.program.environment
        return not environment.data and any(_is_given(environment, name) for name in _VALUE.findall(words))

    def _is_computed(self, head: Node | None) -> bool:
        """A derivative or a result has its value wherever the minimum is."""
        whole = head.base if isinstance(head, Entry) else head
        return isinstance(whole, Derivative | Gradient) or (isinstance(whole, Name) and whole.name in self.program.defs)

    def _is_one_example(self, start: int) -> bool:
        """One example out of a batch is spoken of: its numbers have the names of the columns of all of them."""
        last = max((match.end() for match in _ONE.finditer(self.source, max(0, start - _FAR), start)), default=-1)
        return last >= 0 and _ALL_AGAIN.search(self.source, last, start) is None


def _is_given(environment: Environment, name: str) -> bool:
    """True for what is declared and computed from nothing, or its size; not for an index, which runs."""
    if name in environment.indices:
        return False
    return any(name in names for names in (environment.leaves, environment.dims, environment.entries, environment.aliases))


def _is_of_columns(reason: Reason) -> bool:
    """A product of two columns of one length, which are numbers where one example is meant."""
    facts = reason.facts
    return reason.code == "product_shapes" and facts["left"] == facts["right"] and str(facts["left"]).endswith("x1")
