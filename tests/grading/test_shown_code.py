"""Reports whose code is run: a part for each question, the report's words first, and nothing held against an excerpt."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import Rubric
from grader.grading.judge import judge_submission
from grader.grading.plan import plan_submission
from grader.grading.shown_code import seen_in_report
from grader.intake.report_code import with_code
from grader.intake.sections import read_sections
from grader.model.evidence import Capture, CaptureStatus, Evidence, Place, Run
from grader.model.probe import Look, Probe
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Calls, Outcome, Raised, Scalar, Source
from grader.model.verdict import Verdict
from tests.grading.build import rubric

RUBRIC = rubric(
    r"""
- id: "1"
  title: One
  points: 4
  answer:
    heading: Problem 1
    variables: {a: [a_1, a1], s: [s_1.real]}
    functions: {f: f}
    code: {names: {a_1: x, s_1: x}, before: "import math"}
  checks:
    - {id: a, kind: number, of: a, points: 1, value: 2, report: {label: [a]}}
    - {id: f, kind: call, of: f, points: 1, arguments: [{value: [1.0]}]}
    - {id: way, kind: source, points: 2, must: [math.sqrt], must_not: [eval]}
- id: "2"
  title: Two
  points: 1
  answer: {heading: Problem 2, variables: {x: [x, s_1]}}
  checks:
    - {id: x, kind: number, of: x, points: 1, value: 3}
"""
)
REPORT = "# Problem 1\n\n```\nx = math.sqrt(4)\n```\n\n# Problem 2\n\n```\nx = 3\n```\n"


def submission(text: str, *more: Part) -> Submission:
    document = Part(path="hw.md", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))
    return with_code(Submission(id="aster", root="", digest="d", parts=(document, *more)), RUBRIC)


def made(text: str = REPORT) -> Part:
    (part,) = (part for part in submission(text).parts if part.made_of)
    return part


def test_only_a_question_that_lets_code_be_run_gets_a_part_of_its_own() -> None:
    part = made()
    assert (part.made_of, part.shows, part.kind) == ("hw.md", "1", "notebook")
    assert [cell.source for cell in part.cells][:2] == ["import math", "x = math.sqrt(4)"]


def test_the_listings_own_name_becomes_the_one_that_is_looked_for_and_other_questions_names_go() -> None:
    last = made().cells[-1].source
    assert "a_1 = x" in last
    assert "globals().pop('x', None)" in last
    assert "pop('a_1'" not in last
    assert "pop('s_1'" not in last


def test_where_code_is_handed_in_as_such_a_report_is_not_run() -> None:
    module = Part(path="hw.py", kind="module", cells=(Cell(index=0, kind="code", source="a_1 = 2"),))
    assert [part.path for part in submission(REPORT, module).parts] == ["hw.md", "hw.py"]


def test_what_is_made_of_a_report_changes_its_digest() -> None:
    assert submission(REPORT).digest != submission("# Problem 1\n\nNo code.").digest == "d"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": {"names": {"b_1": "x"}}}, "no name under `variables`"),
        ({"code": {"before": "import"}}, "no Python"),
        ({"code": "run", "heading": None}, "needs the `heading`"),
    ],
)
def test_a_rubric_says_what_is_wrong_with_its_code(changed: dict[str, Any], message: str) -> None:
    data = RUBRIC.model_dump(mode="json")
    data["questions"][0]["answer"].update(changed)
    with pytest.raises(ValueError, match=message):
        Rubric.model_validate(data)


def verdicts(text: str, answer: dict[str, Capture]) -> dict[str, Verdict]:
    """The verdicts where the listings answered so; what is not named here is missing."""
    work = submission(text)
    plan = plan_submission(RUBRIC)
    captures = {probe.key: answer.get(_name(probe), Capture(status=CaptureStatus.MISSING)) for probe in plan.for_box}
    captures |= read_sections(work, plan.for_reading)
    evidence = Evidence(submission=work.digest, captures=captures, run=Run())
    return judge_submission(RUBRIC, evidence, {}, work).verdicts


def _name(probe: Probe) -> str:
    return probe.names[-1] if isinstance(probe, Look) else type(probe).__name__


def ran(value: Any, part: str = "code-1", name: str = "a_1") -> Capture:
    return Capture.of(value).model_copy(update={"place": Place(part=part, cell=1, name=name)})


TWO = ran(Scalar(value=2.0, python="float"))
THREE = ran(Scalar(value=3.0, python="float"))


@pytest.mark.parametrize(
    ("prose", "value", "verdict"),
    [
        ("", TWO, ("passed", "right")),
        ("", THREE, ("failed", "values")),
        ("So a = 2.", THREE, ("passed", "right")),
        ("So a = 2, or a = 5.", TWO, ("passed", "right")),
        (
            "",
            Capture(status=CaptureStatus.RAISED, error=Raised(kind="ValueError", message="no")),
            ("undecided", "unclear_reading"),
        ),
        ("", Capture(status=CaptureStatus.TIMED_OUT), ("undecided", "unclear_reading")),
    ],
)
def test_what_the_report_says_comes_before_what_its_code_does(prose: str, value: Capture, verdict: tuple[str, str]) -> None:
    found = verdicts(REPORT.replace("# Problem 2", f"{prose}\n\n# Problem 2"), {"a1": value})["1/a"]
    assert (found.status.value, found.reason.code) == verdict


def test_a_verdict_on_code_names_the_place_in_the_report_and_that_it_was_run() -> None:
    found = verdicts(REPORT, {"a1": TWO})["1/a"]
    assert found.place == Place(part="hw.md", heading="Problem 1", name="a_1")
    assert [note.code for note in found.notes] == ["code_of_report"]


@pytest.mark.parametrize(
    ("errors", "status"), [([None, None], "captured"), ([None, "NameError"], "missing"), (["TypeError"], "missing")]
)
def test_what_an_excerpt_raises_is_not_held_against_it(errors: list[str | None], status: str) -> None:
    outcomes = [Outcome(error=Raised(kind=kind, message="no")) if kind else Outcome(value=Scalar(value=1)) for kind in errors]
    calls = ran(Calls(outcomes=tuple(outcomes)), name="f")
    (seen,) = seen_in_report(RUBRIC.questions[0].checks[1], (calls,), made())
    assert seen.status == status


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("x = math.sqrt(4)", ("passed", "right")),
        ("x = 2", ("undecided", "in_report")),
        ("x = eval('2')", ("failed", "forbidden")),
    ],
)
def test_of_source_the_questions_own_listings_count_and_what_they_do_not_show_is_open(
    source: str, verdict: tuple[str, str]
) -> None:
    texts = {"code-1#0": "eval('handed out')", "code-1#1": source, "code-9#1": "eval('of another question')"}
    found = verdicts(REPORT, {"SourceText": ran(Source(texts=texts), name="")})["1/way"]
    assert (found.status.value, found.reason.code) == verdict
