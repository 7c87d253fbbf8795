"""Kind `formula`: one formula, given as text, against the value that the declared problem gives it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from grader.checks.finals import Final, final_of
from grader.checks.formulas import FormulaKind, Problem
from grader.checks.reports import read_note
from grader.checks.worded import formula_in_words
from grader.model.rubric import Names
from grader.model.verdict import Reason, Status, Verdict
from grader.symbolic.announced import adapted, symbols_in
from grader.symbolic.answers import statements
from grader.symbolic.definitions import with_numbered_names
from grader.symbolic.names import Names as Declared
from grader.symbolic.read import read_document, read_formula, read_latex, read_numpy
from grader.symbolic.reading import Reading, Symbols
from grader.symbolic.shapes import symbols_of
from grader.symbolic.traits import names_in


class FormulaCheck(FormulaKind):
    """A scalar or array formula in a string or under a heading, however it is written."""

    kind: Literal["formula"] = "formula"
    words: dict[str, Names] = Field(default_factory=dict)
    """Symbols with the words that stand for them: a formula in words is right where it is right; else a human reads it."""

    @model_validator(mode="after")
    def _words_are_for_symbols(self) -> FormulaCheck:
        if unknown := sorted(set(self.words) - set(self.declared.leaves) - set(self.declared.defs)):
            raise ValueError(f"`words` has {', '.join(unknown)}, which the environment does not declare")
        return self

    def judge_text(self, text: str, is_document: bool, problem: Problem) -> Verdict:
        reading = read_answer(text, problem, is_document)
        final = final_of(self, as_announced(problem, reading), reading)
        is_unwritten = final.reason.code in ("formula_absent", "no_formula")
        return verdict_on(self._in_words(text, problem, final) if self.words and is_unwritten else final)

    def _in_words(self, text: str, problem: Problem, final: Final) -> Final:
        """What a formula in words is worth where no other is written: all, or left to a human."""
        worded = formula_in_words(text, self.words)
        if worded is None:
            return final
        told = final_of(self, problem, read_answer(worded.formula, problem, is_document=False))
        if told.credit != 1:
            return Final(None, Reason(code="formula_absent", facts={"quantity": self.quantity}))
        return replace(told, notes=(*told.notes, read_note(worded.formula, worded.words)))


def read_answer(text: str, problem: Problem, is_document: bool) -> Reading:
    """The formulas of a section, or of a string that is a formula or a chain in LaTeX, NumPy style or sympy source."""
    found = _read(text, problem, is_document)
    return replace(found, chains=with_numbered_names(problem.decider.program, found.chains))


def as_announced(problem: Problem, reading: Reading) -> Problem:
    """The problem under the notation that the text announces."""
    decider = adapted(problem.decider, reading.source, reading.chains)
    return problem if decider is problem.decider else replace(problem, decider=decider)


def _read(text: str, problem: Problem, is_document: bool) -> Reading:
    if is_document:
        return _read_section(text, problem, symbols_in(text, problem.decider))
    symbols = symbols_of(problem.decider.environment)
    reading = read_formula(text, symbols)
    if reading.problems and "=" in text:
        chain = read_latex(text, symbols)
        return chain if not chain.problems else reading
    return reading


def _read_section(text: str, problem: Problem, symbols: Symbols) -> Reading:
    """The marked formulas; where none of them states the quantity, code and lines without marks as well."""
    marked = read_document(text, symbols)
    if _is_stated(marked, problem):
        return marked
    wider = read_document(text, symbols, unmarked=True)
    if _is_stated(wider, problem) or (wider.chains and not marked.chains and not marked.problems):
        return wider
    return _alone(text, problem, symbols) if not marked.chains and not marked.problems else marked


def _alone(text: str, problem: Problem, symbols: Symbols) -> Reading:
    """The formula that a section is, when it is nothing else and is made of declared names."""
    alone = text.strip().strip("`").strip()
    reading = read_numpy(alone, symbols)
    reading = reading if reading.chains and not reading.problems else read_formula(alone, symbols)
    trees = [side.tree for chain in reading.chains for side in chain.sides if side.tree is not None]
    names = {name for tree in trees for name in names_in(tree)}
    is_formula = len(trees) == 1 and not reading.problems and all(map(Declared.of(symbols).declares, names)) and bool(names)
    return reading if is_formula else Reading(text, ())


def _is_stated(reading: Reading, problem: Problem) -> bool:
    return bool(statements(reading, problem.decider.environment, problem.quantity))


def verdict_on(final: Final) -> Verdict:
    """The verdict that a final formula alone gives."""
    credit = final.credit
    status = {None: Status.UNDECIDED, Fraction(0): Status.FAILED, Fraction(1): Status.PASSED}.get(credit, Status.PARTIAL)
    return Verdict(status=status, credit=credit, reason=final.reason, mistake=final.mistake, notes=final.notes)
