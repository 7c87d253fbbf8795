"""Sealed answers of an assignment: which are made of a rubric and its reference, and what they say of a student's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from grader.checks import AnyCheck, Rubric
from grader.checks.array import ArrayCheck, dtype_name
from grader.checks.base import Also, first_captured
from grader.checks.call import CallCheck
from grader.checks.choice import ChoiceCheck
from grader.checks.literals import as_array
from grader.checks.number import NumberCheck
from grader.checks.outputs import plain
from grader.checks.program import ProgramCheck
from grader.grading.items import Item, items_of
from grader.grading.seals import (
    Seal,
    hash_of,
    judge_arrays,
    judge_number,
    results,
    said,
    seal_arrays,
    seal_number,
    text_seal,
    words_of,
)
from grader.model.base import Frozen
from grader.model.evidence import Capture
from grader.model.rubric import Visibility
from grader.model.values import Calls, Ran, Value
from grader.model.verdict import Verdict

SaltOf = Callable[[str], str]
"""A salt for each check's name."""


class Sealed(Frozen):
    """The sealed answers of an assignment, by ``question/check``."""

    version: Literal[1] = 1
    assignment: str
    answers: dict[str, Seal]


def seal(rubric: Rubric, captures: Mapping[str, Capture], salt_of: SaltOf) -> dict[str, Any]:
    """The sealed answers of all visible checks that can be sealed, as JSON: numbers, arrays, choices, results of functions,
    outputs of programs.

    `captures` are the reference's by probe key; `salt_of` gives a fresh random salt of 16 or more characters for a check.
    """
    answers = {}
    for item in items_of(rubric):
        made = _seal_of(item, captures, salt_of(item.name)) if item.check.visibility is Visibility.VISIBLE else None
        if made is not None:
            follow = item.check.follow_through
            answers[item.name] = made.model_copy(update={"follows": tuple(map(item.resolve, follow.from_))}) if follow else made
    sealed = Sealed(assignment=rubric.assignment, answers=answers)
    return {"version": sealed.version, **sealed.model_dump(mode="json", exclude_defaults=True)}


def judge_sealed(check: AnyCheck, sealed: Seal, seen: Sequence[Capture]) -> Verdict | None:
    """PASSED or FAILED by the sealed answer; None where what was seen is of no form that was sealed."""
    value = first_captured(seen).value
    if value is None:
        return None
    if isinstance(check, NumberCheck) and sealed.form == "number":
        return judge_number(check, sealed, value)
    if isinstance(check, ChoiceCheck) and sealed.form == "choice":
        reading = check.reading_of(value)
        return None if reading is None or not reading.clear else said(hash_of(sealed.salt, words_of(reading.chosen)), sealed)
    if isinstance(check, ArrayCheck) and sealed.form == "array":
        array = as_array(value)
        return None if array is None else judge_arrays(sealed, [array], check.dtype, dtype_name(value))
    if isinstance(check, CallCheck) and sealed.form == "call" and isinstance(value, Calls):
        arrays = results(value.outcomes, check.returns)
        return None if arrays is None else judge_arrays(sealed, arrays, "any", "")
    if isinstance(check, ProgramCheck) and sealed.form == "program" and isinstance(value, Ran):
        return said(hash_of(sealed.salt, plain(value.stdout)), sealed)
    return None


def _seal_of(item: Item, captures: Mapping[str, Capture], salt: str) -> Seal | None:
    """The seal of everything that is right; None where something of it cannot be sealed, for then to differ proves nothing."""
    check = item.check
    if isinstance(check, ChoiceCheck):
        return None if check.correct is None or check.also else text_seal("choice", salt, [words_of(frozenset(check.correct))])
    made = []
    for other in (None, *check.also):
        value = _expected(item, captures, other)
        one = _seal_value(check, value, salt) if value is not None else None
        if one is None:
            return None
        made.append(one)
    return made[0].model_copy(update={"looks": tuple(look for one in made for look in one.looks)})


def _seal_value(check: AnyCheck, value: Value, salt: str) -> Seal | None:
    if isinstance(check, ProgramCheck):
        # parts, patterns and numbers within a tolerance cannot be recognised by a hash of the whole
        is_whole = check.compare == "exact" and not check.shown and isinstance(value, Ran)
        return text_seal("program", salt, [plain(value.stdout)]) if is_whole and isinstance(value, Ran) else None
    if isinstance(check, NumberCheck):
        return seal_number(check, value, salt)
    if isinstance(check, ArrayCheck) and not check.nonfinite:
        array = as_array(value)
        return None if array is None else seal_arrays("array", [array], check, salt)
    if isinstance(check, CallCheck) and isinstance(value, Calls) and not check.nonfinite:
        arrays = results(value.outcomes, "")
        return None if arrays is None else seal_arrays("call", arrays, check, salt)
    return None


def _expected(item: Item, captures: Mapping[str, Capture], other: Also | None) -> Value | None:
    """What the reference has, or another answer that is right as well; None where it is not known."""
    if other is not None and not other.expect:
        return item.check.literal(other.value)[0].value
    probes = item.check.expected_probes(item.question.answer, (), oracle=other.expect if other else "")
    if probes:
        found = captures.get(probes[0].key)
        return found.value if found is not None else None
    literal = getattr(item.check, "output" if isinstance(item.check, ProgramCheck) else "value", None)
    return item.check.literal(literal)[0].value if literal is not None else None
