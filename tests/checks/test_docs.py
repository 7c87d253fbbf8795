"""Every kind, field and reason code is documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

import grader.checks
from grader.checks import KINDS, AnyCheck, Check

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "checks"
SOURCES = sorted(Path(grader.checks.__file__).parent.glob("*.py"))
CHECK: TypeAdapter[Check] = TypeAdapter(AnyCheck)


def names_in_table(text: str) -> set[str]:
    """What stands in backquotes in the first column of a table."""
    cells = re.findall(r"^\|([^|]*)\|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_field_of_a_kind_is_in_the_table_on_its_page(kind: str) -> None:
    page = DOCS / f"{kind}.md"
    assert page.exists(), f"docs/checks/{kind}.md is missing"
    own = set(KINDS[kind].model_fields) - set(Check.model_fields) - {"kind"}
    assert own - names_in_table(page.read_text()) == set()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_page_documents_no_field_that_a_kind_does_not_have(kind: str) -> None:
    first_table = (DOCS / f"{kind}.md").read_text().split("\n\n| argument")[0].partition("| field |")[2].partition("\n\n")[0]
    assert names_in_table(first_table) - set(KINDS[kind].model_fields) == set()


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_examples_on_a_page_are_checks_of_that_kind(kind: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / f"{kind}.md").read_text(), re.DOTALL)
    checks = [CHECK.validate_python(raw) for block in blocks for raw in yaml.safe_load(block)]
    assert checks
    assert all(isinstance(check, KINDS[kind]) for check in checks)


def test_the_fields_of_all_checks_are_on_the_common_page() -> None:
    text = (DOCS / "common.md").read_text()
    assert {"kind", *Check.model_fields} - names_in_table(text) == set()


def test_there_is_no_page_for_a_kind_that_does_not_exist() -> None:
    assert {page.stem for page in DOCS.glob("*.md")} - {"common", "README"} == set(KINDS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_reason_code_is_documented(path: Path) -> None:
    documented = names_in_table((ROOT / "docs" / "reasons.md").read_text())
    assert codes_in(ast.parse(path.read_text())) - documented == set()


def codes_in(tree: ast.AST) -> set[str]:
    """Codes given literally to a verdict's or a reason's maker."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        position = {"passed": 0, "failed": 0, "undecided": 0, "blocked": 0, "graded": 1}.get(node.func.id)
        given = [keyword.value for keyword in node.keywords if keyword.arg == "code" and node.func.id == "Reason"]
        if position is not None and len(node.args) > position:
            given.append(node.args[position])
        found |= {
            c.value
            for each in given
            for c in ast.walk(each)
            if isinstance(c, ast.Constant) and isinstance(c.value, str) and c.value
        }
    return found
