"""Kind `figure`: what a figure shows, and that it shows the student's own data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from grader.checks.base import Check, at, refusal
from grader.checks.compare import Closeness
from grader.checks.figure_data import Match, Numbers, curves_in, drawn_in
from grader.checks.figure_marks import Outcome, Requirements, outcomes
from grader.checks.literals import describe
from grader.model.evidence import Capture, CaptureStatus, Place
from grader.model.probe import Figures, Look, Probe
from grader.model.rubric import Answer
from grader.model.values import Figure, Several, Value
from grader.model.verdict import Reason, Verdict, failed, graded, undecided


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pair of axes as the answer: its figure and how it meets the requirements."""

    figure: Figure
    found: tuple[Outcome, ...]

    @property
    def met(self) -> int:
        return sum(outcome.holds is True for outcome in self.found)

    @property
    def open(self) -> int:
        return sum(outcome.holds is None for outcome in self.found)


class FigureCheck(Check):
    """A figure bound to a name or drawn under the heading; of several, the best matching one is judged and named."""

    kind: Literal["figure"] = "figure"
    of: str = ""
    """A key of the question's ``answer``; without it, the figures drawn under the heading."""
    requires: Requirements = Requirements()
    """What it must show: scales, lines, labels, histograms ...; each requirement earns an equal share of the credit."""
    drawn: str = ""
    """A key of the question's ``answer``: a variable whose data lines, points or histograms of the figure must show."""
    rtol: float = Field(default=1e-5, ge=0, lt=1)
    """Tolerance of drawn data relative to the variable's."""
    atol: float = Field(default=1e-8, ge=0)
    """Absolute tolerance of drawn data."""

    @model_validator(mode="after")
    def _asks_something(self) -> FigureCheck:
        if not self.drawn and self.requires == Requirements():
            raise ValueError("give at least one requirement or `drawn`")
        return self

    def places(self) -> tuple[str, ...]:
        return tuple(key for key in (self.of, self.drawn) if key)

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        names = answer.places[self.of] if self.of else ()
        figures = Figures(names=names, headings=answer.headings)
        return (figures, Look(names=answer.places[self.drawn])) if self.drawn else (figures,)

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if not seen:
            return undecided("box_failed", detail="")
        if seen[0].value is None:
            return refusal(seen[0]) or undecided("box_failed", detail=seen[0].detail)
        figures = _figures(seen[0].value)
        if not any(figure.axes for figure in figures):
            seen_type = describe(seen[0].value)
            return failed("no_figure", seen_type=seen_type if not isinstance(seen[0].value, Figure | Several) else "")
        variable = seen[1] if len(seen) > 1 else None
        if self.drawn and variable is not None and variable.status is CaptureStatus.BOX_FAILED:
            return undecided("box_failed", detail=variable.detail)
        choices = curves_in(variable.value) if variable is not None and variable.value is not None else ()
        best = self._best(figures, choices)
        return self._verdict(best, len(figures), seen[0])

    def _best(self, figures: Sequence[Figure], choices: Sequence[Sequence[Numbers]]) -> Candidate:
        """The axes that meet, or may meet, most requirements; of equals those that surely do, then the first."""
        candidates = []
        for figure in figures:
            for axes in figure.axes:
                match = drawn_in(axes, choices, Closeness(self.rtol, self.atol, nonfinite=True)) if choices else ""
                found = tuple(outcomes(self.requires, figure, axes, figures, match))
                drawn = (self._drawn(match, bool(choices)),) if self.drawn else ()
                candidates.append(Candidate(figure, (*found, *drawn)))
        return max(candidates, key=lambda candidate: (candidate.met + candidate.open, candidate.met))

    def _drawn(self, match: Match, is_known: bool) -> Outcome:
        return Outcome("drawn", bool(match) if is_known else None, seen=match, expected=self.drawn)

    def _verdict(self, best: Candidate, count: int, capture: Capture) -> Verdict:
        figure = best.figure
        if best.open:
            verdict = undecided("figure_unclear", requirements=[o.name for o in best.found if o.holds is None])
        else:
            credit = Fraction(best.met, len(best.found))
            verdict = graded(credit, "right" if credit == 1 else "figure", right=best.met, requirements=len(best.found))
        parts = tuple(
            Reason(code="figure_requirement", facts={"requirement": o.name, "seen": o.seen, "expected": o.expected})
            for o in best.found
            if o.holds is False
        )
        notes = [Reason(code=o.note, facts={"requirement": o.name}) for o in best.found if o.note]
        if count > 1:
            notes.append(Reason(code="figure_used", facts={"figures": count, "cell": figure.cell, "variable": figure.variable}))
        place = Place(part=figure.part, cell=figure.cell, heading=" / ".join(figure.headings), name=figure.variable)
        place = place if place != Place() else capture.place
        verdict = verdict.model_copy(update={"parts": parts})
        return at(capture.model_copy(update={"place": place}), verdict, *notes)


def _figures(value: Value, depth: int = 4) -> tuple[Figure, ...]:
    if isinstance(value, Figure):
        return (value,)
    if isinstance(value, Several) and depth:
        return tuple(figure for item in value.items for figure in _figures(item, depth - 1))
    return ()
