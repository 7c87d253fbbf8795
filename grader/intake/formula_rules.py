"""Formula questions proved: the reference is right, every named mistake is wrong, and no two of them are the same."""

from __future__ import annotations

from collections.abc import Iterator

from grader.checks import Rubric
from grader.checks.formulas import FormulaKind
from grader.intake.rubric_rules import Finding
from grader.intake.yaml_tree import KeyPath
from grader.model.verdict import Reason
from grader.symbolic.final import forbidden_symbols, is_accepted
from grader.symbolic.mistakes import faults


def unproved(rubric: Rubric) -> Iterator[Finding]:
    """Every fault of the rubric's formula questions, at the formula it is about."""
    for q, question in enumerate(rubric.questions):
        for c, check in enumerate(question.checks):
            if isinstance(check, FormulaKind):
                yield from _of(check, ("questions", q, "checks", c))


def _of(check: FormulaKind, path: KeyPath) -> Iterator[Finding]:
    problem = check.problem
    decider = problem.decider
    if not decider.decide(problem.quantity, problem.quantity).is_equal:
        yield Finding((*path, "quantity"), f"{check.quantity} has no value in this environment")
        return
    for fault in faults(decider, problem.quantity, problem.references, problem.mistakes):
        yield _worded(check, path, fault)
    for number, reference in enumerate(problem.references):
        decision = decider.decide(reference, problem.quantity)
        if decision.is_equal and not is_accepted(decision, decider.environment):
            yield Finding(
                (*path, "reference"), f"{check.reference[number]} holds only in {decision.layout} layout, which is not accepted"
            )
        forbidden = forbidden_symbols(reference, decider.environment)
        if decision.is_equal and forbidden:
            yield Finding(
                (*path, "reference"), f"{check.reference[number]} uses {', '.join(forbidden)}, which is not allowed in an answer"
            )


def _worded(check: FormulaKind, path: KeyPath, fault: Reason) -> Finding:
    if fault.code == "reference_not_right":
        text = check.reference[int(fault.facts["reference"]) - 1]
        return Finding((*path, "reference"), f"{text} is not {check.quantity}")
    numbers = {mistake.id: number for number, mistake in enumerate(check.mistakes)}
    name = str(fault.facts["mistake"])
    at = (*path, "mistakes", numbers[name], "formula")
    if fault.code == "mistakes_alike":
        return Finding(at, f"the mistake `{name}` has the same value as `{fault.facts['other']}`: they cannot be told apart")
    outcome = fault.facts["outcome"]
    why = "cannot be decided" if outcome == "undecided" else "is right"
    return Finding(at, f"the mistake `{name}` {why}, so it is no mistake")
