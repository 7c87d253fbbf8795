"""Steps of a derivation on a page: formulas typeset, everything of a student's escaped, verdicts in words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.model.verdict import Reason
from grader.reports import sentence
from grader.reports.causes import CAUSES, REPAIRS, clause
from grader.reports.html import derivation_html
from grader.reports.mathml import mathml
from grader.reports.phrases import Facts
from grader.reports.steps import KEYS, counted_outcomes, rows
from grader.reports.words_derivation import OUTCOMES
from grader.symbolic.annotate import check_text
from grader.symbolic.environments import named

ROOT = Path(__file__).parents[2]
TROUBLES = {"IllFormed", "NotUnderstood", "OverBudget"}
LINTED = {"reference_not_right", "mistake_not_wrong", "mistakes_alike"}
"""Codes that only the linter meets; it has words of its own."""
WRONG = r"$$\frac{\partial L}{\partial b_2} = (t - x_3)^T$$ $$\foo <script>$$"


def page(text: str) -> str:
    passage = {"title": "<b>", "environment": "e", "problem": "", "stopped": False, **check_text(text, named("mlp_sigmoid"))}
    return derivation_html("hw<1>.md", [passage])


def test_a_formula_is_typeset_from_known_elements() -> None:
    assert mathml(r"\frac{1}{x}") == (
        '<math display="inline"><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>x</mi></mrow></mfrac></mrow></math>'
    )


@pytest.mark.parametrize("latex", [r"\text{<script>alert(1)</script>}", r"\mathrm{a<b>c}", r'\text{" onload="x}'])
def test_nothing_in_a_formula_becomes_markup(latex: str) -> None:
    assert "<script" not in mathml(latex)
    assert "<b>" not in mathml(latex)
    assert 'onload="x' not in mathml(latex).replace("&#34;", "'")


@pytest.mark.parametrize("latex", ["", r"\phantom{x}", r"\begin{bmatrix", "x" * 5_000])
def test_what_cannot_be_typeset_is_left_to_plain_text(latex: str) -> None:
    assert mathml(latex) == ""


def test_the_page_shows_verdict_repair_numbers_and_what_was_not_read() -> None:
    text = page(WRONG)
    for words in (
        "wrong here",
        "It holds if the sign of",
        "on the other side in entry",
        "unknown command",
        "<math",
        "1 wrong here",
    ):
        assert words in text
    assert "<script>$$" not in text
    assert "<b>" not in text


def test_a_step_as_a_sentence_has_its_formula_and_its_verdict() -> None:
    record = check_text(WRONG, named("mlp_sigmoid"))["steps"][0]
    text = sentence(Reason(code="step", facts=record))
    assert text.startswith("Step 1 (line 1): `∂L/∂b_2 = (t - x_3)ᵀ` wrong here: the two sides have different values.")


def test_every_outcome_has_words_and_a_colour() -> None:
    assert KEYS.keys() == OUTCOMES.keys()
    assert counted_outcomes({"right": 2, "wrong_here": 1, "carried": 0}) == "2 right, 1 wrong here"
    assert counted_outcomes({}) == "no steps"


@pytest.mark.parametrize("table", [CAUSES, REPAIRS])
def test_every_clause_stands_without_its_facts(table: dict[str, str]) -> None:
    for code in table:
        words = clause(Facts({"code": code}), table)
        assert words
        assert not words.endswith(".")
        assert "{" not in words


def test_a_row_without_a_reading_shows_what_was_written() -> None:
    (row,) = rows([{"number": 1, "outcome": "not_checkable", "written": "a <b", "left": {}, "right": {}, "reasons": []}])
    assert (row.right_text, row.key, row.says) == ("a <b", "undecided", ())


def codes_in_symbolic() -> set[str]:
    """The codes that the decider writes as literals: troubles, reasons, and notes on how something was read."""
    found: set[str] = set()
    for file in sorted((ROOT / "grader" / "symbolic").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            owner = getattr(getattr(node.func, "value", None), "attr", "")
            given = list(node.args[:1]) if name in TROUBLES or (name == "add" and owner == "notes") else []
            given += [keyword.value for keyword in node.keywords if keyword.arg == "code" and name == "Reason"]
            found |= {value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return found - LINTED


def test_every_code_of_the_decider_has_its_clause() -> None:
    assert len(codes_in_symbolic()) > 50
    assert sorted(codes_in_symbolic() - set(CAUSES)) == []


def test_every_repair_has_its_clause() -> None:
    tree = ast.parse((ROOT / "grader" / "symbolic" / "repair.py").read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Edit" and len(n.args) > 1]
    codes = {call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)}
    assert len(codes) > 10
    assert sorted(codes - set(REPAIRS)) == []
