"""How a result of any type differs from the expected one: numbers and arrays by `compare`, containers item by item."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.checks.compare import CLOSE, Closeness, Layout, compare_as
from grader.checks.literals import as_array, as_number, describe, fact, is_cut, key_text
from grader.model.values import Array, Opaque, Record, Scalar, Sequence, Text, Value
from grader.model.verdict import Reason


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms two results agree: in this layout, when the reference's is `own`, this close."""

    layout: Layout = "denominator"
    own: Layout = "denominator"
    close: Closeness = field(default=CLOSE)


def disagreement(seen: Value | None, expected: Value, terms: Terms) -> Reason | None:
    """How the seen value differs from the expected one; None if it does not. Code ``not_comparable`` is the reference's fault."""
    if seen is None or isinstance(seen, Opaque):
        return Reason(code="not_carried", facts={"type": describe(seen), "why": seen.why if seen else ""})
    if is_cut(seen):
        return Reason(code="cut", facts={"seen_type": describe(seen)})
    if isinstance(expected, Text):
        return _text(seen, expected)
    if isinstance(expected, Scalar) and expected.value is None:
        return None if isinstance(seen, Scalar) and seen.value is None else _wrong_type(seen, "None")
    if isinstance(expected, Record):
        return _record(seen, expected, terms)
    if isinstance(expected, Sequence) and not _is_numbers(expected):
        return _sequence(seen, expected, terms)
    return _array(seen, expected, terms)


def _array(seen: Value, expected: Value, terms: Terms) -> Reason | None:
    right = as_array(expected)
    if right is None:
        return Reason(code="not_comparable", facts={"expected_type": describe(expected)})
    left = as_array(seen)
    if left is None:
        number = as_number(seen)
        return _wrong_type(seen, f"array of shape {right.shape}" if right.ndim or number is None else "number")
    name = seen.dtype if isinstance(seen, Array) else ""
    mismatch = compare_as(terms.layout, terms.own, left, right, terms.close, name)
    return mismatch.reason() if mismatch else None


def _text(seen: Value, expected: Text) -> Reason | None:
    if not isinstance(seen, Text):
        return _wrong_type(seen, "str")
    if seen.text.strip() == expected.text.strip():
        return None
    return Reason(code="values", facts={"seen": seen.text[:200], "expected_value": expected.text[:200]})


def _sequence(seen: Value, expected: Sequence, terms: Terms) -> Reason | None:
    if not isinstance(seen, Sequence):
        return _wrong_type(seen, f"{expected.python} of {expected.length}")
    if seen.length != expected.length:
        return Reason(code="length", facts={"seen": seen.length, "expected": expected.length})
    for index, (left, right) in enumerate(zip(seen.items, expected.items, strict=True)):
        if reason := disagreement(left, right, terms):
            return _inside(reason, index)
    return None


def _record(seen: Value, expected: Record, terms: Terms) -> Reason | None:
    if not isinstance(seen, Record):
        return _wrong_type(seen, "dict")
    present = {key_text(pair.key): pair.value for pair in seen.entries}
    for pair in expected.entries:
        key = key_text(pair.key)
        if key not in present:
            return Reason(code="missing_key", facts={"key": key, "keys": list(present)[:20]})
        if reason := disagreement(present[key], pair.value, terms):
            return _inside(reason, key)
    return None


def _inside(reason: Reason, item: int | str) -> Reason:
    """The same finding, with the way to it: item, then item within it."""
    return Reason(code=reason.code, facts={**reason.facts, "item": [item, *reason.facts.get("item", [])]})


def _is_numbers(value: Sequence) -> bool:
    """A list of plain numbers is an array; a tuple of arrays is several results."""
    return all(isinstance(item, Scalar) or (isinstance(item, Sequence) and _is_numbers(item)) for item in value.items) and (
        as_array(value) is not None
    )


def _wrong_type(seen: Value, wanted: str) -> Reason:
    return Reason(code="wrong_type", facts={"seen_type": describe(seen), "expected_type": fact(wanted)})
