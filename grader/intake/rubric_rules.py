"""Rules a rubric must keep beyond its fields: points add up, ids are unique, every reference leads somewhere.

They are checked on the plain values, so that they are reported together with faulty fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from grader.checks.base import Check
from grader.intake.nearest import did_you_mean
from grader.intake.yaml_tree import KeyPath
from grader.model.base import read_fraction
from grader.model.rubric import Answer


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule at a path of the document."""

    path: KeyPath
    message: str
    hint: str = ""


def broken_rules(data: dict[str, Any], kinds: Mapping[str, type[Check]]) -> list[Finding]:
    """Every broken rule of the rubric's plain values; parts of the wrong type are left to the field checks."""
    questions = _list_of_dicts(data.get("questions"))
    return [
        *_ids(questions, ("questions",), "question"),
        *_total(data, questions),
        *(f for index, q in questions for f in _question(q, ("questions", index), questions, kinds)),
        *_cycles(questions),
    ]


def _list_of_dicts(value: Any) -> list[tuple[int, dict[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def _ids(items: list[tuple[int, dict[str, Any]]], path: KeyPath, what: str) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for index, item in items:
        name = str(item.get("id"))
        if name in first:
            yield Finding((*path, index, "id"), f"{what} `{name}` stands twice", f"first at {what} number {first[name] + 1}")
        first.setdefault(name, index)


def _points(item: dict[str, Any]) -> Fraction | None:
    try:
        return read_fraction(item.get("points"))
    except ValueError:
        return None


def _sum(items: list[tuple[int, dict[str, Any]]]) -> Fraction | None:
    points = [_points(item) for _, item in items]
    return None if None in points else sum((p for p in points if p is not None), Fraction(0))


def _total(data: dict[str, Any], questions: list[tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    for key, wanted in (("points", False), ("bonus", True)):
        if key not in data and not wanted:
            continue
        try:
            stated = read_fraction(data.get(key, 0))
        except ValueError:
            continue
        total = _sum([(i, q) for i, q in questions if bool(q.get("bonus", False)) is wanted])
        if total is not None and total != stated:
            what = "bonus questions" if wanted else "questions"
            yield Finding((key,), f"the {what} add up to {_number(total)}, not to the stated {_number(stated)}")


def _number(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{value} ({float(value):g})"


def _question(
    question: dict[str, Any], path: KeyPath, questions: list[tuple[int, dict[str, Any]]], kinds: Mapping[str, type[Check]]
) -> Iterator[Finding]:
    checks = _list_of_dicts(question.get("checks"))
    yield from _ids(checks, (*path, "checks"), "check")
    total, stated = _sum(checks), _points(question)
    if total is not None and stated is not None and total != stated:
        yield Finding((*path, "points"), f"the checks add up to {_number(total)}, not to the stated {_number(stated)}")
    answer = _answer(question)
    names = {str(q.get("id")) for _, q in questions}
    for number, need in enumerate(_strings(question.get("needs"))):
        if need not in names:
            yield Finding((*path, "needs", number), f"there is no question `{need}`", did_you_mean(need, names))
    for index, check in checks:
        yield from _check((question, check), (*path, "checks", index), answer, questions, kinds)


def _strings(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else []


def _answer(question: dict[str, Any]) -> Answer | None:
    try:
        return Answer.model_validate(question.get("answer", {}))
    except ValidationError:
        return None


def _check(
    pair: tuple[dict[str, Any], dict[str, Any]],
    path: KeyPath,
    answer: Answer | None,
    questions: list[tuple[int, dict[str, Any]]],
    kinds: Mapping[str, type[Check]],
) -> Iterator[Finding]:
    question, check = pair
    known = check_names(questions, str(question.get("id")))
    for number, need in enumerate(_strings(check.get("needs"))):
        if need not in known:
            yield Finding((*path, "needs", number), f"there is no check `{need}`", did_you_mean(need, known))
    follow = check.get("follow_through")
    if isinstance(follow, dict):
        for number, source in enumerate(_strings(follow.get("from"))):
            if source not in known:
                message = f"there is no check `{source}`"
                yield Finding((*path, "follow_through", "from", number), message, did_you_mean(source, known))
    kind = kinds.get(str(check.get("kind")))
    if kind is None or answer is None:
        return
    try:
        model = kind.model_validate(check)
    except ValidationError:
        return
    for place in model.places():
        if place not in answer.places:
            hint = did_you_mean(place, answer.places) or "name it under `answer: {variables: ...}`"
            yield Finding((*path, "of"), f"the question's answer has no `{place}`", hint)
    if model.needs_place and not model.places() and not answer.headings:
        yield Finding(path, "it says neither with `of` nor by the question's `heading` where its answer is")


def check_names(questions: list[tuple[int, dict[str, Any]]], question: str) -> set[str]:
    """What `needs` and `from` may name inside this question: its own check ids, and ``question/check`` of any."""
    names: set[str] = set()
    for _, item in questions:
        for _, check in _list_of_dicts(item.get("checks")):
            names.add(f"{item.get('id')}/{check.get('id')}")
            if str(item.get("id")) == question:
                names.add(str(check.get("id")))
    return names


def _cycles(questions: list[tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    """A check that needs itself, through others."""
    graph: dict[str, list[str]] = {}
    where: dict[str, KeyPath] = {}
    for index, question in questions:
        for number, check in _list_of_dicts(question.get("checks")):
            name = f"{question.get('id')}/{check.get('id')}"
            own = [n if "/" in n else f"{question.get('id')}/{n}" for n in _strings(check.get("needs"))]
            theirs = [
                f"{q.get('id')}/{c.get('id')}"
                for _, q in questions
                if str(q.get("id")) in _strings(question.get("needs"))
                for _, c in _list_of_dicts(q.get("checks"))
            ]
            graph[name] = own + theirs
            where[name] = ("questions", index, "checks", number, "needs")
    for name in graph:
        if _reaches(graph, name, name):
            yield Finding(where[name], f"`{name}` needs itself, through others")


def _reaches(graph: dict[str, list[str]], start: str, goal: str) -> bool:
    waiting, done = list(graph.get(start, [])), set()
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in done:
            done.add(name)
            waiting += graph.get(name, [])
    return False
