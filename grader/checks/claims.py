"""What a written answer claims: values with the words or symbols that stand before them, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from grader.checks.plain_math import is_words, plain, symbol
from grader.checks.written_values import Written, number_at, value_at

MOST_CLAIMS = 2_000
MOST_ROWS = 1_000
_TUPLE = re.compile(r"[(\[](?P<names>[^()\[\]=\d][^()\[\]=]{0,100})[)\]](?:\^?T)?\s*$")
_NUMBERS = r"[-+]?\d[\d.]{0,20}(?:[eE][-+]?\d{1,3})?"
_ROW = re.compile(
    rf"\s*(?:(?P<label>[^|=\n]{{1,60}}?)\s*=\s*(?=[|\[(⎡⎢⎣]))?[|\[(⎡⎢⎣]?\s*(?P<numbers>{_NUMBERS}(?:,?\s+{_NUMBERS}){{0,200}})\s*[|\])⎤⎥⎦]?\s*"
)
_SIGN = re.compile(r"(?<![<>!=+*/-])(?::=|=|≈)(?!=)|:(?=\s)")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_TAIL = re.compile(r"(?:^|[\s,;:→(])(?P<label>[^\s,;:→]{1,60})\s*$")
_BREAK = re.compile(r"[.?!;]\s+(?=[A-Z\n])|\n\s*\n|\n[-*•]\s")
_BECOMES = (
    r"(?:is|are|was|were|equals?|becomes?|gives?|(?:reach|attain|achiev)(?:e?s|e?d)?|achieve|(?:amount|come|converge)s? to)"
)
_ABOUT = r"(?:\s+(?:about|approximately|roughly|around|then|now|equal to|given by|up to|≈|~))*"
_VERB = re.compile(rf"(?:\b{_BECOMES}\b|:(?=\s)){_ABOUT}\s*[:=≈]?")
_IS = re.compile(rf"\s+{_BECOMES}\b{_ABOUT}\s+")
_HEADER = re.compile(r"[ \t]*(?P<words>[^\n]{1,100}):[ \t]*")
_LISTED = re.compile(r"[ \t]*(?:[-*•+]|\d{1,2}[.)])[ \t]+|[ \t]*$")
_NO_QUALIFIER = frozenset(("the", "a", "an", "of", "is", "so", "thus", "hence", "and", "our", "my", "this", "with", "get", "we"))
_OF = re.compile(
    r"\s*(?:\(?\s*[A-Za-z∂∇][\w^*/∂]{0,12}\s*\)?)?\s*(?:=|≈|:=|\bof\b)(?:\s+(?:about|approximately|roughly|around))?\s*"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that the text gives to something: every label it is given to, and the words around it."""

    labels: tuple[str, ...]
    written: Written
    excerpt: str
    lead: frozenset[str] = frozenset()
    """The words before it in its line and in the line that its list stands under, in lower case."""


@dataclass(frozen=True, slots=True)
class Passages:
    """A section's own words and formulas, and the code and printed output in it."""

    prose: str
    code: str


def passages(text: str) -> Passages:
    """A section taken apart, both parts in plain spelling."""
    code = "\n\n".join(match[2] for match in _FENCE.finditer(text))
    return Passages(plain(_FENCE.sub("\n\n", text)), plain(code))


def equations(text: str) -> Iterator[Claim]:
    """Values after a sign of equality or a colon, with everything that is set equal to them: ``w1 = w2 = -0.5``."""
    signs = list(_SIGN.finditer(text))[:MOST_CLAIMS]
    labels: list[str] = []
    before, after_value = 0, False
    for sign in signs:
        value = value_at(text, sign.end())
        if value is not None and sign[0] == ":" and _begins_list(text, sign.end(), value):
            value = None
        if sign[0] == ":" and value is None:
            before, labels, after_value = sign.end(), [], False
            continue
        left = text[before : sign.start()]
        breaks = list(_BREAK.finditer(left))
        if after_value or breaks or sign[0] == ":":
            labels = []
        labels += _labels(left[breaks[-1].end() :] if breaks else left, is_first=not labels)
        before, after_value = sign.end(), False
        if value is not None:
            excerpt = _excerpt(text, _beginning(text, sign.start()), value.end)
            yield Claim(tuple(labels), value, excerpt, _lead(text, sign.start()))
            yield from _one_by_one(left, value, excerpt)
            rest = text[value.end : value.end + 3].lstrip()
            before, after_value = value.end, not rest.startswith(("=", "≈"))


def _one_by_one(left: str, value: Written, excerpt: str) -> Iterator[Claim]:
    """What ``(w_0, w_1) = (1, -1)`` gives to each of its symbols."""
    names = _TUPLE.search(left)
    parts = [symbol(each) for each in re.split(r"[,;]", names["names"])] if names else []
    if len(parts) == value.value.size and all(parts):
        for name, number in zip(parts, value.value.reshape(-1), strict=True):
            yield Claim((name,), replace(value, value=np.asarray(number)), excerpt)


def in_rows(text: str) -> Iterator[Claim]:
    """Matrices whose rows are lines of numbers, with or without bars, below their label or with it before one of the rows."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        rows = [match for line in takewhile(_is_row, lines[at : at + MOST_ROWS]) if (match := _ROW.fullmatch(line))]
        found = value_at(f"[{', '.join(_as_list(row['numbers']) for row in rows)}]", 0) if len(rows) > 1 else None
        if found is not None and found.value.ndim == 2:
            named = [row["label"] for row in rows if row["label"]]
            above = next((line for line in reversed(lines[max(0, at - 2) : at]) if line.strip()), "")
            label = named[0] if len(named) == 1 else "" if named else above.strip(" :=")
            yield Claim((symbol(label),), found, " ".join([label, *(row["numbers"].strip() for row in rows)])[:200])
        at += max(len(rows), 1)


def _is_row(line: str) -> bool:
    return _ROW.fullmatch(line) is not None


def _as_list(numbers: str) -> str:
    return "[" + ", ".join(numbers.replace(",", " ").split()) + "]"


def _begins_list(text: str, start: int, value: Written) -> bool:
    """A number that begins the next line is that of a list's item."""
    return value.value.ndim == 0 and re.match(r" ?\n", text[start : start + 2]) is not None


def _labels(left: str, is_first: bool) -> list[str]:
    """What stands before a sign: its last word, where a chain begins, and all of it, where that is short."""
    tail = _TAIL.search(left)
    found = [symbol(tail["label"])] if tail and (is_first or left.strip() == tail["label"]) else []
    whole = symbol(left) if is_first and len(left) < 100 else ""
    return found + ([whole] if whole and whole not in found else [])


def sentences(text: str, words: str) -> Iterator[Claim]:
    """Values that a sentence gives to these words: ``the MSE loss of all data is 0.5``, ``MSE loss: 0.5``, ``a loss of 0.5``."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    for match in list(re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))[:MOST_CLAIMS]:
        rest = text[match.end() : match.end() + 200]
        end = _BREAK.search(rest)
        sentence = rest[: end.start() + 1] if end else rest
        near, verb = _OF.match(sentence), _VERB.search(sentence)
        for found in (near, verb):
            value = value_at(text, match.end() + found.end()) if found else None
            is_below = found is not None and "\n" in found[0] and value is not None and value.value.ndim == 0
            if found and value is not None and not is_below and not _begins_list(text, match.end() + found.end(), value):
                yield Claim((symbol(words),), value, _excerpt(text, match.start(), value.end), _lead(text, match.start()))
                break


def spoken(text: str, name: str) -> Iterator[Claim]:
    """Values that a verb right after a symbol gives to it: ``the weight w is 0.5``."""
    for match in list(re.finditer(rf"(?<![\w/^*]){re.escape(name)}(?=\s)", text))[:MOST_CLAIMS]:
        verb = _IS.match(text, match.end())
        value = value_at(text, verb.end()) if verb else None
        if value is not None:
            yield Claim((symbol(name),), value, _excerpt(text, match.start(), value.end), _lead(text, match.start()))


def claims_about(text: str, labels: Sequence[str]) -> list[Claim]:
    """The claims about anything of these names.

    Where ``learned w`` is one of them and is told, a ``w`` of which other words say what it is (``true: w = 3``) is left out.
    """
    every = [*equations(text), *in_rows(text)]
    by_label = {label: _claims_about(text, label, every) for label in labels}
    found: list[Claim] = []
    for label, claims in by_label.items():
        exact = [other for other in labels if other != label and other.endswith(f" {label}") and by_label[other]]
        told = {each.written.end for other in exact for each in by_label[other]}
        found += [c for c in claims if not exact or c.written.end in told or not c.lead - _NO_QUALIFIER]
    return found


def _claims_about(text: str, label: str, every: Sequence[Claim]) -> list[Claim]:
    """The claims about one name; of ``learned w`` those about ``w`` with ``learned`` somewhere before it."""
    wanted = symbol(label)
    found = [claim for claim in every if wanted in claim.labels]
    if is_words(label):
        found += sentences(text, label)
    else:
        found += spoken(text, label)
    *before, name = label.split()
    if before and not is_words(name):
        of_name = [*(c for c in every if symbol(name) in c.labels), *spoken(text, name)]
        found += [c for c in of_name if {word.casefold() for word in before} <= c.lead]
    return found


def _lead(text: str, at: int) -> frozenset[str]:
    """The words before this place in its line, and those of the line ending in a colon that its list stands under."""
    start = text.rfind("\n", 0, at) + 1
    words = re.split(r"[.?!;]\s", text[start:at])[-1]
    is_listed = _LISTED.match(text[start:at]) is not None
    for line in reversed(text[max(0, start - 1000) : start].split("\n")[:-1]):
        if header := _HEADER.fullmatch(line):
            words += f" {header['words']}" if is_listed else ""
        if header or not _LISTED.match(line):
            break
    return frozenset(word.casefold() for word in re.findall(r"[^\W\d_]{2,}", words[-400:]))


def after_words(text: str, words: Sequence[str]) -> str:
    """What stands after any of these words, up to the end of the line or sentence, a line for each time."""
    found = []
    for each in words:
        pattern = r"\s+".join(re.escape(word) for word in each.split())
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)\s*:?", text, re.IGNORECASE):
            end = re.compile(r"[.?!;]\s+(?=[A-Z\n])|\n").search(text, match.end())
            found.append(text[match.end() : end.start() if end else len(text)])
    return "\n\n".join(found)


def standing_alone(text: str) -> list[Claim]:
    """Every value that ends a calculation, and numbers that have a line to themselves."""
    found = [
        claim for claim in equations(text) if not text[claim.written.end : claim.written.end + 3].lstrip().startswith(("=", "≈"))
    ]
    offset = 0
    for line in text.split("\n"):
        value = number_at(text, offset + len(line) - len(line.lstrip()))
        if value is not None and value.end >= offset + len(line.rstrip(" .")):
            found.append(Claim((), value, line.strip()[:160]))
        offset += len(line) + 1
    return found


def _beginning(text: str, sign: int) -> int:
    """Where the words before a sign begin: some way back, but in the same paragraph."""
    start = max(sign - 60, 0)
    return max(start, text.rfind("\n\n", start, sign) + 2) if "\n\n" in text[start:sign] else start


def _excerpt(text: str, start: int, end: int) -> str:
    """The words around a claim, from the beginning of a word on, in one line."""
    if start and text[start - 1 : start].isalnum():
        start = text.find(" ", start) + 1 or start
    cut = " ".join(text[start:end].split())
    return cut if len(cut) <= 200 else f"{cut[:90]} … {cut[-100:]}"
