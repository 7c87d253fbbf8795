"""The steps of a derivation as a table: the formula as it was read, its verdict, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from grader.reports.causes import clause, example, repair
from grader.reports.mathml import mathml
from grader.reports.phrases import Facts
from grader.reports.text import one_line
from grader.reports.view import CheckView
from grader.reports.words_derivation import OUTCOMES

KEYS = {
    "right": "passed",
    "right_other_layout": "passed",
    "notation_abused": "partial",
    "wrong_here": "failed",
    "carried": "partial",
    "slip_not_carried": "passed",
    "definition": "withheld",
    "not_checkable": "undecided",
}
"""The icon and colour of each verdict on a step."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step; `left` and `right` are MathML, empty where only the plain text is shown."""

    number: str
    line: str
    key: str
    words: str
    left: Markup
    right: Markup
    left_text: str
    right_text: str
    how: str
    says: tuple[str, ...]


def steps(check: CheckView) -> tuple[StepRow, ...]:
    """The steps of this check; none where it is of another kind."""
    return rows(part.reason.facts for part in check.parts if part.reason.code == "step")


def rows(records: Iterable[dict[str, object]]) -> tuple[StepRow, ...]:
    """The records of `grader.symbolic.annotate` as rows."""
    return tuple(_row(Facts(record)) for record in records)


def _row(facts: Facts) -> StepRow:
    outcome = facts.text("outcome", "not_checkable")
    left, right = facts.inner("left"), facts.inner("right")
    clauses = [clause(reason) for reason in facts.items("reasons")]
    says = [f"{words[:1].upper()}{words[1:]}." for words in clauses] + [repair(facts), example(facts)]
    return StepRow(
        number=facts.text("number"),
        line=facts.text("source_line"),
        key=KEYS.get(outcome, "undecided"),
        words=OUTCOMES.get(outcome, "not checkable"),
        left=mathml(left.facts.get("latex") or ""),
        right=mathml(right.facts.get("latex") or ""),
        left_text=one_line(str(left.facts.get("text") or ""), 600),
        right_text=one_line(str(right.facts.get("text") or facts.facts.get("written") or ""), 600),
        how=_how(facts, outcome),
        says=tuple(word for word in says if word),
    )


def _how(facts: Facts, outcome: str) -> str:
    """``proved``, or at how many points it holds, and in which layout."""
    if KEYS.get(outcome) not in ("passed", "partial") or outcome == "carried":
        return ""
    points = facts.count("points") or 0
    how = "proved" if facts.text("how") == "proved" else f"holds at {points} points" if points else ""
    layout = facts.text("layout")
    return ", ".join(word for word in (how, f"in {layout} layout" if layout else "") if word)


def counted_outcomes(counts: Mapping[str, int]) -> str:
    """``12 right, 1 wrong here``; the steps of a text by their verdict."""
    found = [f"{count} {OUTCOMES.get(outcome, outcome)}" for outcome, count in counts.items() if count]
    return ", ".join(found) or "no steps"
