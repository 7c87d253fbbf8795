"""Reasons as sentences in the student's terms. Each says what was found and ends with what to look at next."""

from __future__ import annotations

from grader.model.verdict import Reason
from grader.reports.phrases import Facts
from grader.reports.words import Words
from grader.reports.words_common import COMMON
from grader.reports.words_derivation import DERIVATIONS
from grader.reports.words_figure import FIGURES
from grader.reports.words_network import NETWORKS
from grader.reports.words_program import PROGRAMS
from grader.reports.words_property import PROPERTIES
from grader.reports.words_reading import READING
from grader.reports.words_values import VALUES
from grader.reports.words_writing import WRITING

WORDS: dict[str, Words] = {
    **COMMON,
    **VALUES,
    **NETWORKS,
    **FIGURES,
    **WRITING,
    **READING,
    **DERIVATIONS,
    **PROPERTIES,
    **PROGRAMS,
}
"""Every code with its words; `docs/reasons.md` lists the same codes with their facts, and a test compares the two."""


def sentence(reason: Reason, subject: str = "your answer") -> str:
    """What happened, and what to look at next. An unknown code says that it has no words, and shows none of its facts."""
    facts = Facts(reason.facts, subject)
    words = WORDS.get(reason.code)
    if words is None:
        return f"{facts.Subject} was judged with the reason {facts_code(reason.code)}. Ask your instructor what to look at."
    return words.sentence(facts)


def headline(reason: Reason) -> str:
    """The reason in a few words, as it stands in counts and lists."""
    words = WORDS.get(reason.code)
    return words.headline if words else reason.code.replace("_", " ")


def facts_code(code: str) -> str:
    """A code between backticks."""
    return Facts({"code": code}).code("code")
