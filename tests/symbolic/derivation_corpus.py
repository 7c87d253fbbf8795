"""The corpus of derivations: what students hand in for the questions of the library's environments, right and wrong.

Each file of ``tests/corpus/derivations`` is called after an environment. ``right`` is a list of texts, ``wrong`` maps the
misconception to a text; either text may be a mapping with ``text`` and what is to be expected of it. A text with ``$`` or with an
aligned environment is a derivation, one with assignments is code in NumPy style; any other is a final answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from grader.model.verdict import Reason
from grader.symbolic.decide import Decider
from grader.symbolic.environments import named
from grader.symbolic.final import forbidden_symbols, is_accepted
from grader.symbolic.read import read_document, read_formula, read_numpy
from grader.symbolic.reading import Reading, Symbols
from grader.symbolic.shapes import symbols_of
from grader.symbolic.steps import check_steps
from grader.symbolic.tree import Node
from grader.symbolic.verdicts import Decision, DerivationVerdict

FOLDER = Path(__file__).parent.parent / "corpus" / "derivations"

Kind: TypeAlias = Literal["final", "derivation", "code"]

_ALIGNED = re.compile(r"\$|\\begin\{(?:align|split|gather|eqnarray)")
_ASSIGNED = re.compile(r"^\w+ = ", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One text for one question; ``why`` is the misconception, empty where it is right.

    ``expect`` holds the outcomes of the steps, or for a final answer the code of the reason why it is wrong.
    """

    environment: str
    asked: str
    text: str
    why: str = ""
    expect: tuple[str, ...] = ()
    undecided: str = ""
    """Why the text cannot be decided, where a person has to."""

    @property
    def kind(self) -> Kind:
        if _ALIGNED.search(self.text):
            return "derivation"
        return "code" if "\\" not in self.text and _ASSIGNED.search(self.text) else "final"

    @property
    def name(self) -> str:
        return f"{self.environment}: {self.asked}: {self.why or ' '.join(self.text.split())}"


@cache
def cases() -> tuple[Case, ...]:
    """All cases of all files, in their order."""
    return tuple(case for path in sorted(FOLDER.glob("*.yaml")) for case in _of_file(path))


def _of_file(path: Path) -> Iterator[Case]:
    for question in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]:
        for entry in question["right"]:
            yield _case(path.stem, question["asked"], entry)
        for why, entry in question["wrong"].items():
            yield _case(path.stem, question["asked"], entry, why)


def _case(environment: str, asked: str, entry: Any, why: str = "") -> Case:
    fields = dict(entry) if isinstance(entry, dict) else {"text": entry}
    expect = fields.pop("expect", ())
    fields["expect"] = (expect,) if isinstance(expect, str) else tuple(expect)
    return Case(environment, asked, why=why, **fields)


@cache
def decider(name: str) -> Decider:
    """One decider for each environment, as a rubric makes it."""
    return Decider(named(name))


@cache
def symbols(name: str) -> Symbols:
    return symbols_of(named(name))


class NotRead(Exception):
    """A final answer that the reader did not understand."""


def tree(name: str, text: str) -> Node:
    """The tree of one formula.

    Raises:
        NotRead: with the reader's problems.
    """
    reading = read_formula(text, symbols(name))
    trees = [side.tree for chain in reading.chains for side in chain.sides]
    if len(trees) != 1 or trees[0] is None:
        raise NotRead("; ".join(problem.text for problem in reading.problems))
    return trees[0]


def decide_final(decider: Decider, seen: Node, expected: Node) -> Decision:
    """The decision on a final answer; one that uses forbidden symbols is refused as different, whatever its value."""
    forbidden = forbidden_symbols(seen, decider.environment, expected)
    decision = decider.decide(seen, expected)
    if not forbidden or not decision.is_equal:
        return decision
    reason = Reason(code="forbidden_symbols", facts={"symbols": ", ".join(forbidden)})
    return Decision(outcome="different", seed=decision.seed, reason=reason)


def decision(case: Case) -> Decision:
    """What is decided on a final answer."""
    return decide_final(decider(case.environment), tree(case.environment, case.text), tree(case.environment, case.asked))


def accepted(case: Case, found: Decision) -> bool:
    return is_accepted(found, decider(case.environment).environment)


def is_left_open(case: Case) -> bool:
    """Whether a final answer is neither accepted nor rejected."""
    try:
        return decision(case).outcome == "undecided"
    except NotRead:
        return True


def reading(case: Case) -> Reading:
    """The chains of a derivation or of code."""
    read = read_numpy if case.kind == "code" else read_document
    return read(case.text, symbols(case.environment))


def verdict(case: Case, *, repairs: bool = False) -> DerivationVerdict:
    """The verdicts on the steps of a derivation or of code."""
    return check_steps(reading(case), decider(case.environment), repairs=repairs)
