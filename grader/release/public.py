"""The public rubric: what a student may see of the checks, and nothing that tells an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import yaml

from grader.checks import AnyCheck, Question, Rubric
from grader.model.rubric import Visibility

ANSWERS = ("expect", "value", "correct", "also", "mistakes", "follow_through", "criteria", "otherwise")
"""Fields that hold an answer, or name one in the reference."""
LATER = "later"
"""Id of the check that stands for all of a question's checks that students do not have."""

Replacement = Callable[[Question, AnyCheck], dict[str, Any] | None]
"""A check that stands in the public rubric for one that needs the reference; None where there is no such thing."""


def public_rubric(rubric: Rubric, replace: Replacement = lambda question, check: None) -> dict[str, Any]:
    """The rubric as a document: visible checks that can be judged without the reference, the points of the rest kept open.

    `replace` may give a check in place of one that needs the reference, such as one of sealed answers.
    """
    document = rubric.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={"reference", "questions"})
    document["data"] = {name: name for name in rubric.data}
    if not rubric.data:
        del document["data"]
    document.get("environment", {}).pop("python", None)
    document["questions"] = [_question(question, replace) for question in rubric.questions]
    return document


def write_yaml(document: Mapping[str, Any]) -> str:
    """A document as YAML, its keys in their order and long texts readable."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _question(question: Question, replace: Replacement) -> dict[str, Any]:
    public = question.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={"checks", "needs"})
    kept = {check.id: made for check in question.checks if (made := _public(question, check, replace)) is not None}
    later = sum((check.points for check in question.checks if check.id not in kept), Fraction(0))
    checks = [_without_needs(made, kept) for made in kept.values()]
    if later or not checks:
        checks.append(_later(later))
    return {**public, "checks": checks}


def _public(question: Question, check: AnyCheck, replace: Replacement) -> dict[str, Any] | None:
    if check.visibility is not Visibility.VISIBLE or check.kind == "manual":
        return None
    return written(check) if is_self_contained(question, check) else replace(question, check)


def is_self_contained(question: Question, check: AnyCheck) -> bool:
    """Whether the check judges by what the task says, with no reference and no expected literal."""
    holds_answer = any(getattr(check, name, None) is not None for name in ("value", "correct", "patterns"))
    return not holds_answer and not check.expected_probes(question.answer, ())


def written(check: AnyCheck) -> dict[str, Any]:
    """The check's own fields, without those that hold an answer."""
    return check.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude=set(ANSWERS))


def _without_needs(check: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Prerequisites only within the question, and only those that are public."""
    needs = [name for name in check.pop("needs", ()) if name in kept]
    return {**check, "needs": needs} if needs else check


def _later(points: Fraction) -> dict[str, Any]:
    title = "Looked at after you have handed in"
    return {"id": LATER, "kind": "manual", "points": str(points), "title": title}
