"""Cells of a cost table: what a shape or a count may look like when a student writes or prints it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TypeAlias

Shape: TypeAlias = tuple[int | None, ...]
"""Extents in order; None is a batch axis written as a letter (``N``)."""

LONGEST = 300
"""Characters of a cell that are read; what is longer is no cell."""

BLANKS = frozenset({"", "?", "/", "n/a", "na", "nan", "none", "null", "tbd", "todo", "nil", "<na>"})
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SCALES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "thousand": 10**3, "million": 10**6, "billion": 10**9}

EXTENT = r"\d{1,9}(?:\.0*)?"
BATCH_WORD = r"(?:N|B|n|b|bs|batch(?:[_ ]?size)?|None|-1)"
UNIT_WORD = r"(?:params?|parameters?|weights?|macs?|mult(?:iplication)?s?|mult-?adds?|operations|ops)"
NUMBER = re.compile(
    r"(?P<body>\d[\d.,_' ]*?)\s*"
    r"(?:(?P<word>[kKmMgGB]|thousand|million|billion)|[eE]\+?(?P<e>\d{1,2})|x\s*10\s*\^?\s*\{?(?P<ten>\d{1,2})\}?)?"
)


@dataclass(frozen=True, slots=True)
class Count:
    """One reading of a written count; `half_unit` is half of its last written place when it was rounded, else 0."""

    value: Fraction
    half_unit: Fraction = Fraction(0)
    digits: int = 0

    def means(self, number: int) -> bool:
        """It is this number, exactly."""
        return self.value == number

    def rounds(self, number: int) -> bool:
        """It is this number rounded to at least three written digits (``1.23M``)."""
        return self.half_unit > 0 and self.digits >= 3 and abs(self.value - number) <= self.half_unit


def clean(text: str) -> str:
    """The text without Markdown, LaTeX and typographic dress."""
    text = re.sub(r"\\(?:times|cdot)\b|[×·✕]", " x ", text).replace("{,}", ",")
    text = re.sub(r"\\(?:text|mathrm|mathbf|boxed)\b|\\[(),;\[\]! ]|[$`]|\*\*", " ", text)
    text = text.replace("\u00a0", " ").replace("\u2009", " ").replace("\u202f", " ").replace("−", "-")
    return text.strip().strip("'\"").strip()


def is_blank(text: str) -> bool:
    """A dash, a question mark, dots or nothing: the cell was not filled in."""
    text = clean(text).lower()
    return text in BLANKS or re.fullmatch(r"[-–—_.… ]+", text) is not None


def read_shape(text: str) -> Shape | None:
    """The shape in ``(1, 3, 32, 32)``, ``torch.Size([1, 3, 32, 32])``, ``1x3x32x32``, ``16@32x32``; None if it is none."""
    if len(text) > LONGEST:
        return None
    text = re.sub(r"torch\.Size|\bSize\b|\btuple\b", " ", clean(text))
    text = re.sub(r"[\[\](){}<>]", " ", text).strip().strip(",")
    extents = re.split(r"\s*(?:,|\*|@|(?<![A-Za-z])[xX](?![A-Za-z]))\s*|\s+", text.strip())
    if not 1 <= len(extents) <= 8 or not all(re.fullmatch(EXTENT, e) for e in extents[1:]):
        return None
    tail = tuple(int(float(e)) for e in extents[1:])
    if re.fullmatch(EXTENT, extents[0]):
        return (int(float(extents[0])), *tail)
    return (None, *tail) if tail and re.fullmatch(BATCH_WORD, extents[0]) else None


def read_counts(text: str) -> tuple[Count, ...]:
    """Every reading of a written count (``1.200`` may be 1200); () if there is none.

    Reads ``1,228,800``, ``1.2288M``, ``1.2288 x 10^6``, ``16*3*5*5``, ``16*3*5*5 = 1200``, ``1200 (weights)``.
    """
    if len(text) > LONGEST:
        return ()
    text = re.split(r"[=≈~]", clean(text).translate(SUPERSCRIPTS))[-1].strip()
    text = re.sub(rf"(?i)\s*\(?\b{UNIT_WORD}\)?\.?$", "", text).strip()
    for candidate in (text, re.sub(r"\s*\([^()]*[A-Za-z.][^()]*\)$", "", text)):
        if readings := _number(candidate) or _product(candidate):
            return readings
    return ()


def _number(text: str) -> tuple[Count, ...]:
    match = NUMBER.fullmatch(text)
    if match is None or len(match["body"]) > 30:
        return ()
    scale = SCALES.get((match["word"] or "").lower(), 1) * 10 ** int(match["e"] or match["ten"] or 0)
    readings = (_scaled(body, scale) for body in _plain(match["body"].strip()))
    return tuple(dict.fromkeys(readings))


def _plain(body: str) -> list[str]:
    """The decimal numerals this group of digits and separators may stand for."""
    found = []
    if re.fullmatch(r"\d+(\.\d*)?", body):
        found.append(body)
    if re.fullmatch(r"\d{1,3}(?P<mark>[,_' ])\d{3}(?:(?P=mark)\d{3})*(\.\d+)?", body):
        found.append(re.sub(r"[,_' ]", "", body))
    elif re.fullmatch(r"\d+_[\d_]+", body):
        found.append(body.replace("_", ""))
    elif re.fullmatch(r"\d+,\d+", body):
        found.append(body.replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", body):
        found.append(body.replace(".", ""))
    return found


def _scaled(numeral: str, scale: int) -> Count:
    whole, _, decimals = numeral.partition(".")
    value = Fraction(int(whole + decimals or "0"), 10 ** len(decimals)) * scale
    if scale == 1:
        return Count(value)
    return Count(value, Fraction(scale, 2 * 10 ** len(decimals)), len((whole + decimals).lstrip("0")))


def _product(text: str) -> tuple[Count, ...]:
    """A count left as sums of products of whole numbers, without nested sums."""
    if not re.fullmatch(r"[\d\sx*+()]+", text) or ("(" in text and "+" in text):
        return ()
    terms = [re.split(r"\s*[x*]\s*", term.strip()) for term in re.sub(r"[()]", " ", text).split("+")]
    factors = [factor.strip() for term in terms for factor in term]
    if len(factors) == 1 or not all(re.fullmatch(r"\d{1,12}", factor) for factor in factors):
        return ()
    return (Count(Fraction(sum(prod(int(factor) for factor in term) for term in terms))),)
