"""Headings compared forgivingly: ``Problem 3.2 (5 pts)``, ``3.2``, ``Q3.2`` and ``Question 3-2`` are the same place.

A heading becomes a key: the word before its number where that word tells things apart (``lab``), and the parts of the number.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLAIN_WORDS = (
    "problem",
    "prob",
    "question",
    "quest",
    "ques",
    "q",
    "exercise",
    "ex",
    "task",
    "item",
    "assignment",
    "answer",
    "part",
    "section",
)
_NUMBER = re.compile(
    r"^(?P<word>[a-z]+)?\.?\s*(?P<first>\d{1,3})(?P<rest>(?:\s*[.\-_)]\s*\d{1,3})*)"
    r"(?P<letters>(?:\s*[.\-_)]?\s*\(?\s*[a-z]\s*\)?(?![a-z]))?)"
)
_SECTION_NUMBER = re.compile(
    r"^\d{1,2}(?:\.\d{1,2})*\.?\s+(?=(?:(?:problem|prob|question|q|exercise|task|lab)\.?\s*\d)|\d{1,2}\.\d{1,2}$)"
)
"""The number that a notebook's export puts before a heading's own: ``1 Question 1``, ``1.3 1.4``."""
_BARE_NUMBER = re.compile(r"^\d{1,2}(?:\.\d{1,2})*[.:)]?\s+")
_SHEET = "assignment"
_LETTER = re.compile(r"^(?:part\s+)?\(?\s*(?P<letter>[a-z])\s*(?:[).:]|$)")


@dataclass(frozen=True, slots=True)
class HeadingKey:
    """``lab 1 (b)`` is word ``lab``, parts ``("1", "b")``; a heading without a number has only its text.

    All words that say no more than "an item" (problem, question, exercise ...) are the word ``problem``; a bare number has none.
    """

    word: str
    parts: tuple[str, ...]
    text: str


def clean(heading: str) -> str:
    """Lower case, without Markdown marks, points (``(4 pts)``) and doubled spaces."""
    text = re.sub(r"[*_`#$]+", " ", heading.lower())
    text = re.sub(r"[(\[]\s*[\d.]+\s*(?:pts?|points?|marks?|%)\.?\s*[)\]]", " ", text)
    return re.sub(r"\s+", " ", text).strip(" .:")


def heading_key(heading: str) -> HeadingKey:
    """The key of one heading."""
    text = clean(heading)
    match = _NUMBER.match(_SECTION_NUMBER.sub("", text))
    if match is None:
        letter = _LETTER.match(text)
        return HeadingKey("", (letter["letter"],) if letter else (), text)
    word = match["word"] or ""
    parts = [match["first"], *re.findall(r"\d+", match["rest"]), *re.findall(r"[a-z]", match["letters"])]
    return HeadingKey("problem" if word in _PLAIN_WORDS else word, tuple(str(int(p)) if p.isdigit() else p for p in parts), text)


def path_keys(path: Sequence[str]) -> tuple[HeadingKey, ...]:
    """The keys a heading path answers to: that of its last heading, and that of its numbers joined (``Lab 1`` > ``(b)``)."""
    keys = [heading_key(h) for h in path]
    if not keys:
        return ()
    result = [keys[-1]]
    if len(keys) > 1 and keys[-1].parts and len(keys[-1].parts) == 1:
        above = next((k for k in reversed(keys[:-1]) if k.parts and not k.text.startswith(_SHEET)), None)
        if above is not None:
            word = above.word or keys[-1].word
            result.append(HeadingKey(word, above.parts + keys[-1].parts, keys[-1].text))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """Which of the candidates was found, by index; None when none or more than one fits, with the nearest headings."""

    index: int | None
    wanted: str = ""
    nearest: tuple[str, ...] = ()


def find_heading(wanted: Sequence[str], paths: Sequence[Sequence[str]]) -> HeadingMatch:
    """The first wanted heading that fits one of the heading paths without ambiguity.

    Equal texts come first; then equal numbers with the same word before them; then equal numbers where only one word is named
    (``3.2`` for ``Problem 3.2``, but not ``Lab 1`` for ``Problem 1``).
    """
    keys = [path_keys(path) for path in paths]
    for name in wanted:
        goal = heading_key(name)
        for fits in (_same_text, _same_item, _same_number, _similar_number):
            fitting = [i for i, candidates in enumerate(keys) if any(fits(goal, c) for c in candidates)]
            found = _without_sheets(goal, fitting, paths)
            if found and (len(found) == 1 or fits is not _similar_number):
                return HeadingMatch(found[0], name)
    return HeadingMatch(None, nearest=_nearest(wanted, paths))


def _without_sheets(goal: HeadingKey, found: list[int], paths: Sequence[Sequence[str]]) -> list[int]:
    """The title of the whole work, ``Assignment 2``, gives way to a question of its number."""
    if goal.text.startswith(_SHEET):
        return found
    return [i for i in found if not clean(paths[i][-1]).startswith(_SHEET)] or found


def _same_text(goal: HeadingKey, found: HeadingKey) -> bool:
    return bool(goal.text) and goal.text in (found.text, _BARE_NUMBER.sub("", found.text))


def _same_item(goal: HeadingKey, found: HeadingKey) -> bool:
    return bool(goal.parts) and goal.parts == found.parts and goal.word == found.word


def _same_number(goal: HeadingKey, found: HeadingKey) -> bool:
    words = {goal.word, found.word}
    return bool(goal.parts) and goal.parts == found.parts and (len(words) == 1 or words == {"", "problem"})


def _similar_number(goal: HeadingKey, found: HeadingKey) -> bool:
    return bool(goal.parts) and goal.parts == found.parts and "" in (goal.word, found.word)


def _nearest(wanted: Sequence[str], paths: Sequence[Sequence[str]]) -> tuple[str, ...]:
    texts = {clean(path[-1]): path[-1] for path in paths if path}
    close: list[str] = []
    for name in wanted:
        close += [texts[t] for t in difflib.get_close_matches(clean(name), list(texts), n=2, cutoff=0.6)]
    return tuple(dict.fromkeys(close))
