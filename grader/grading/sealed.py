"""Sealed answers: slow salted hashes of rounded values, so that an answer can be recognised where it must not be known.

A value is put on a grid whose step is a share of the tolerance; the hash of its place is compared with the hashes of all
places within the tolerance of the right answer. A value within tolerance always matches, and one that is off by more than
the tolerance and one step of the grid never does. What a hash of few possible answers protects is said in docs/check.md.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader.checks import AnyCheck, Rubric
from grader.checks.array import ArrayCheck, dtype_name
from grader.checks.base import first_captured
from grader.checks.call import CallCheck, item_of
from grader.checks.choice import ChoiceCheck
from grader.checks.compare import Layout, dtype_fits
from grader.checks.literals import as_array, as_number
from grader.checks.number import NumberCheck
from grader.checks.outputs import plain
from grader.checks.program import ProgramCheck
from grader.grading.items import Item, items_of
from grader.model.base import Frozen
from grader.model.evidence import Capture
from grader.model.rubric import Visibility
from grader.model.values import Calls, Outcome, Ran, Value
from grader.model.verdict import Verdict, failed, passed

WORK = 2**14
"""Cost of one hash (scrypt's n, with r = 8): 16 MiB and some 40 ms."""
STEPS = 2
"""Steps of the grid within one tolerance: what is off by more than one and a half tolerances never matches."""
SUMS = 2
"""Weighted sums by which an array is recognised; each one takes every entry into account."""
MOST_ENTRIES = 100_000
"""Larger arrays are not sealed."""
_FINEST = 1e-12
"""Relative allowance for rounding, where a rubric asks for exact equality."""
_EDGE = 1e-6
"""Steps by which the range of right places is widened, for rounding."""

SaltOf = Callable[[str], str]
"""A salt for each check's name."""


class Look(Frozen):
    """One accepted form of an answer: layout, shapes, the steps of its sums' grids, and for each sum the right hashes."""

    layout: str = ""
    shapes: tuple[tuple[int, ...], ...] = ()
    steps: tuple[float, ...] = ()
    hashes: tuple[tuple[str, ...], ...]


class Seal(Frozen):
    """The sealed answer of one check."""

    form: Literal["number", "array", "choice", "call", "program"]
    salt: str
    looks: tuple[Look, ...]


class Sealed(Frozen):
    """The sealed answers of an assignment, by ``question/check``."""

    version: Literal[1] = 1
    assignment: str
    answers: dict[str, Seal]


def seal(rubric: Rubric, captures: Mapping[str, Capture], salt_of: SaltOf) -> dict[str, Any]:
    """The sealed answers of all visible checks that can be sealed, as JSON: numbers, arrays, choices, results of functions.

    `captures` are the reference's by probe key; `salt_of` gives a fresh random salt of 16 or more characters for a check.
    """
    answers = {}
    for item in items_of(rubric):
        made = _seal_of(item, captures, salt_of) if item.check.visibility is Visibility.VISIBLE else None
        if made is not None:
            answers[item.name] = made
    return Sealed(assignment=rubric.assignment, answers=answers).model_dump(mode="json")


def judge_sealed(check: AnyCheck, sealed: Seal, seen: Sequence[Capture]) -> Verdict | None:
    """PASSED or FAILED by the sealed answer; None where what was seen is of no form that was sealed."""
    value = first_captured(seen).value
    if value is None:
        return None
    if isinstance(check, NumberCheck) and sealed.form == "number":
        return _judge_number(check, sealed, value)
    if isinstance(check, ChoiceCheck) and sealed.form == "choice":
        reading = check.reading_of(value)
        return None if reading is None or not reading.clear else _said(_hash(sealed.salt, _words(reading.chosen)), sealed)
    if isinstance(check, ArrayCheck) and sealed.form == "array":
        array = as_array(value)
        return None if array is None else _judge_arrays(sealed, [array], check.dtype, dtype_name(value))
    if isinstance(check, CallCheck) and sealed.form == "call" and isinstance(value, Calls):
        arrays = _results(value.outcomes, check.returns)
        return None if arrays is None else _judge_arrays(sealed, arrays, "any", "")
    if isinstance(check, ProgramCheck) and sealed.form == "program" and isinstance(value, Ran):
        return _said(_hash(sealed.salt, plain(value.stdout)), sealed)
    return None


def _seal_of(item: Item, captures: Mapping[str, Capture], salt_of: SaltOf) -> Seal | None:
    check = item.check
    if check.also:  # other answers are right too: to differ from this one would prove nothing
        return None
    if isinstance(check, ChoiceCheck):
        if check.correct is None:
            return None
        salt = salt_of(item.name)
        look = Look(hashes=((_hash(salt, _words(frozenset(check.correct))),),))
        return Seal(form="choice", salt=salt, looks=(look,))
    value = _expected(item, captures)
    if value is None:
        return None
    if isinstance(check, ProgramCheck):
        return _seal_program(check, value, salt_of(item.name))
    if isinstance(check, NumberCheck):
        return _seal_number(check, value, salt_of(item.name))
    if isinstance(check, ArrayCheck) and not check.nonfinite:
        array = as_array(value)
        return None if array is None else _seal_arrays("array", [array], check, salt_of(item.name))
    if isinstance(check, CallCheck) and isinstance(value, Calls) and not check.nonfinite:
        arrays = _results(value.outcomes, "")
        return None if arrays is None else _seal_arrays("call", arrays, check, salt_of(item.name))
    return None


def _expected(item: Item, captures: Mapping[str, Capture]) -> Value | None:
    probes = item.check.expected_probes(item.question.answer, ())
    if probes:
        found = captures.get(probes[0].key)
        return found.value if found is not None else None
    literal = getattr(item.check, "output" if isinstance(item.check, ProgramCheck) else "value", None)
    return item.check.literal(literal)[0].value if literal is not None else None


def _seal_program(check: ProgramCheck, value: Value, salt: str) -> Seal | None:
    """Only whole outputs: parts, patterns and numbers within a tolerance cannot be recognised by a hash of the whole."""
    if check.compare != "exact" or check.shown or not isinstance(value, Ran):
        return None
    return Seal(form="program", salt=salt, looks=(Look(hashes=(_hashes(salt, [plain(value.stdout)]),)),))


# Numbers


def _seal_number(check: NumberCheck, value: Value, salt: str) -> Seal | None:
    right = as_number(value)
    if right is None or isinstance(right, complex) or not math.isfinite(right):
        return None
    if check.integer:
        places = [f"={int(right)}"] if right == int(right) else []
    else:
        off = check.atol + max(check.rtol, _FINEST) * abs(right)
        low, high = _place(right - off, check), _place(right + off, check)
        first, last = min(low.first, high.first), max(low.last, high.last)  # below zero the scale runs backwards
        places = [_named(low.side, index) for index in range(first, last + 1)]
    return Seal(form="number", salt=salt, looks=(Look(hashes=(_hashes(salt, places),)),))


def _judge_number(check: NumberCheck, sealed: Seal, value: Value) -> Verdict | None:
    number = as_number(value)
    if number is None or isinstance(number, complex) or not math.isfinite(number):
        return None
    if check.integer:
        return _said(_hash(sealed.salt, f"={int(number)}" if number == int(number) else "no integer"), sealed)
    place = _place(float(number), check)
    return _said(_hash(sealed.salt, _named(place.side, place.index)), sealed)


@dataclass(frozen=True, slots=True)
class _Place:
    """The step of a number on the grid; `first` and `last` allow for rounding."""

    side: str
    index: int
    first: int
    last: int


def _place(number: float, check: NumberCheck) -> _Place:
    """The number's place on a scale on which one tolerance is `STEPS` long everywhere, so that the grid tells nothing.

    Where ``du/dx = 1 / (atol + rtol |x|)``, u is a logarithm; without `atol`, positive and negative numbers have scales of
    their own.
    """
    rtol, atol = (check.rtol, check.atol) if check.rtol or check.atol else (_FINEST, 0.0)
    size = abs(number)
    if atol == 0.0:
        side = "+" if number > 0 else "-" if number < 0 else "0"
        along = math.log(size) / rtol if size else 0.0
    else:
        side = ""
        along = math.copysign(math.log1p(rtol * size / atol) / rtol if rtol else size / atol, number)
    at = along * STEPS
    return _Place(side, math.floor(at), math.floor(at - _EDGE), math.floor(at + _EDGE))


def _named(side: str, index: int) -> str:
    return f"{side}{index}"


# Arrays


def _seal_arrays(
    form: Literal["array", "call"], arrays: Sequence[NDArray[Any]], check: ArrayCheck | CallCheck, salt: str
) -> Seal | None:
    if not all(_is_plain(array) for array in arrays) or sum(array.size for array in arrays) > MOST_ENTRIES:
        return None
    looks = []
    for layout in check.layouts:
        arranged = [_expected_as(layout, check.layouts[0], array) for array in arrays]
        if all(array is not None for array in arranged):
            looks.append(_look(layout, [a for a in arranged if a is not None], check, salt))
    return Seal(form=form, salt=salt, looks=tuple(looks)) if looks else None


def _look(layout: Layout, arrays: Sequence[NDArray[Any]], check: ArrayCheck | CallCheck, salt: str) -> Look:
    flat = _flat(arrays)
    steps, hashes = [], []
    for number in range(SUMS):
        weights = _weights(salt, layout, number, flat.size)
        total = float(weights @ flat)
        off = float(np.abs(weights) @ (check.atol + max(check.rtol, _FINEST) * np.abs(flat)))
        step = 2.0 ** math.floor(math.log2(off / STEPS)) if off else _FINEST
        steps.append(step)
        first, last = math.floor((total - off) / step - _EDGE), math.floor((total + off) / step + _EDGE)
        hashes.append(_hashes(salt, [_summed(layout, number, index) for index in range(first, last + 1)]))
    return Look(layout=layout, shapes=tuple(a.shape for a in arrays), steps=tuple(steps), hashes=tuple(hashes))


def _judge_arrays(sealed: Seal, arrays: Sequence[NDArray[Any]], dtype: str, name: str) -> Verdict | None:
    if not all(_is_plain(array) for array in arrays):
        return None
    if not all(dtype_fits(name or str(array.dtype), dtype) for array in arrays):
        return failed("dtype", seen=name or str(arrays[0].dtype), expected=dtype)
    fitting = [(look, _seen_as(look.layout, arrays)) for look in sealed.looks]
    fitting = [(look, shown) for look, shown in fitting if tuple(a.shape for a in shown) == look.shapes]
    if not fitting:
        return _misshapen(sealed.looks[0], arrays)
    return passed() if any(_matches(sealed.salt, look, shown) for look, shown in fitting) else failed("sealed_differs")


def _misshapen(look: Look, arrays: Sequence[NDArray[Any]]) -> Verdict:
    pairs = zip(_seen_as(look.layout, arrays), look.shapes, strict=False)
    seen, wanted = next(((a.shape, s) for a, s in pairs if a.shape != s), (arrays[0].shape, look.shapes[0]))
    return failed("shape", seen=list(seen), expected=list(wanted))


def _matches(salt: str, look: Look, arrays: Sequence[NDArray[Any]]) -> bool:
    flat = _flat(arrays)
    for number, (step, hashes) in enumerate(zip(look.steps, look.hashes, strict=True)):
        at = float(_weights(salt, look.layout, number, flat.size) @ flat) / step
        if not math.isfinite(at) or _hash(salt, _summed(look.layout, number, math.floor(at))) not in hashes:
            return False
    return True


def _summed(layout: str, number: int, index: int) -> str:
    return f"{layout}:{number}:{index}"


def _weights(salt: str, layout: str, number: int, size: int) -> NDArray[Any]:
    """Weights of either sign and of size 1/2 to 3/2, the same wherever the salt is the same."""
    seed = int.from_bytes(hashlib.sha256(f"{salt}:{layout}:{number}".encode()).digest()[:16], "big")
    rng = np.random.default_rng(seed)
    weights: NDArray[Any] = rng.uniform(0.5, 1.5, size) * rng.choice([-1.0, 1.0], size)
    return weights


def _is_plain(array: NDArray[Any]) -> bool:
    return array.dtype.kind in "biuf" and bool(np.isfinite(array).all())


def _flat(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([array.astype(np.float64).reshape(-1) for array in arrays]) if arrays else np.zeros(0)


def _expected_as(layout: Layout, own: Layout, array: NDArray[Any]) -> NDArray[Any] | None:
    """The reference's array, which is in its `own` layout, in another one; None if it cannot be."""
    if layout == "flat":
        return np.squeeze(array)
    if layout == own:
        return array
    if layout != "vec":
        return array.T
    matrix = array.T if own == "numerator" else array
    return matrix.reshape(-1, order="F") if array.ndim == 2 else None


def _seen_as(layout: str, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    if layout == "flat":
        return [np.squeeze(array) for array in arrays]
    if layout == "vec":
        return [array.reshape(-1) if max(array.shape, default=0) == array.size else array for array in arrays]
    return list(arrays)


def _results(outcomes: Sequence[Outcome], item: int | str) -> list[NDArray[Any]] | None:
    """The results of all cases as arrays; None if one is none."""
    found = [as_array(value) if (value := item_of(outcome.value, item)) is not None else None for outcome in outcomes]
    return None if any(array is None for array in found) else [array for array in found if array is not None]


# Hashes


def _words(options: frozenset[str]) -> str:
    return "\n".join(sorted(options))


def _said(found: str, sealed: Seal) -> Verdict:
    return passed() if found in sealed.looks[0].hashes[0] else failed("sealed_differs")


def _hashes(salt: str, places: Sequence[str]) -> tuple[str, ...]:
    """The hashes, ordered by themselves: their order would tell which is in the middle."""
    return tuple(sorted(_hash(salt, place) for place in places))


def _hash(salt: str, place: str) -> str:
    return hashlib.scrypt(place.encode(), salt=salt.encode(), n=WORK, r=8, p=1, maxmem=2**26, dklen=16).hex()
