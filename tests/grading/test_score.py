"""Scoring: credit times points, pending points, overrides; monotone and bounded."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.score import score
from grader.model.evidence import CellRun, Place, Run
from grader.model.report import Override, Report
from grader.model.verdict import Verdict, graded, passed, undecided
from tests.grading.build import SUBMISSION, rubric

TWO = rubric("""
- id: "1"
  title: First
  points: 3
  answer: {variables: {x: x, y: y}}
  checks:
    - {id: x, kind: number, of: x, points: 1, value: 1}
    - {id: y, kind: number, of: y, points: 2, value: 1}
- id: "2"
  title: More
  points: 1
  bonus: true
  answer: {variables: {z: z}}
  checks: [{id: z, kind: number, of: z, points: 1, value: 1}]
""")
NAMES = ("1/x", "1/y", "2/z")


def report(shares: list[Fraction | None], *overrides: Override) -> Report:
    made: list[Verdict] = [undecided("manual") if c is None else graded(c, "right") for c in shares]
    return score(TWO, SUBMISSION, dict(zip(NAMES, made, strict=True)), Run(), overrides)


credit = st.one_of(st.none(), st.fractions(0, 1, max_denominator=12))


def test_credit_times_points_adds_up_and_bonus_is_possible_on_top() -> None:
    found = report([Fraction(1), Fraction(1, 4), Fraction(0)])
    assert (found.earned, found.pending, found.possible, found.bonus) == (Fraction(3, 2), 0, 4, 1)
    assert [q.earned for q in found.questions] == [Fraction(3, 2), 0]


def test_undecided_points_are_pending_and_neither_earned_nor_lost() -> None:
    found = report([Fraction(1), None, Fraction(1)])
    assert (found.earned, found.pending) == (2, 2)
    assert found.questions[0].checks[1].earned is None


def override(points: str, check: str = "y", question: str = "1", submission: str = "aster") -> Override:
    return Override(
        submission=submission,
        question=question,
        check=check,
        points=Fraction(points),
        author="TA",
        reason="read",
        time="2026-01-01",
    )


def test_the_last_override_of_a_check_counts_and_is_shown() -> None:
    found = report([Fraction(1), None, Fraction(0)], override("1"), override("3/2"))
    assert (found.earned, found.pending) == (Fraction(5, 2), 0)
    shown = found.questions[0].checks[1].override
    assert shown is not None
    assert shown.points == Fraction(3, 2)


def test_an_override_is_bounded_by_the_points_and_touches_one_submission() -> None:
    assert report([Fraction(0)] * 3, override("99")).earned == 2
    assert report([Fraction(0)] * 3, override("2", submission="birch")).earned == 0


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(credit, min_size=3, max_size=3))
def test_a_score_is_bounded_and_its_parts_add_up(shares: list[Fraction | None]) -> None:
    found = report(shares)
    assert 0 <= found.earned <= found.earned + found.pending <= found.possible
    assert sum(q.earned for q in found.questions) == found.earned
    assert all(sum(c.earned or 0 for c in q.checks) == q.earned for q in found.questions)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.fractions(0, 1), min_size=3, max_size=3), st.integers(0, 2), st.fractions(0, 1))
def test_more_credit_is_never_fewer_points(shares: list[Fraction], index: int, more: Fraction) -> None:
    better = [min(Fraction(1), c + more) if i == index else c for i, c in enumerate(shares)]
    assert report(list(better)).earned >= report(list(shares)).earned


def test_a_module_that_a_check_ran_as_a_program_is_no_trouble_of_the_run() -> None:
    programs = rubric("""
- id: "1"
  title: First
  points: 1
  answer: {files: {program: main.py}}
  checks: [{id: p, kind: program, of: program, run: "python {file}", points: 1}]
""")
    cells = (
        CellRun(part="main.py", cell=None, status="raised"),
        CellRun(part="other.py", cell=None, status="raised"),
        CellRun(part="main.ipynb", cell=0, status="raised"),
    )
    verdict = passed().model_copy(update={"place": Place(part="main.py")})
    found = score(programs, SUBMISSION, {"1/p": verdict}, Run(cells=cells))
    assert [cell.part for cell in found.run.cells] == ["other.py", "main.ipynb"]
