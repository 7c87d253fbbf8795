r"""Numbers, vectors and matrices as they stand in plain text: ``5.04 · 10^-5``, ``[13 -1]^T``, ``array([[1., 0.]])``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_ENTRIES = 10_000
DEEPEST = 4

_NUMBER = re.compile(
    r"(?P<sign>[-+]\s?)?(?P<body>(?:0(?=,)|\d{1,3}(?=,\d\d)(?!,\d{3}(?!\d))),(?P<after>\d{1,40}+)(?!,\d|\.\d)"
    r"|(?:[1-9]\d{0,2}(?:,\d{3})+(?!\d|,\d)|\d{1,40})(?:\.\d{0,40})?|\.\d{1,40})"
    r"(?:[eE](?P<e>[-+]?\d{1,3})|\s?(?:·|×|\*|x)\s?10\s?(?:\^|\*\*)\s?[({]?\s?(?P<ten>[-+]?\s?\d{1,3})(?:\s?[)}])?)?"
    r"(?:\s?/\s?(?P<below>\d{1,15}(?:\.\d{1,15})?)(?![\w(]|\.\w))?"
    r"(?P<percent>\s?%)?"
)
_POWER = re.compile(r"(?P<sign>- ?)?\+?10 ?(?:\^|\*\*) ?(?:\((?P<in>) ?)?(?P<ten>[-+]? ?\d{1,2})(?(in) ?\))(?![\w.])")
_BARE_LIST = re.compile(
    r"(?P<list>(?:[-+]?[\d.]{1,40}(?:[eE][-+]?\d{1,3})?, ){1,200}[-+]?\d[\d.eE+-]{0,40}?)(?=\.?\s*(?:\n|$)| \([a-z]{3,})"
)
_SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+")
_MAKER = re.compile(
    r"\s*(?:(?:np|numpy|torch|jnp|sp)\s*\.\s*)?(?:array|tensor|matrix|asarray|Tensor|FloatTensor|Matrix|DoubleTensor)\s*\(\s*"
)
_KEYWORDS = re.compile(r"\s*(?:,\s*(?:dtype|device|requires_grad|grad_fn)\s*=\s*[^,)]{1,60}){0,4}\s*\)")
_ENTRY = re.compile(r"[-+]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,3})?(?:\s?/\s?\d{1,15})?")
_TRANSPOSED = re.compile(r"\s?(?:\^\s?[({]?\s?(?:T|t|top)\s?[)}]?(?!\w)|\.T\b|(?<=\])'(?!\w))")
_GOES_ON = re.compile(
    r" ?(?:(?!\(\d{1,3}[a-z]?\)\s*(?:\n|$)|(?<= )\((?:[a-z]{3,}|in|as)\b[ ,)])[(\[^·×*/+]|- ?(?:[\d(]|[A-Za-z]\w?\b)|\\(?!\w{4,})"
    r"|(?![A-Za-z]{2,})[A-Za-z∂∇](?![A-Za-z'’]{2,})[\w_^]*(?: |$|[=·×*+(]))"
)
"""What makes a value part of an expression: an operator or a symbol; the number of an equation at the end of its line is none."""
_UNIT_LETTERS = re.compile(r" ?(?:a|I|s|M|K|k|G|x|A)\b(?!_|\s?[=·×*+(^])")


@dataclass(frozen=True, slots=True)
class Written:
    """A value as written. `unit` is one of the last written place (of the coarsest entry), `digits` the most of an entry."""

    value: NDArray[np.float64]
    unit: float
    digits: int
    end: int
    percent: bool = False

    @property
    def number(self) -> float:
        return float(self.value.reshape(-1)[0])

    def agrees(self, other: Written) -> bool:
        """The same value, perhaps written with fewer digits, or turned."""
        left, right = self.value, other.value
        if left.size != right.size or (
            left.shape != right.shape and left.shape != right.T.shape and 1 < left.ndim == right.ndim > 1
        ):
            return False
        close = 0.99 * max(self.unit, other.unit)
        turned = [right] if left.shape == right.shape else []
        turned += [right.T] if left.shape == right.T.shape else []
        turned += [] if turned else [right.reshape(left.shape)]
        return any(bool((np.abs(left - each) <= close + 1e-9 * np.abs(left)).all()) for each in turned)


@dataclass(slots=True)
class _Entries:
    """What was met while a bracket was read."""

    unit: float = 0.0
    digits: int = 0
    count: int = 0


def value_at(text: str, start: int) -> Written | None:
    """The value that begins here and is no part of a longer expression; None if there is none."""
    at = start + len(text[start : start + 40]) - len(text[start : start + 40].lstrip(" \n"))
    maker = _MAKER.match(text, at)
    inner = maker.end() if maker else at
    found = (
        _bracket_at(text, inner)
        if text[inner : inner + 1] in ("[", "(")
        else _bare_list_at(text, inner) or number_at(text, inner)
    )
    if found is None:
        return None
    if maker:
        closing = _KEYWORDS.match(text, found.end)
        if closing is None:
            return None
        found = Written(found.value, found.unit, found.digits, closing.end(), found.percent)
    found = _turned(text, found)
    if _GOES_ON.match(text, found.end) and not _UNIT_LETTERS.match(text, found.end):
        return None
    return found


def number_at(text: str, start: int) -> Written | None:
    """The number that begins here; a comma sets off decimals where it cannot set off groups of three digits (``0,916``)."""
    if alone := _POWER.match(text, start):
        whole = float(f"1e{alone['ten'].replace(' ', '')}") * (-1 if alone["sign"] else 1)
        return Written(np.asarray(whole), 0.0, 1, alone.end())
    match = _NUMBER.match(text, start)
    if match is None or re.match(r"\w|[.,]\d| \d{3}(?!\d)", text[match.end() : match.end() + 5]):
        return None  # `1,2` may be one number or two, and so may `12 345`
    body = match["body"].replace(",", "." if match["after"] else "")
    power = int((match["e"] or match["ten"] or "0").replace(" ", ""))
    value = float(f"{body}e{power}") * (-1 if (match["sign"] or "").startswith("-") else 1)
    unit = 10.0 ** (power - len(body.partition(".")[2]))
    digits = len(body.replace(".", "").lstrip("0"))
    if match["below"]:
        below = float(match["below"])
        if below == 0:
            return None
        value, unit, digits = value / below, 0.0, 17
    if not body.partition(".")[2] and power == 0 and not match["below"]:
        unit = 0.0  # a whole number is exact, and so is one that numpy prints as `4.`
    return Written(np.asarray(value), unit, digits, match.end(), bool(match["percent"]))


def number_in(cell: str) -> Written | None:
    """The number of a table's cell, with what may follow it: a unit, a remark in brackets; not ``337.7K``, nor ``12 to 15``."""
    text = cell.strip()
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    found = number_at(text, 0)
    rest = "" if found is None else text[found.end :].strip()
    return found if re.fullmatch(r"|[(±\[].*|[*†‡]+|[a-z]{2,20}", rest) else None


def _turned(text: str, found: Written) -> Written:
    match = _TRANSPOSED.match(text, found.end)
    if match is None or found.value.ndim == 0:
        return found
    value = found.value.reshape(-1, 1) if found.value.ndim == 1 else found.value.T
    return Written(value, found.unit, found.digits, match.end())


def _bracket_at(text: str, start: int) -> Written | None:
    entries = _Entries()
    read = _items(text, start, entries, 0)
    if read is None or (text[start] == "(" and len(read.items) < 2):
        return None
    if len(read.items) == 1 and isinstance(read.items[0], list) and isinstance(read.items[0][0], list):
        read = _Read(read.items[0], read.end)
    array = _rectangle(read.items)
    return None if array is None else Written(array, entries.unit, entries.digits, read.end)


def _bare_list_at(text: str, start: int) -> Written | None:
    """Numbers with commas and spaces between them up to the end of the line or sentence: ``1.5, 3.5, -2.5``."""
    match = _BARE_LIST.match(text, start)
    found = _bracket_at(f"[{match['list']}]", 0) if match else None
    return replace(found, end=start + len(match["list"])) if match and found is not None else None


@dataclass(frozen=True, slots=True)
class _Read:
    items: list[Any]
    end: int


def _items(text: str, start: int, entries: _Entries, depth: int) -> _Read | None:
    """The nested lists of a bracket that opens here."""
    closing = {"[": "]", "(": ")"}[text[start]]
    items: list[Any] = []
    ends: list[int] = []
    at = start + 1
    while depth < DEEPEST and entries.count <= MOST_ENTRIES:
        while text[at : at + 1] in (" ", "\n", ",", ";") and at < len(text):
            if text[at] == ";" and items:
                ends.append(len(items))
            at += 1
        char = text[at : at + 1]
        if char == closing:
            return _Read(_in_rows(items, ends), at + 1) if items else None
        if char == "[":
            inner = _items(text, at, entries, depth + 1)
            if inner is None:
                return None
            items.append(inner.items)
            at = inner.end
            continue
        found = _entry(text, at)
        if found is None:
            return None
        entries.count += 1
        entries.unit, entries.digits = max(entries.unit, found.unit), max(entries.digits, found.digits)
        items.append(found.number)
        at = found.end
    return None


def _in_rows(items: list[Any], ends: list[int]) -> list[Any]:
    """Rows that semicolons keep apart, ``[1 2; 3 4]``; a column, ``[1; 2]``, stays a list."""
    bounds = sorted({0, *ends, len(items)})
    rows = [items[first:last] for first, last in pairwise(bounds)]
    return items if len(rows) < 2 or any(isinstance(i, list) for i in items) or all(len(row) == 1 for row in rows) else rows


def _entry(text: str, at: int) -> Written | None:
    """A number within a bracket: a sign belongs to it, ``1 -1`` is two of them, ``1,234`` as well."""
    match = _ENTRY.match(text, at)
    if match is None or text[match.end() : match.end() + 1] not in (" ", ",", ";", "]", ")", "\n"):
        return None
    found = number_at(match[0].replace(" ", ""), 0)
    return None if found is None else replace(found, end=match.end())


def _rectangle(items: list[Any]) -> NDArray[np.float64] | None:
    shapes = {_shape(item) for item in items}
    if len(shapes) != 1 or None in shapes:
        return None
    return np.asarray(items, dtype=np.float64)


def _shape(item: Any) -> tuple[int, ...] | None:
    if not isinstance(item, list):
        return ()
    inner = {_shape(each) for each in item}
    if len(inner) != 1 or None in inner:
        return None
    (only,) = inner
    return None if only is None else (len(item), *only)
