"""What a trial of a rubric shows: points the reference does not get, points an empty submission gets, mutants that lose none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.model.report import Report
from grader.model.verdict import Status
from grader.quality.marks import Unmutated
from grader.quality.mutants import Mutant


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rubric was tried with, and the outcome."""

    possible: Fraction
    reference: Fraction
    """Points of the reference, with those that only a human decides."""
    reference_lost: tuple[str, ...]
    """Checks (``question/check``) that the reference does not pass, manual ones left out."""
    empty: Fraction
    """Points, and pending points, of an empty submission."""
    caught: tuple[Mutant, ...]
    survived: tuple[Mutant, ...]
    undecided: tuple[Mutant, ...]
    """Mutants that lose no points yet, as a person decides on some of them that the reference has."""
    never_failed: tuple[str, ...]
    """Checks that no mutant failed: nothing tried here shows that they can fail."""
    left_alone: tuple[Unmutated, ...] = ()
    """Places of the reference that are marked, with the reason why a change there may lose no points."""

    @property
    def is_good(self) -> bool:
        """The reference gets everything and an empty submission nothing."""
        return not self.reference_lost and self.empty == 0


def conclude(reference: Report, empty: Report, tried: Mapping[Mutant, Report]) -> Trial:
    """The outcome of a trial, from the reports."""
    full = reference.earned + reference.pending
    alive = {m: report for m, report in tried.items() if report.earned + report.pending >= full}
    undecided = tuple(m for m, report in alive.items() if report.earned < reference.earned)
    survived = tuple(m for m in alive if m not in undecided)
    return Trial(
        possible=reference.possible,
        reference=full,
        reference_lost=tuple(
            f"{q.id}/{c.id}" for q in reference.questions for c in q.checks if c.earned not in (None, c.possible)
        ),
        empty=empty.earned + empty.pending,
        caught=tuple(m for m in tried if m not in alive),
        survived=survived,
        undecided=undecided,
        never_failed=_never_failed(reference, tuple(tried.values())),
    )


def _never_failed(reference: Report, reports: tuple[Report, ...]) -> tuple[str, ...]:
    judged = [
        f"{q.id}/{c.id}"
        for q in reference.questions
        for c in q.checks
        if c.verdict.status is Status.PASSED and c.kind != "manual"
    ]
    lost = {
        f"{q.id}/{c.id}"
        for report in reports
        for q in report.questions
        for c in q.checks
        if c.verdict.status in (Status.FAILED, Status.PARTIAL, Status.BLOCKED)
    }
    return tuple(name for name in judged if name not in lost)
