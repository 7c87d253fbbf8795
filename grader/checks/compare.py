"""The one place that compares arrays: shape, dtype, finiteness, then closeness relative to the expected value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.checks.literals import fact
from grader.model.verdict import Reason

Layout: TypeAlias = Literal["denominator", "numerator", "vec", "flat"]


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close is close enough: ``|seen - expected| <= atol + rtol * |expected|`` for every entry.

    `dtype` is ``any``, ``float``, ``integer`` or an exact name. With `nonfinite`, NaN equals NaN and an infinity itself;
    without, no entry that is not finite is ever equal to anything.
    """

    rtol: float = 1e-5
    atol: float = 1e-8
    dtype: str = "any"
    nonfinite: bool = False


CLOSE = Closeness()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How two arrays differ. `share` of the entries differ, the greatest difference is `worst`, the first is at `index`."""

    code: Literal["shape", "dtype", "not_finite", "values"]
    seen: Any
    expected: Any
    share: float = 1.0
    worst: float = float("inf")
    index: tuple[int, ...] = ()

    def reason(self) -> Reason:
        """The reason as data; the difference is rounded to one digit, lest it gives away a hidden expected value."""
        seen, expected = fact(self.seen), fact(self.expected)
        if self.code in ("shape", "dtype"):
            return Reason(code=self.code, facts={"seen": seen, "expected": expected})
        facts = {"seen": seen, "expected_value": expected, "share": self.share, "index": list(self.index)}
        if self.code == "values":
            facts["worst"] = fact(float(f"{self.worst:.0e}"))
        return Reason(code=self.code, facts=facts)


def compare(seen: NDArray[Any], expected: NDArray[Any], close: Closeness = CLOSE, dtype: str = "") -> Mismatch | None:
    """How a numeric array differs from the expected one; None if it does not. Nothing is broadcast.

    `dtype` names the student's own type where numpy has none for it (``bfloat16``).
    """
    if seen.shape != expected.shape:
        return Mismatch("shape", seen.shape, expected.shape)
    name = dtype or str(seen.dtype)
    if not dtype_fits(name, close.dtype):
        return Mismatch("dtype", name, close.dtype)
    if not close.nonfinite:
        strange = ~np.isfinite(seen)
        if strange.any():
            return _mismatch("not_finite", strange, seen, expected)
    wrong = ~_is_close(seen, expected, close)
    return _mismatch("values", wrong, seen, expected) if wrong.any() else None


def dtype_fits(name: str, wanted: str) -> bool:
    """Whether a dtype's name is of the wanted family (``float``, ``integer``) or is the wanted name."""
    short = name.removeprefix("torch.")
    if wanted == "any":
        return True
    if wanted == "float":
        return short.startswith(("float", "bfloat"))
    if wanted == "integer":
        return short.startswith(("int", "uint"))
    return short == wanted.removeprefix("torch.")


def _is_close(seen: NDArray[Any], expected: NDArray[Any], close: Closeness) -> NDArray[np.bool_]:
    left, right = _wide(seen), _wide(expected)
    with np.errstate(all="ignore"):
        # written with <= so that NaN, for which every comparison is false, is never close
        near = np.abs(left - right) <= close.atol + close.rtol * np.abs(right)
    finite = np.isfinite(left) & np.isfinite(right)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    result: NDArray[np.bool_] = np.where(finite, near, same)
    return result


def _wide(array: NDArray[Any]) -> NDArray[Any]:
    """Double precision: unsigned differences wrap around, bools have none, float16 overflows."""
    with np.errstate(all="ignore"):
        return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _mismatch(
    code: Literal["not_finite", "values"], wrong: NDArray[np.bool_], seen: NDArray[Any], expected: NDArray[Any]
) -> Mismatch:
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
    with np.errstate(all="ignore"):
        apart = np.abs(_wide(seen) - _wide(expected))
    finite = apart[np.isfinite(apart)]
    return Mismatch(
        code,
        seen=seen[index].item(),
        expected=expected[index].item(),
        share=float(wrong.mean()),
        worst=float(finite.max()) if finite.size == apart.size else float("inf"),
        index=index,
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """The accepted layout that fits best, and what is still wrong in it (None: it fits)."""

    layout: Layout
    mismatch: Mismatch | None


def fit(seen: NDArray[Any], expected: NDArray[Any], layouts: Sequence[Layout], close: Closeness, dtype: str = "") -> Fit:
    """The first accepted layout in which the arrays agree, else the one that comes closest; `layouts[0]` is the reference's."""
    fits = [Fit(layout, compare_as(layout, layouts[0], seen, expected, close, dtype)) for layout in layouts]
    return min(fits, key=lambda each: _distance(each.mismatch))


def _distance(mismatch: Mismatch | None) -> tuple[int, float]:
    if mismatch is None:
        return (0, 0.0)
    return ({"shape": 3, "dtype": 2}.get(mismatch.code, 1), mismatch.share)


def compare_as(
    layout: Layout, own: Layout, seen: NDArray[Any], expected: NDArray[Any], close: Closeness, dtype: str = ""
) -> Mismatch | None:
    """`compare` with the expected array brought from the reference's `own` layout into another one."""
    pair = _arrange(layout, own, seen, expected)
    return Mismatch("shape", seen.shape, expected.shape) if pair is None else compare(pair.seen, pair.expected, close, dtype)


@dataclass(frozen=True, slots=True)
class _Arranged:
    seen: NDArray[Any]
    expected: NDArray[Any]


def _arrange(layout: Layout, own: Layout, seen: NDArray[Any], expected: NDArray[Any]) -> _Arranged | None:
    """Both arrays in a layout; None if one of them cannot be in it.

    ``vec`` stacks the columns of the matrix in denominator layout (the shape of what is differentiated by), as in
    Magnus and Neudecker; it may be a vector, a row or a column. ``flat`` ignores axes of length 1.
    """
    if layout == "flat":
        return _Arranged(np.squeeze(seen), np.squeeze(expected))
    if layout == own:
        return _Arranged(seen, expected)
    if layout != "vec":
        return _Arranged(seen, expected.T)
    if expected.ndim != 2 or seen.shape not in ((expected.size,), (1, expected.size), (expected.size, 1)):
        return None
    matrix = expected.T if own == "numerator" else expected
    return _Arranged(seen.reshape(-1), matrix.reshape(-1, order="F"))
