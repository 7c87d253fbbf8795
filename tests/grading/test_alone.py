"""Without the reference: what is proven is said, the rest waits for the hand-in, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.literals import to_value
from grader.checks.network import NetworkCheck
from grader.checks.relation import RelationCheck
from grader.checks.reports import InReport
from grader.grading import seals as sealing
from grader.grading.alone import judge_alone, narrowed, not_live, plan_alone, verdict_alone
from grader.grading.items import items_of
from grader.grading.sealed import Sealed, seal
from grader.model.evidence import Capture, CaptureStatus, Evidence
from grader.model.probe import Trace
from grader.model.values import Calls, Outcome, Raised, Text, Value
from tests.checks.check_cases import ERROR, MISSING, NO_LIBRARY, section
from tests.checks.test_cost_table import LABELS, NETWORK, ROWS, changed
from tests.grading.build import evidence, rubric

RUBRIC = rubric("""
- id: "1"
  title: One
  points: 5
  answer: {variables: {x: x, A: A, w: w, pick: pick}, functions: {f: f}}
  checks:
    - {id: x, kind: number, of: x, points: 1, mistakes: [{expect: mistakes.x, says: twice}]}
    - {id: A, kind: array, of: A, points: 1, needs: [x], dtype: float, follow_through: {from: [x], using: follow.A}}
    - {id: w, kind: truth_table, of: w, function: and, inputs: 2, levels: [bipolar], points: 1,
       mistakes: [{expect: mistakes.w, says: or}]}
    - {id: f, kind: call, of: f, points: 1, arguments: [{normal: [2]}], cases: 2}
    - {id: pick, kind: choice, of: pick, options: [A, B], sealed: true, points: 1}
""")


def evidence_value(thing: float) -> Value:
    return to_value(thing)


def evidence_of(thing: float) -> Capture:
    return Capture.of(evidence_value(thing))


def calls(*outcomes: Outcome) -> Capture:
    return Capture.of(Calls(outcomes=outcomes))


def verdicts(**values: Any) -> dict[str, str]:
    found = judge_alone(RUBRIC, evidence(RUBRIC, values)).verdicts
    return {name.removeprefix("1/"): verdict.reason.code for name, verdict in found.items()}


@pytest.mark.parametrize(
    ("name", "seen", "code"),
    [
        ("x", 3.0, "at_hand_in"),
        ("x", "three", "wrong_type"),
        ("x", float("nan"), "not_finite"),
        ("x", MISSING, "missing"),
        ("x", NO_LIBRARY, "environment"),
        ("A", [1.0, 2.0], "at_hand_in"),
        ("A", [1.0, float("inf")], "not_finite"),
        ("w", [-1, 1, 1], "right"),
        ("w", [1, 1, 1], "wrong_function"),
        ("f", calls(Outcome(error=ERROR), Outcome(error=ERROR)), "call_raised"),
        ("pick", "B", "at_hand_in"),
        ("pick", "neither", "not_read"),
    ],
)
def test_a_check_says_what_is_proven_without_the_reference(name: str, seen: Any, code: str) -> None:
    assert verdicts(**{"x": 1.0, name: seen})[name] == code


def test_an_answer_that_stands_in_a_report_waits_for_the_hand_in() -> None:
    (item, *_) = items_of(RUBRIC)
    assert verdict_alone(item.check, [MISSING, section("The number is 3.")]).reason.code == "at_hand_in"


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (NETWORK, "at_hand_in"),
        (NETWORK.model_copy(update={"error": Raised(kind="NotImplementedError", message="forward")}), "raised"),
        (Text(text="a network"), "wrong_type"),
    ],
)
def test_a_network_that_cannot_be_run_is_not_right(seen: Value, code: str) -> None:
    network = NetworkCheck(id="n", points=1, of="Net", input=(1, 3, 32, 32))
    assert verdict_alone(network, [Capture.of(seen)]).reason.code == code


RELATION = RelationCheck(id="r", points=1, of="y", given=("x",), using="later", report={"y": InReport(label=("y",))})


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ((evidence_of(2.0), evidence_of(1.0), section("")), "at_hand_in"),
        ((MISSING, evidence_of(1.0), section("")), "missing"),
        ((evidence_of(2.0), MISSING, section("")), "missing"),
        ((MISSING, evidence_of(1.0), section("y is 2")), "at_hand_in"),
        ((evidence_of(2.0), Capture(status=CaptureStatus.RAISED, error=ERROR), section("")), "raised"),
    ],
)
def test_a_relation_needs_all_of_its_values(seen: tuple[Capture, ...], code: str) -> None:
    assert verdict_alone(RELATION, seen).reason.code == code


@pytest.mark.parametrize(
    ("before", "text", "code"),
    [
        (MISSING, "*Your answer here.*", "missing"),
        (None, "", "empty"),
        (None, "*Your answer here.*", "empty"),
        (None, "3", "at_hand_in"),
    ],
)
def test_a_section_nobody_wrote_in_is_no_answer(before: Capture | None, text: str, code: str) -> None:
    (item, *_) = items_of(RUBRIC)
    seen = [*([before] if before is not None else []), section(text)]
    assert verdict_alone(item.check, seen).reason.code == code


def test_what_needs_a_missing_answer_is_not_looked_at() -> None:
    assert verdicts(x=MISSING, A=[1.0])["A"] == "needs"


def test_a_sealed_answer_decides_what_would_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "WORK", 2)
    (item, *_) = items_of(RUBRIC)
    (probe,) = item.check.expected_probes(item.question.answer, ())
    document = Sealed.model_validate(seal(RUBRIC, {probe.key: Capture.of(evidence_value(3.0))}, lambda name: name * 8))
    for seen, code in ((3.0, "right"), (3.1, "sealed_differs"), ("three", "wrong_type")):
        found = judge_alone(RUBRIC, evidence(RUBRIC, {"x": seen}), document)
        assert found.verdicts["1/x"].reason.code == code


FOLLOWING = rubric("""
- id: "1"
  title: One
  points: 2
  answer: {variables: {x: x, y: y}}
  checks:
    - {id: x, kind: number, of: x, points: 1, title: The first step}
    - {id: y, kind: number, of: y, points: 1, follow_through: {from: [x], using: follow.y}}
""")


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        (3.0, 9.0, "right"),
        (3.0, 16.0, "sealed_differs"),
        (4.0, 16.0, "sealed_follows"),
        ("four", 16.0, "sealed_follows"),
        (4.0, 9.0, "right"),
    ],
)
def test_what_may_follow_from_an_earlier_mistake_is_not_called_wrong(
    monkeypatch: pytest.MonkeyPatch, x: Any, y: float, code: str
) -> None:
    monkeypatch.setattr(sealing, "WORK", 2)
    right = {}
    for item, value in zip(items_of(FOLLOWING), (3.0, 9.0), strict=True):
        right |= {probe.key: Capture.of(evidence_value(value)) for probe in item.check.expected_probes(item.question.answer, ())}
    document = Sealed.model_validate(seal(FOLLOWING, right, lambda name: name * 8))
    verdict = judge_alone(FOLLOWING, evidence(FOLLOWING, {"x": x, "y": y}), document).verdicts["1/y"]
    assert verdict.reason.code == code
    assert verdict.reason.facts.get("checks") == (["The first step"] if code == "sealed_follows" else None)


def test_what_follows_from_an_answer_that_is_not_sealed_is_not_called_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "WORK", 2)
    (_, item) = items_of(FOLLOWING)
    (probe,) = item.check.expected_probes(item.question.answer, ())
    document = Sealed.model_validate(seal(FOLLOWING, {probe.key: Capture.of(evidence_value(9.0))}, lambda name: name * 8))
    verdict = judge_alone(FOLLOWING, evidence(FOLLOWING, {"x": 4.0, "y": 16.0}), document).verdicts["1/y"]
    assert verdict.reason.code == "sealed_follows"


def test_what_a_live_session_cannot_know_is_said_as_that() -> None:
    found = not_live(judge_alone(RUBRIC, Evidence(submission="", captures={})))
    assert {verdict.reason.code for verdict in found.values()} == {"not_live"}


def test_one_question_brings_those_it_needs() -> None:
    made = rubric("""
- {id: "1", title: One, points: 1, answer: {variables: {x: x}}, checks: [{id: x, kind: number, of: x, points: 1}]}
- {id: "2.1", title: Two, points: 1, answer: {variables: {x: x}}, needs: ["1"], checks: [{id: x, kind: number, of: x, points: 1}]}
- {id: "2.2", title: Two, points: 1, bonus: true, answer: {variables: {x: x}}, checks: [{id: x, kind: number, of: x, points: 1}]}
""")
    assert [q.id for q in narrowed(made, ["2.1"]).questions] == ["1", "2.1"]
    both = narrowed(made, ["2"])
    assert ([q.id for q in both.questions], both.points, both.bonus) == (["1", "2.1", "2.2"], 2, 1)
    assert narrowed(made, ["9"]).questions == ()


TABLE = rubric(
    """
- id: "1"
  title: Network
  points: 1
  answer: {classes: {Net: [Net, MyNet]}}
  checks: [{id: net, kind: source, of: Net, points: 1, must: [Linear]}]
- id: "2"
  title: Costs
  points: 1
  answer: {variables: {t: t}}
  checks: [{id: t, kind: cost_table, of: t, points: 1, network: Net, input: [1, 3, 32, 32], layers: LABELS}]
""".replace("LABELS", str(list(LABELS)))
)


def test_a_cost_table_is_compared_with_the_students_own_network() -> None:
    (trace,) = [probe for probe in plan_alone(TABLE).probes if isinstance(probe, Trace)]
    assert trace.names == ("Net", "MyNet")
    for rows, status, note in ((ROWS, "undecided", "own_network_fits"), (changed(0, 5, "1"), "partial", "own_network_differs")):
        found = evidence(TABLE, {"t": rows})
        found = found.model_copy(update={"captures": {**found.captures, trace.key: Capture.of(NETWORK)}})
        verdict = judge_alone(TABLE, found).verdicts["2/t"]
        assert (verdict.status, [n.code for n in verdict.notes][-1:]) == (status, [note])


def test_a_cost_table_that_is_not_there_is_missing_and_not_called_there() -> None:
    assert judge_alone(TABLE, evidence(TABLE, {})).verdicts["2/t"].reason.code == "missing"
