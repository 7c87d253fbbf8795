"""Hostile text for the readers and the decider, with what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_lowercase

from grader.symbolic import limits
from grader.symbolic.read import read_document, read_formula, read_latex, read_numpy, read_sympy
from grader.symbolic.reading import Chain, Reading, Side, Symbols
from grader.symbolic.steps import check_steps
from grader.symbolic.tree import Name
from tests.symbolic.derivation_corpus import decider, symbols
from tests.symbolic.test_read_hostile import HOSTILE as UNREADABLE

ENVIRONMENT = "mlp_relu"

_NESTED = "".join(rf"\sum_{{{letter}=1}}^{{64}} " for letter in "abcdefghopqrs")
COSTLY = {
    "thirteen nested sums": rf"$$x_2 = {_NESTED} z$$",
    "a sum of a million terms": r"$$x_2 = \sum_{i=1}^{1000000} z$$",
    "inverse of an inverse": "$$x_2 = " + "(" * 12 + "W_1 W_1^T" + ")^{-1}" * 12 + "z$$",
    "powers of powers": "$$x_2 = " + "(" * 12 + "z" + ")^{16}" * 12 + "$$",
    "exp of exp": "$$x_2 = " + r"\exp(" * 30 + "z" + ")" * 30 + "$$",
    "Kronecker tower": "$$x_2 = " + r" \otimes ".join(["W_1"] * 12) + "$$",
    "identity of a billion": r"$$x_2 = I_{1000000000 \times 1000000000} z$$",
    "derivative of derivative": "$$x_2 = " + r"\frac{\partial}{\partial W_1} " * 12 + "z$$",
    "names that double": "".join(
        f"$${after} = {before} \\odot {before} + {before}$$"
        for before, after in zip("z" + ascii_lowercase[:8], ascii_lowercase[:9], strict=True)
    ),
    "four hundred wrong steps": "$$x_2 " + " ".join(f"= {k} z" for k in range(2, 402)) + "$$",
    "many free indices": r"$$x_2 = \delta_{ab} \delta_{cd} \delta_{ef} \delta_{gh} z$$",
    "thousands of formulas": "$z = z + z$ " * 3_000,
    "cases in cases": "$$x_2 = " + r"\begin{cases} z & z > 0 \\ " * 12 + "z" + r"\end{cases}" * 12 + "$$",
    "maximum of maxima": "$$x_2 = " + r"\max(z, -" * 20 + "z" + ")" * 20 + "$$",
}
"""Text that reads well and costs much to decide."""

HOSTILE = {**UNREADABLE, **COSTLY}


@dataclass(frozen=True)
class Answered:
    """What was said of a text, and how long the slowest style took."""

    name: str
    size: int
    said: str
    milliseconds: float

    def row(self) -> tuple[str, int, str, float]:
        return self.name, self.size, self.said, round(self.milliseconds, 1)


def answered(name: str, text: str) -> Answered:
    """Reads a text in each style and decides what can be read; the time is that of the slowest style."""
    tried = [_tried(read, text) for read in (read_document, read_latex, read_numpy, read_sympy, read_formula)]
    steps = sorted({outcome.replace("_", " ") for one in tried for outcome in one.outcomes})
    codes = sorted({code for one in tried for code in one.refused})
    refused = "refused: " + ", ".join(codes) if codes else ""
    said = "; ".join(part for part in (", ".join(steps), refused) if part)
    return Answered(name, len(text), said or "nothing to read", max(one.seconds for one in tried) * 1000)


@dataclass(frozen=True)
class _Tried:
    outcomes: tuple[str, ...]
    refused: tuple[str, ...]
    seconds: float


def _tried(read: Callable[[str, Symbols], Reading], text: str) -> _Tried:
    begin = time.process_time()
    reading = read(text, symbols(ENVIRONMENT))
    steps = check_steps(_claimed(reading), decider(ENVIRONMENT)).steps
    seconds = time.process_time() - begin
    return _Tried(tuple(step.outcome for step in steps), tuple(problem.code for problem in reading.problems), seconds)


def _claimed(reading: Reading) -> Reading:
    """Lone formulas as claims about a known name, so that they are decided and not only read."""
    head = Side("x_2", (0, 0), Name("x_2"))
    chains = tuple(
        Chain((head, *chain.sides), ("=",), chain.conditions) if len(chain.sides) == 1 else chain
        for chain in reading.chains[: limits.DISPLAYS]
    )
    return Reading(reading.source, chains, reading.problems)
