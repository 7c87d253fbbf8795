"""Kind `text`: words and patterns in a written answer; never more than a help to the human who may look again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from grader.checks.literals import as_text
from grader.checks.written import WrittenCheck
from grader.model.base import Frozen
from grader.model.values import Sequence as SequenceValue
from grader.model.values import Text, Value
from grader.model.verdict import Reason, Verdict, failed, passed, undecided

LONGEST = 10_000
"""Characters of an answer in which patterns are looked for."""
WINDOW = 1_000
OVERLAP = 200
"""A pattern is looked for in stretches of this length, so that one open repetition costs little whatever the text."""

_WORDS = re.compile(r"[\w\s'’-]+")
_LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
"""Escapes and character classes: no repetition stands in them."""
_SPACES = re.compile(r"\\s(?:[*+]|\{\d*,?\d*\})")
"""Cheap, because the text looked at has no two spaces in a row."""
_OPEN = re.compile(r"[*+]|\{\d*,\}|\{\d*,?\d{3,}\}")
_REPEAT = re.compile(r"[*+]|\{\d*,?\d*\}")
_OPTIONAL = re.compile(r"(?<!\()\?")
"""Each may double the time."""
_NESTED = re.compile(r"\)\s*(?:[*+]|\{)")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")


def _bounded(pattern: str) -> str:
    """A regular expression that compiles and whose time is bounded: one open repetition, none of a group."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    form = _LITERAL.sub("x", _SPACES.sub("x", pattern))
    is_slow = len(_OPEN.findall(form)) > 1 or len(_REPEAT.findall(form)) > 2 or len(_OPTIONAL.findall(form)) > 6
    is_slow = is_slow or _NESTED.search(form) is not None
    if is_slow or _BACK_REFERENCE.search(pattern):
        raise ValueError(
            f"{pattern!r} may take too long: no back references, no repeated group, at most six `?`, at most two repetitions "
            r"beside those of `\s`, at most one of them open (`*`, `+`)"
        )
    return pattern


Expression = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_bounded)]


class Wanted(Frozen):
    """One thing to find: any of these words or regular expressions, upper or lower case."""

    any: tuple[Expression, ...] = Field(min_length=1)
    says: str = ""

    def is_in(self, text: str) -> bool:
        return any_of(self.any, text)


_ESCAPED = re.compile(r"\\([\[\]_.#*`])")
"""Signs as a word processor's export to Markdown has them: ``inputs\\[0\\]``."""


class TextCheck(WrittenCheck):
    """What is written under the question's heading, or in a string."""

    kind: Literal["text"] = "text"
    patterns: tuple[Wanted, ...] = Field(min_length=1)
    """What to find: `any` words or regular expressions, and what finding them `says`."""
    enough: int = Field(default=0, ge=0)
    """How many of the patterns are enough; 0 is all."""
    must_not: tuple[Wanted, ...] = ()
    """What no right answer says: one of these in the text counts as too few patterns do."""
    otherwise: Literal["human", "fail"] = "human"
    """Who decides when too few are found, or one that must not be there: a human, or it is wrong."""

    @model_validator(mode="after")
    def _has_enough(self) -> TextCheck:
        if self.enough > len(self.patterns):
            raise ValueError(f"`enough` is {self.enough}, but there are only {len(self.patterns)} patterns")
        return self

    def text_of(self, value: Value) -> str | None:
        text = super().text_of(value)
        return text if text is None else _ESCAPED.sub(r"\1", text[:LONGEST])

    def judge_written(self, text: str, value: Value, other: Value | None) -> Verdict:
        """`other` is a known mistake: a text, or a list of texts any of which tells it."""
        return self._judge_text(text) if other is None else _judge_mistake(text, other)

    def _judge_text(self, text: str) -> Verdict:
        is_found = [wanted.is_in(text) for wanted in self.patterns]
        found = [self._name(i) for i, yes in enumerate(is_found) if yes]
        absent = [self._name(i) for i, yes in enumerate(is_found) if not yes]
        wrong = [wanted.says or wanted.any[0] for wanted in self.must_not if wanted.is_in(text)]
        if len(found) >= (self.enough or len(self.patterns)) and not wrong:
            verdict = passed("words_found", found=found)
            return verdict.model_copy(update={"notes": (Reason(code="open_to_human"),)})
        decide = failed if self.otherwise == "fail" else undecided
        if wrong:
            return decide("words_wrong", wrong=wrong, excerpt=text[:300])
        return decide("words_missing", found=found, expected=absent, excerpt=text[:300])

    def _name(self, index: int) -> str:
        return self.patterns[index].says or self.patterns[index].any[0]


def any_of(patterns: Sequence[str], text: str) -> bool:
    """Whether any pattern is in the text. Plain words count from a word's beginning: ``decreas`` is in ``decreases``."""
    text = " ".join(text.split())
    windows = [text[start : start + WINDOW] for start in range(0, max(len(text) - OVERLAP, 1), WINDOW - OVERLAP)]
    return any(re.search(_expression(pattern), window, re.IGNORECASE) for pattern in patterns for window in windows)


def _expression(pattern: str) -> str:
    if not _WORDS.fullmatch(pattern):
        return pattern
    return r"(?<!\w)" + " ".join(re.escape(word) for word in pattern.split())


def _judge_mistake(text: str, value: Value) -> Verdict:
    """PASSED when the words of a known mistake are there, which is how it is recognised."""
    items = value.items if isinstance(value, SequenceValue) else (value,)
    words = [as_text(item) for item in items if isinstance(item, Text)]
    try:
        told = any_of([_bounded(word) for word in words if word.strip()], text)
    except ValueError as error:
        return undecided("no_oracle", status="captured", message=str(error), names=[])
    return passed() if told else failed("words_missing", found=[], expected=[], excerpt="")
