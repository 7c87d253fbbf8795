"""Kind `derivation`: a chain of formulas, step by step, and the formula it ends with."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from grader.checks.finals import Final, final_of, in_layout, unread
from grader.checks.formula import as_announced, read_answer, verdict_on
from grader.checks.formulas import FormulaKind, Problem
from grader.model.base import Exact, Frozen
from grader.model.verdict import Reason, Verdict, graded, waiting
from grader.symbolic.annotate import annotated
from grader.symbolic.decide import Decider
from grader.symbolic.reading import Reading
from grader.symbolic.steps import check_steps
from grader.symbolic.verdicts import DerivationVerdict

UNCOUNTED = ("definition", "not_checkable")


class Weights(Frozen):
    """What the final formula and the steps count; together 1."""

    final: Exact = Field(default=Fraction(1), ge=0, le=1)
    steps: Exact = Field(default=Fraction(0), ge=0, le=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Weights:
        if self.final + self.steps != 1:
            raise ValueError(f"`final` and `steps` add up to {self.final + self.steps}, not to 1")
        return self


class DerivationCheck(FormulaKind):
    """A derivation in LaTeX or NumPy style: every step against its neighbour and its head, the last side against the truth."""

    kind: Literal["derivation"] = "derivation"
    weights: Weights = Weights()
    """The share of the credit for the `final` formula and for the `steps`; a step counts where an error enters, once."""

    def judge_text(self, text: str, is_document: bool, problem: Problem) -> Verdict:
        reading = read_answer(text, problem, is_document)
        problem = as_announced(problem, reading)
        final = final_of(self, problem, reading)
        steps = steps_of(reading, problem.decider)
        verdict = self._weighed(final, steps, reading)
        notes = (
            (*verdict.notes, unread(reading)) if reading.problems and verdict.reason.code != "formula_unread" else verdict.notes
        )
        parts = tuple(Reason(code="step", facts=record) for record in annotated(reading, steps))
        return verdict.model_copy(update={"parts": parts, "notes": notes})

    def _weighed(self, final: Final, steps: DerivationVerdict, reading: Reading) -> Verdict:
        """The verdict from both; undecided where what counts is not decided."""
        if not self.weights.steps or final.reason.code in ("no_formula", "formula_absent"):
            return verdict_on(final)
        if self.weights.final and final.credit is None:
            return verdict_on(final)
        counted = [step for step in steps.steps if step.outcome not in UNCOUNTED]
        if not counted and (steps.steps or reading.problems):
            return waiting(unread(reading) if reading.problems else Reason(code="steps_open"))
        wrong = sum(step.outcome == "wrong_here" for step in counted)
        share = Fraction(len(counted) - wrong, len(counted)) if counted else Fraction(0)
        credit = self.weights.final * (final.credit or 0) + self.weights.steps * share
        if credit == 1 or (final.credit != 1 and self.weights.final):
            verdict = verdict_on(final)
            return (
                verdict
                if verdict.credit == credit
                else graded(credit, final.reason.code, **final.reason.facts).model_copy(
                    update={"mistake": final.mistake, "notes": (*final.notes, _steps(len(counted), wrong))}
                )
            )
        return graded(credit, "derivation_steps", steps=len(counted), wrong=wrong).model_copy(update={"notes": final.notes})


def steps_of(reading: Reading, decider: Decider) -> DerivationVerdict:
    """Every step; in another accepted layout where that explains as much and more of the shapes fit."""
    found = check_steps(reading, decider)
    if not found.count("wrong_here"):
        return found
    best = _misfits(found)
    for layout in decider.environment.accept:
        if layout == "transpose":
            continue
        other = check_steps(reading, in_layout(decider, layout))
        if _misfits(other) < best:
            found, best = other, _misfits(other)
    return found


def _misfits(steps: DerivationVerdict) -> tuple[int, ...]:
    """How badly a layout explains the steps: errors first, then steps in another layout, then shapes that differ."""
    of_shape = sum(any(reason.code == "shape" for reason in step.reasons) for step in steps.steps)
    return (steps.count("wrong_here"), steps.count("right_other_layout"), of_shape)


def _steps(counted: int, wrong: int) -> Reason:
    return Reason(code="derivation_steps", facts={"steps": counted, "wrong": wrong})
