"""The public rubric: what a student may see of the checks, and nothing that tells an answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import yaml

from grader.checks import AnyCheck, Question, Rubric
from grader.checks.program import ProgramCheck
from grader.model.rubric import Visibility

ANSWERS = ("expect", "value", "output", "correct", "also", "mistakes", "follow_through", "criteria")
"""Fields that hold an answer, or name one in the reference."""
PUBLIC_KINDS = frozenset(
    {"array", "call", "choice", "cost_table", "figure", "manual", "network", "number", "program", "property", "relation"}
    | {"saved_file", "source", "training", "truth_table"}
)
"""Kinds whose other fields say no more than the task does. Patterns of texts and steps of derivations are answers themselves."""
LATER = "later"
"""Id of the check that stands for all of a question's checks that students do not have."""


def public_rubric(rubric: Rubric) -> dict[str, Any]:
    """The rubric as a document: visible checks without their answers, and the points of the rest kept open."""
    document = rubric.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={"reference", "questions"})
    document["data"] = {name: name for name in rubric.data}
    if not rubric.data:
        del document["data"]
    document.get("environment", {}).pop("python", None)
    document["questions"] = [_question(question) for question in rubric.questions]
    return document


def is_public(question: Question, check: AnyCheck) -> bool:
    """Whether students have this check; the programs that blanks are put into, and what these define, stay with the course."""
    if check.visibility is not Visibility.VISIBLE or check.kind not in PUBLIC_KINDS:
        return False
    return not any(is_made_of_blanks(question, place) for place in check.places())


def is_made_of_blanks(question: Question, place: str) -> bool:
    """Whether what stands at this place of the answer is defined by the programs that blanks are put into."""
    made = {name for program in question.answer.blanks for name in _defined(program)}
    return bool(made & {re.split(r"[.\[]", name)[0] for name in question.answer.places[place]})


def _defined(program: str) -> Iterator[str]:
    """The names that a program binds at its top."""
    for node in ast.parse(program).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


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


def _question(question: Question) -> dict[str, Any]:
    public = question.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={"checks", "needs"})
    public.get("answer", {}).pop("blanks", None)
    kept = {check.id: _written(question, check) for check in question.checks if is_public(question, check)}
    checks = [_without_needs(made, kept) for made in kept.values()]
    if withheld := [check for check in question.checks if check.id not in kept]:
        checks.append(_later(question, withheld))
        if not question.answer.headings and "of" not in checks[-1]:
            public["answer"] = {**public.get("answer", {}), "heading": [question.id]}
    return {**public, "checks": checks}


def is_self_contained(question: Question, check: AnyCheck) -> bool:
    """Whether the check judges by what the task says, with no reference and no expected literal."""
    holds_answer = (
        any(getattr(check, name, None) is not None for name in ("value", "correct", "patterns"))
        or check.kind == "manual"
        or (getattr(check, "output", None) is not None and not getattr(check, "shown", False))
    )
    return not holds_answer and not check.expected_probes(question.answer, ())


def _written(question: Question, check: AnyCheck) -> dict[str, Any]:
    """The check's own fields, without those that hold an answer."""
    made = check.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude=set(ANSWERS))
    if check.kind == "choice":
        made["sealed"] = True
    if check.kind == "training" and not is_self_contained(question, check):
        made["expect"] = made["of"]  # without it, the curve's form alone would pass
    if check.kind == "relation":
        made["using"] = LATER
    if isinstance(check, ProgramCheck):
        made |= {"output": check.output} if is_self_contained(question, check) and check.output is not None else {}
        made |= {} if is_self_contained(question, check) else {"expect": LATER}  # without it, the exit code alone would pass
    return made


def _without_needs(check: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Prerequisites only within the question, and only those that are public."""
    needs = [name for name in check.pop("needs", ()) if name in kept]
    return {**check, "needs": needs} if needs else check


def _later(question: Question, withheld: Sequence[AnyCheck]) -> dict[str, Any]:
    """One entry for these checks; it looks where the first of them does, so that an answer that is not there is said."""
    places = [place for check in withheld for place in check.places()[:1] if not is_made_of_blanks(question, place)]
    return {
        "id": LATER,
        "kind": "manual",
        **({"of": places[0]} if places else {}),
        "points": str(sum((check.points for check in withheld), Fraction(0))),
        "title": "Looked at after you have handed in",
        "least_words": min(getattr(check, "least_words", 1) for check in withheld),
        "at_hand_in": True,
    }
