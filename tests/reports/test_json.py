"""results.json: its documented shape, and that it depends on nothing but its input."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.evidence import Run
from grader.reports import Audience, Stage, result_json, results_json, results_schema
from grader.reports.json import plain
from tests.reports.builder import HOSTILE, class_report, hostile_report, sample

VALID = jsonschema.Draft202012Validator(results_schema())
DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_schema_in_the_documentation_is_current() -> None:
    """`GOLDEN=write` writes it anew."""
    path = DOCS / "results.schema.json"
    text = json.dumps(results_schema(), indent=2) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("stage", list(Stage))
def test_every_result_fits_the_schema(audience: Audience, stage: Stage) -> None:
    for report in (*sample().reports, *map(hostile_report, HOSTILE)):
        VALID.validate(json.loads(result_json(report, audience, stage)))
    VALID.validate(json.loads(results_json(sample())))


def test_every_field_of_the_schema_is_documented() -> None:
    page = (DOCS / "results.md").read_text(encoding="utf-8")
    schema = results_schema()
    fields = {name for part in (schema, *schema["$defs"].values()) for name in part.get("properties", {})}
    assert not sorted(name for name in fields if f"`{name}`" not in page)


def test_two_runs_differ_only_under_run() -> None:
    first, second = sample(), sample()
    later = Run(started="2031-01-01T00:00:00Z", seconds=99.0, versions={"torch": "9"}, walls={"network": "off"})
    second = second.model_copy(update={"reports": tuple(r.model_copy(update={"run": later}) for r in second.reports)})
    one, other = json.loads(results_json(first)), json.loads(results_json(second))
    assert one != other
    for submission in (*one["submissions"], *other["submissions"]):
        submission["run"] = {}
    assert one == other


def test_the_same_reports_give_the_same_bytes() -> None:
    assert results_json(sample()) == results_json(sample())


def test_points_are_numbers_with_at_most_two_decimals_and_credit_is_a_fraction() -> None:
    checks = [c for s in json.loads(results_json(sample()))["submissions"] for q in s["questions"] for c in q["checks"]]
    assert {c["credit"] for c in checks} == {"1/1", "1/4", "5/12", "0/1", None}
    assert all(c["points"] is None or round(c["points"], 2) == c["points"] for c in checks)


def test_undecided_checks_have_neither_credit_nor_points() -> None:
    checks = [c for s in json.loads(results_json(sample()))["submissions"] for q in s["questions"] for c in q["checks"]]
    waiting = [c for c in checks if c["status"] == "undecided"]
    assert waiting
    assert all(c["credit"] is None and c["points"] is None for c in waiting)


def test_a_correction_stands_beside_the_verdict_it_overrides() -> None:
    submission = json.loads(results_json(sample()))["submissions"][0]
    check = next(c for q in submission["questions"] for c in q["checks"] if c["id"] == "plot")
    assert (check["status"], check["points"]) == ("failed", 1.0)
    assert check["reason"]["override"] == {
        "points": 1.0,
        "author": "ta1",
        "reason": "Axis is labelled",
        "time": "2026-02-05",
    }


facts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.fractions(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(facts)
@settings(max_examples=60, derandomize=True, deadline=None, database=None)
def test_any_fact_becomes_strict_json(value: object) -> None:
    assert json.loads(json.dumps(plain(value), allow_nan=False)) is not Ellipsis


def test_numbers_that_json_lacks_become_their_names() -> None:
    assert plain({"a": float("nan"), "b": [float("inf")], "c": Fraction(1, 3)}) == {"a": "nan", "b": ["inf"], "c": "1/3"}


def test_an_empty_class_is_a_class() -> None:
    empty = sample().model_copy(update={"reports": ()})
    assert json.loads(results_json(empty))["submissions"] == []
    assert len(class_report(sample().reports[0]).reports) == 1
