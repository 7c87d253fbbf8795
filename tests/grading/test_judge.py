"""Judging: prerequisites, conventions, known mistakes, follow-through, and whose fault it is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from grader.checks import Rubric
from grader.grading.judge import Judged, judge_submission
from grader.grading.plan import plan_submission
from grader.model.evidence import Capture, CaptureStatus, CellRun, Run
from grader.model.values import Raised, Section
from grader.model.verdict import Status, Verdict
from tests.grading.build import SUBMISSION, Reference, evidence, rubric

ONE = """
- id: "1"
  title: Numbers
  points: 2
  answer: {variables: {x: x, y: y}}
  checks:
    - {id: x, kind: number, of: x, points: 1, mistakes: [{id: sign, expect: x_neg, says: "The sign.", credit: 1/4}],
       also: [{expect: x_half, says: "with the factor 1/2"}]}
    - {id: y, kind: number, of: y, points: 1, follow_through: {from: [x], using: y_of_x, credit: 1/2},
       mistakes: [{expect: y_bad, says: "Not squared."}]}
"""
RIGHT = {"x": 3.0, "y": 9.0, "x_neg": -3.0, "x_half": 1.5, "y_bad": 3.0, "y_of_x": 4.0}


def judge(made: Rubric, seen: dict[str, Any], reference: Reference, run: Run | None = None) -> Judged:
    """Judge as the pipeline does: ask the reference what is open, then judge again."""
    observed = evidence(made, seen, run)
    for _ in range(3):
        judged = judge_submission(made, observed, reference, SUBMISSION)
        if not judged.open_probes:
            break
        reference.answer(judged.open_probes)
    return judged


def verdicts(seen: dict[str, Any], **reference: Any) -> dict[str, Verdict]:
    return judge(rubric(ONE), seen, Reference(**{**RIGHT, **reference})).verdicts


def test_right_values_pass() -> None:
    assert {v.status for v in verdicts({"x": 3.0, "y": 9.0}).values()} == {Status.PASSED}


def test_a_wrong_value_fails_and_a_missing_one_says_what_was_looked_for() -> None:
    found = verdicts({"x": 7.0})
    assert found["1/x"].status is Status.FAILED
    assert (found["1/y"].status, found["1/y"].reason.code) == (Status.FAILED, "missing")
    assert found["1/y"].reason.facts["looked_for"] == ["y"]


def test_a_known_mistake_is_named_and_gets_its_credit() -> None:
    found = verdicts({"x": -3.0, "y": 9.0})["1/x"]
    assert (found.status, found.mistake, found.credit) == (Status.PARTIAL, "sign", Fraction(1, 4))
    assert found.reason.facts["says"] == "The sign."


def test_a_mistake_without_credit_is_named_all_the_same() -> None:
    found = verdicts({"x": 3.0, "y": 3.0})["1/y"]
    assert (found.status, found.mistake, found.credit) == (Status.FAILED, "y_bad", Fraction(0))


def test_another_accepted_convention_passes_and_is_noted() -> None:
    found = verdicts({"x": 1.5, "y": 9.0})["1/x"]
    assert found.status is Status.PASSED
    assert [n.facts for n in found.notes] == [{"says": "with the factor 1/2"}]


def test_a_step_that_is_right_given_an_earlier_wrong_value_gets_follow_through() -> None:
    found = verdicts({"x": 2.0, "y": 4.0})
    assert found["1/x"].status is Status.FAILED
    assert (found["1/y"].status, found["1/y"].credit, found["1/y"].reason.code) == (
        Status.PARTIAL,
        Fraction(1, 2),
        "follow_through",
    )


def test_follow_through_asks_the_reference_only_when_it_is_needed() -> None:
    reference = Reference(**RIGHT)
    judge(rubric(ONE), {"x": 3.0, "y": 9.0}, reference)
    assert "y_of_x" not in reference.asked


def test_the_better_of_mistake_and_follow_through_counts() -> None:
    found = verdicts({"x": 2.0, "y": 3.0}, y_of_x=3.0)["1/y"]
    assert (found.credit, found.reason.code) == (Fraction(1, 2), "follow_through")


def test_a_reference_without_a_value_is_our_fault() -> None:
    found = verdicts({"x": 3.0, "y": 9.0}, x=None)["1/x"]
    assert (found.status, found.reason.code) == (Status.UNDECIDED, "no_oracle")


def test_a_reference_that_may_not_be_asked_leaves_the_check_open() -> None:
    judged = judge_submission(rubric(ONE), evidence(rubric(ONE), {"x": 3.0}), {}, SUBMISSION)
    assert judged.verdicts["1/x"].reason.code == "reference_not_asked"
    assert judged.open_probes


def test_our_own_exception_is_undecided_and_never_a_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    made = rubric(ONE)

    def broken(*_: object) -> Verdict:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(type(made.questions[0].checks[0]), "judge", broken)
    found = judge(made, {"x": 3.0, "y": 9.0}, Reference(**RIGHT)).verdicts["1/x"]
    assert (found.status, found.reason.code) == (Status.UNDECIDED, "our_fault")


def test_evidence_older_than_the_rubric_is_named() -> None:
    other = rubric(ONE.replace("x: x,", "x: xx,"))
    judged = judge_submission(other, evidence(rubric(ONE), {"x": 3.0, "y": 9.0}), Reference(**RIGHT), SUBMISSION)
    assert judged.unseen == ("1/x",)
    assert judged.verdicts["1/x"].reason.code == "not_observed"


NEEDS = """
- id: "1"
  title: First
  points: 1
  answer: {variables: {x: x}}
  checks: [{id: x, kind: number, of: x, points: 1, value: 3}]
- id: "2"
  title: Second
  points: 2
  needs: ["1"]
  answer: {variables: {y: y, z: z}}
  checks:
    - {id: z, kind: number, of: z, points: 1, value: 1, needs: [y]}
    - {id: y, kind: number, of: y, points: 1, value: 9}
"""


def test_what_needs_a_failed_check_is_blocked_in_any_order() -> None:
    found = judge(rubric(NEEDS), {"x": 1.0, "y": 9.0, "z": 1.0}, Reference()).verdicts
    assert [found[n].status for n in ("1/x", "2/y", "2/z")] == [Status.FAILED, Status.BLOCKED, Status.BLOCKED]
    assert found["2/z"].reason.facts["check"] in ("2/y", "1/x")
    assert found["2/y"].reason.facts == {"check": "1/x"}


def test_an_undecided_prerequisite_blocks_nothing() -> None:
    lost = Capture(status=CaptureStatus.BOX_FAILED, detail="the box broke")
    found = judge(rubric(NEEDS), {"x": lost, "y": 9.0, "z": 1.0}, Reference()).verdicts
    assert [found[n].status for n in ("1/x", "2/y", "2/z")] == [Status.UNDECIDED, Status.PASSED, Status.PASSED]


def raised(kind: str, message: str, missing: str = "") -> Raised:
    return Raised(kind=kind, message=message, missing_module=missing)


@pytest.mark.parametrize(
    ("error", "code", "what"),
    [
        (raised("ModuleNotFoundError", "No module named 'seaborn'", "seaborn"), "no_library", "seaborn"),
        (raised("AttributeError", "module 'numpy' has no attribute 'float'"), "removed_alias", "numpy.float"),
        (raised("AssertionError", "Torch not compiled with CUDA enabled"), "no_gpu", "a GPU"),
        (raised("URLError", "<urlopen error [Errno 101] Network is unreachable>"), "no_network", "the network"),
    ],
)
def test_what_the_box_lacks_goes_to_a_human_with_its_cause(error: Raised, code: str, what: str) -> None:
    cell = CellRun(part="a.ipynb", cell=1, status="raised", error=error)
    found = judge(rubric(NEEDS), {}, Reference(), Run(cells=(cell,))).verdicts["1/x"]
    assert (found.status, found.reason.code) == (Status.UNDECIDED, "environment")
    assert found.reason.facts == {"cause": code, "what": what}


@pytest.mark.parametrize(
    "error",
    [
        raised("AttributeError", "module 'numpy' has no attribute 'flaot'"),
        raised("ZeroDivisionError", "division by zero"),
        raised("RuntimeError", "mat1 and mat2 shapes cannot be multiplied"),
    ],
)
def test_a_students_own_error_is_not_the_environments(error: Raised) -> None:
    cell = CellRun(part="a.ipynb", cell=1, status="raised", error=error)
    assert judge(rubric(NEEDS), {}, Reference(), Run(cells=(cell,))).verdicts["1/x"].status is Status.FAILED


def test_a_module_the_student_brings_is_not_missing_from_the_environment() -> None:
    cell = CellRun(
        part="a.ipynb", cell=1, status="raised", error=raised("ModuleNotFoundError", "No module named 'helper.x'", "helper.x")
    )
    own = SUBMISSION.model_copy(update={"files": ("helper.py",)})
    judged = judge_submission(rubric(NEEDS), evidence(rubric(NEEDS), {}, Run(cells=(cell,))), {}, own)
    assert judged.verdicts["1/x"].status is Status.FAILED


def test_a_value_that_was_seen_is_judged_whatever_the_environment_lacked() -> None:
    cell = CellRun(part="a.ipynb", cell=1, status="raised", error=raised("ModuleNotFoundError", "No module named 'cv2'", "cv2"))
    found = judge(rubric(NEEDS), {"x": 1.0}, Reference(), Run(cells=(cell,))).verdicts["1/x"]
    assert found.status is Status.FAILED


def test_a_section_without_the_answer_does_not_hide_what_the_environment_lacked() -> None:
    made = rubric(NEEDS.replace("answer: {variables: {x: x}}", "answer: {heading: First, variables: {x: x}}"))
    cell = CellRun(part="a.ipynb", cell=1, status="raised", error=raised("ModuleNotFoundError", "No module named 'cv2'", "cv2"))
    observed = evidence(made, {}, Run(cells=(cell,)))
    (read,) = [p for p in plan_submission(made).probes if p.probe == "read"]
    section = Section(part="a.ipynb", heading="First", text="See the code below.")
    found = {**observed.captures, read.key: Capture.of(section)}
    judged = judge_submission(made, observed.model_copy(update={"captures": found}), {}, SUBMISSION)
    assert judged.verdicts["1/x"].reason.code == "environment"


def test_words_that_are_missing_are_not_the_environments_fault() -> None:
    words = "{id: x, kind: text, points: 1, patterns: [{any: [slow]}]}"
    made = NEEDS.replace("variables: {x: x}", "heading: First").replace(
        "{id: x, kind: number, of: x, points: 1, value: 3}", words
    )
    cell = CellRun(part="a.ipynb", cell=1, status="raised", error=raised("ModuleNotFoundError", "No module named 'cv2'", "cv2"))
    found = judge(rubric(made), {}, Reference(), Run(cells=(cell,))).verdicts["1/x"]
    assert (found.status, found.reason.code) == (Status.FAILED, "missing")
