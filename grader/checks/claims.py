"""What a written answer claims: values with the words or symbols that stand before them, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.checks.plain_math import is_words, plain, symbol
from grader.checks.written_values import Written, number_at, value_at

MOST_CLAIMS = 2_000
_SIGN = re.compile(r"(?<![<>!=+*/-])(?::=|=|≈)(?!=)|:(?=\s)")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_TAIL = re.compile(r"(?:^|[\s,;:→(])(?P<label>[^\s,;:→]{1,60})\s*$")
_BREAK = re.compile(r"[.?!;]\s+(?=[A-Z\n])|\n\s*\n|\n[-*•]\s")
_VERB = re.compile(
    r"(?:\b(?:is|are|was|were|equals?|becomes?|gives?)\b|:(?=\s))"
    r"(?:\s+(?:about|approximately|roughly|around|then|now|equal to|given by|≈|~))*\s*[:=≈]?"
)
_OF = re.compile(
    r"\s*(?:\(?\s*[A-Za-z∂∇][\w^*/∂]{0,12}\s*\)?)?\s*(?:=|≈|:=|\bof\b)(?:\s+(?:about|approximately|roughly|around))?\s*"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that the text gives to something: every label it is given to, and the words around it."""

    labels: tuple[str, ...]
    written: Written
    excerpt: str


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
            yield Claim(tuple(labels), value, _excerpt(text, _beginning(text, sign.start()), value.end))
            rest = text[value.end : value.end + 3].lstrip()
            before, after_value = value.end, not rest.startswith(("=", "≈"))


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
            if found and value is not None and not _begins_list(text, match.end() + found.end(), value):
                yield Claim((symbol(words),), value, _excerpt(text, match.start(), value.end))
                break


def claims_about(text: str, labels: Sequence[str]) -> list[Claim]:
    """The claims about anything of these names."""
    wanted = {symbol(label) for label in labels}
    found = [claim for claim in equations(text) if wanted & set(claim.labels)]
    for label in labels:
        if is_words(label):
            found += sentences(text, label)
    return found


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
