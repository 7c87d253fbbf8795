"""A checked derivation as plain records for reports: each step as it was read, its verdict, and what speaks against it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any, Literal, TypeAlias, get_args

from grader.model.verdict import Reason
from grader.symbolic.announced import adapted, symbols_in
from grader.symbolic.decide import Decider
from grader.symbolic.definitions import with_numbered_names
from grader.symbolic.environment import Environment
from grader.symbolic.read import caret, read_document, read_latex, read_numpy, read_sympy
from grader.symbolic.reading import Problem, Reading, Symbols
from grader.symbolic.steps import check_steps
from grader.symbolic.tree import Node
from grader.symbolic.typeset import to_latex, to_text
from grader.symbolic.verdicts import Counterexample, Decision, DerivationVerdict, StepOutcome, StepVerdict

LONGEST = 2_000
"""Characters kept of one formula as it was read."""

Record: TypeAlias = dict[str, Any]


def annotated(reading: Reading, verdict: DerivationVerdict) -> tuple[Record, ...]:
    """One record a step, of JSON values only, in reading order."""
    return tuple(_record(reading, step, number) for number, step in enumerate(verdict.steps, start=1))


def _record(reading: Reading, step: StepVerdict, number: int) -> Record:
    chain = reading.chains[step.chain]
    before = _before(reading, step)
    tree = chain.sides[step.side].tree
    decision = _deciding(step)
    return {
        "number": number,
        "line": step.chain + 1,
        "source_line": reading.source.count("\n", 0, step.span[0]) + 1,
        "label": chain.label,
        "outcome": step.outcome,
        "written": step.source[:LONGEST],
        "left": _shown(before),
        "right": _shown(tree),
        "how": decision.how if decision is not None else "",
        "points": decision.points if decision is not None else 0,
        "seed": decision.seed if decision is not None else 0,
        "layout": decision.layout if decision is not None and step.outcome == "right_other_layout" else "",
        "unvisited": decision.unvisited if decision is not None else 0,
        "reasons": [reason_record(reason) for reason in step.reasons],
        "repair": {"code": step.repair.code, "side": step.repair.side, **step.repair.fields} if step.repair else None,
        "example": example_record(_example(step)),
    }


def _before(reading: Reading, step: StepVerdict) -> Node | None:
    """The side that a step goes out from."""
    chain = reading.chains[step.chain]
    if step.side > 0:
        return chain.sides[step.side - 1].tree
    earlier = reading.chains[step.chain - 1].sides if chain.continues and step.chain else ()
    return earlier[-1].tree if earlier else None


def _shown(tree: Node | None) -> dict[str, str]:
    """A tree as LaTeX and as plain text; what cannot be written in bounds has none."""
    if tree is None:
        return {"latex": "", "text": ""}
    latex, text = to_latex(tree), to_text(tree)
    return {"latex": latex if len(latex) <= LONGEST else "", "text": text[:LONGEST]}


def _deciding(step: StepVerdict) -> Decision | None:
    """The decision that tells most: an equality, else the one with the neighbour."""
    found = [d for d in (step.against_neighbour, step.against_head) if d is not None]
    return next((d for d in found if d.is_equal), found[0] if found else None)


def _example(step: StepVerdict) -> Counterexample | None:
    found = (step.against_neighbour, step.against_head)
    return next((d.counterexample for d in found if d is not None and d.counterexample is not None), None)


def reason_record(reason: Reason) -> Record:
    """A reason as a record."""
    return {"code": reason.code, **reason.facts}


def example_record(example: Counterexample | None) -> Record | None:
    """A counterexample as a record."""
    return example.model_dump(mode="json") if example is not None else None


def problem_record(source: str, problem: Problem) -> Record:
    """What was not understood: in words, with the line and a caret under the place."""
    line = source.count("\n", 0, max(problem.span[0], 0)) + 1
    return {"code": problem.code, "says": problem.text, "line": line, "caret": caret(source, problem.span)}


Style: TypeAlias = Literal["auto", "latex", "numpy", "sympy"]

_MATHEMATICS = re.compile(r"(?<!\\)\$|\\\[|\\\(|\\begin\{")


def check_text(text: str, environment: Environment, style: Style = "auto") -> Record:
    """Every chain of a text checked: its `steps`, the `problems` of reading it, and how many steps have each outcome."""
    decider = Decider(environment)
    found = _read(text, symbols_in(text, decider), style)
    decider = adapted(decider, text, found.chains)
    reading = replace(found, chains=with_numbered_names(decider.program, found.chains))
    verdict = check_steps(reading, decider)
    outcomes = Counter(step.outcome for step in verdict.steps)
    return {
        "steps": list(annotated(reading, verdict)),
        "problems": [problem_record(text, problem) for problem in reading.problems],
        "counts": {outcome: outcomes[outcome] for outcome in get_args(StepOutcome) if outcomes[outcome]},
    }


def _read(text: str, symbols: Symbols, style: Style) -> Reading:
    """LaTeX among words where formulas are marked; else the text is one formula, or code."""
    if style == "numpy":
        return read_numpy(text, symbols)
    if style == "sympy":
        return read_sympy(text, symbols)
    if _MATHEMATICS.search(text):
        return read_document(text, symbols)
    if style == "latex" or "\\" in text:
        return read_latex(text, symbols)
    code = read_numpy(text, symbols)
    return code if code.chains and not code.problems else read_latex(text, symbols)
