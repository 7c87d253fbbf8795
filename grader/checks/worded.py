r"""Formulas written in words among words: ``a layer has (in-features + 1) \* (out-features) of them``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.model.rubric import Names

_OPERATORS = {"times": "*", "multiplied by": "*", "plus": "+", "×": "*", "·": "*", "\\*": "*"}
_LEAST_OPERANDS = 2
"""Fewer symbols are no formula that anyone would have to read."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A formula in symbols, and the words it was written in."""

    formula: str
    words: str


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def formula_in_words(text: str, words: Mapping[str, Names]) -> Worded | None:
    """The only formula of these words in a text; None where there is none, or more than one."""
    found = {worded.formula: worded for worded in _formulas(text, words)}
    return next(iter(found.values())) if len(found) == 1 else None


def _formulas(text: str, words: Mapping[str, Names]) -> Iterator[Worded]:
    run: list[_Token] = []
    for token in [*_tokens(text, words), _Token("other", "", len(text), len(text))]:
        if token.kind != "other":
            run.append(token)
            continue
        kept = _trimmed(run)
        if sum(each.kind == "word" for each in kept) >= _LEAST_OPERANDS and any(each.kind == "sign" for each in kept):
            yield Worded("".join(each.text for each in kept), text[kept[0].start : kept[-1].end])
        run = []


def _tokens(text: str, words: Mapping[str, Names]) -> Iterator[_Token]:
    """Declared words as their symbols, numbers, signs and brackets; everything else but blanks is `other`."""
    spelled = sorted(((name, symbol) for symbol, names in words.items() for name in names), key=lambda pair: -len(pair[0]))
    named = "|".join(f"(?P<w{i}>{_loose(name)})" for i, (name, _) in enumerate(spelled))
    signs = "|".join(re.escape(sign) for sign in (*_OPERATORS, "*", "+", "/"))
    words_named = rf"(?<![\w-])(?:(?:the\s+)?(?:number|amount)\s+of\s+)?(?:{named})(?![\w-])"
    others = rf"(?P<sign>{signs})|(?P<number>\d{{1,9}}(?![\w.]))|(?P<bracket>[()])|(?P<other>\S)"
    for match in re.finditer(rf"{words_named}|{others}", text, re.IGNORECASE):
        kind = match.lastgroup or "other"
        if kind.startswith("w"):
            yield _Token("word", spelled[int(kind[1:])][1], match.start(), match.end())
        else:
            yield _Token(kind, _OPERATORS.get(match[0].lower(), match[0]), match.start(), match.end())


def _loose(name: str) -> str:
    r"""A name with blanks, hyphens and underscores (``in\_features`` in Markdown) taken for the same."""
    return r"(?:\s|-|\\?_)*".join(re.escape(part) for part in re.split(r"[\s_-]+", name))


def _trimmed(run: list[_Token]) -> list[_Token]:
    """The tokens without signs and single brackets at the ends."""
    kept = list(run)
    while kept and (kept[0].kind == "sign" or kept[0].text == ")" or (kept[0].text == "(" and _depth(kept) > 0)):
        kept.pop(0)
    while kept and (kept[-1].kind == "sign" or kept[-1].text == "(" or (kept[-1].text == ")" and _depth(kept) < 0)):
        kept.pop()
    return kept


def _depth(tokens: list[_Token]) -> int:
    return sum((each.text == "(") - (each.text == ")") for each in tokens)
