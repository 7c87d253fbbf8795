"""Kind `formula`: one formula, given as text, against the value that the declared problem gives it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from grader.checks.finals import Final, final_of
from grader.checks.formulas import FormulaKind, Problem
from grader.model.verdict import Status, Verdict
from grader.symbolic.definitions import with_numbered_names
from grader.symbolic.read import read_document, read_formula, read_latex
from grader.symbolic.reading import Reading, Symbols
from grader.symbolic.shapes import symbols_of


class FormulaCheck(FormulaKind):
    """A scalar or array formula in a string or under a heading, however it is written."""

    kind: Literal["formula"] = "formula"

    def judge_text(self, text: str, is_document: bool, problem: Problem) -> Verdict:
        return verdict_on(final_of(self, problem, read_answer(text, problem, is_document)))


def read_answer(text: str, problem: Problem, is_document: bool) -> Reading:
    """The formulas of a section, or of a string that is a formula or a chain in LaTeX, NumPy style or sympy source."""
    found = _read(text, symbols_of(problem.decider.environment), is_document)
    return replace(found, chains=with_numbered_names(problem.decider.program, found.chains))


def _read(text: str, symbols: Symbols, is_document: bool) -> Reading:
    if is_document:
        return read_document(text, symbols)
    reading = read_formula(text, symbols)
    if reading.problems and "=" in text:
        chain = read_latex(text, symbols)
        return chain if not chain.problems else reading
    return reading


def verdict_on(final: Final) -> Verdict:
    """The verdict that a final formula alone gives."""
    credit = final.credit
    status = {None: Status.UNDECIDED, Fraction(0): Status.FAILED, Fraction(1): Status.PASSED}.get(credit, Status.PARTIAL)
    return Verdict(status=status, credit=credit, reason=final.reason, mistake=final.mistake, notes=final.notes)
