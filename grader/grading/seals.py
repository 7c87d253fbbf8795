"""Seals of numbers, arrays and texts: hashes of places on a grid, so that an answer can be recognised where it must not be known.

A value is put on a grid whose step is a share of the tolerance; the hash of its place is compared with the hashes of all
places within the tolerance of the right answer. A value within tolerance always matches, and one that is off by more than
the tolerance and one step of the grid never does. What a hash of few possible answers protects is said in docs/check.md.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.checks.array import ArrayCheck
from grader.checks.call import CallCheck, item_of
from grader.checks.compare import Layout, dtype_fits
from grader.checks.literals import as_array, as_number
from grader.checks.number import NumberCheck
from grader.model.base import Frozen
from grader.model.values import Outcome, Value
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


Form: TypeAlias = Literal["number", "array", "choice", "call", "program"]


class Look(Frozen):
    """One accepted form of an answer: layout, shapes, the steps of its sums' grids, and for each sum the right hashes."""

    layout: str = ""
    shapes: tuple[tuple[int, ...], ...] = ()
    steps: tuple[float, ...] = ()
    hashes: tuple[tuple[str, ...], ...]


class Seal(Frozen):
    """The sealed answer of one check."""

    form: Form
    salt: str
    looks: tuple[Look, ...]
    follows: tuple[str, ...] = ()
    """Checks on whose answers this one rests: what differs from the seal may follow rightly from a wrong one of these."""


# Numbers


def seal_number(check: NumberCheck, value: Value, salt: str) -> Seal | None:
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
    return text_seal("number", salt, places)


def judge_number(check: NumberCheck, sealed: Seal, value: Value) -> Verdict | None:
    number = as_number(value)
    if number is None or isinstance(number, complex) or not math.isfinite(number):
        return None
    if check.integer:
        return said(hash_of(sealed.salt, f"={int(number)}" if number == int(number) else "no integer"), sealed)
    place = _place(float(number), check)
    return said(hash_of(sealed.salt, _named(place.side, place.index)), sealed)


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


def seal_arrays(
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
        hashes.append(hashes_of(salt, [_summed(layout, number, index) for index in range(first, last + 1)]))
    return Look(layout=layout, shapes=tuple(a.shape for a in arrays), steps=tuple(steps), hashes=tuple(hashes))


def judge_arrays(sealed: Seal, arrays: Sequence[NDArray[Any]], dtype: str, name: str) -> Verdict | None:
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
        if not math.isfinite(at) or hash_of(salt, _summed(look.layout, number, math.floor(at))) not in hashes:
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


def results(outcomes: Sequence[Outcome], item: int | str) -> list[NDArray[Any]] | None:
    """The results of all cases as arrays; None if one is none."""
    found = [as_array(value) if (value := item_of(outcome.value, item)) is not None else None for outcome in outcomes]
    return None if any(array is None for array in found) else [array for array in found if array is not None]


# Hashes


def text_seal(form: Form, salt: str, texts: Sequence[str]) -> Seal:
    """A seal by which any of these texts is recognised."""
    return Seal(form=form, salt=salt, looks=(Look(hashes=(hashes_of(salt, texts),)),))


def words_of(options: frozenset[str]) -> str:
    return "\n".join(sorted(options))


def said(found: str, sealed: Seal) -> Verdict:
    is_right = any(found in look.hashes[0] for look in sealed.looks)
    return passed() if is_right else failed("sealed_differs")


def hashes_of(salt: str, places: Sequence[str]) -> tuple[str, ...]:
    """The hashes, ordered by themselves: their order would tell which is in the middle."""
    return tuple(sorted(hash_of(salt, place) for place in places))


def hash_of(salt: str, place: str) -> str:
    return hashlib.scrypt(place.encode(), salt=salt.encode(), n=WORK, r=8, p=1, maxmem=2**26, dklen=16).hex()
