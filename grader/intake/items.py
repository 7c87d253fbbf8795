"""Numbered items at the beginning of a line of a report: ``Problem 2.2 (4 pts) Propose ...``, ``**question 3**``, ``B.``.

A text taken out of a PDF has no marks for headings; these lines take their place. A list within an answer is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from grader.intake.headings import clean, heading_key

_WORD = r"(?:problem|prob|question|quest|ques|q|exercise|ex|task|lab|part|item)"
_NUMBER = r"\d{1,2}(?:\s?[.\-]\s?\d{1,2})*"
_LETTER = r"(?:\s*\.?\s*\(\s*[a-z]\s*\)|\s*\.?\s?[a-z]\)|\.?[a-z](?![\w'’]))?"
_POINTS = r"[\[(]\s*\d+(?:\.\d+)?\s*(?:pts?|points?|marks?|%)\.?\s*[\])]"
_NAMED = re.compile(
    rf"^(?P<dress>\s*(?:[-•]\s+)?(?:\*\*|__)?\s*)(?P<title>{_WORD}\.?\s*{_NUMBER}{_LETTER})"
    rf"(?P<before>\s*(?:\*\*|__)?)(?P<points>\s*{_POINTS})?(?P<stop>\s*[.:)–—]*)(?P<after>\s*(?:\*\*|__)?)(?P<rest>.*)$",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"^\s*\d{{1,2}}\.?\s+[A-Z0-9][^\t]{{2,60}}?\s*{_POINTS}\s*$")
_APPENDIX = re.compile(r"^\s*(?:section|appendix)\s*[\dA-Z]?\s*(?:[.:].{0,60})?$", re.IGNORECASE)
_DECIMAL = re.compile(r"^\s*(?P<first>\d{1,2})\.(?P<second>\d{1,2})[.:)]?(?:\s+(?P<rest>[A-Z(].{0,80}))?\s*$")
_LISTED = re.compile(r"^\s{0,3}(?P<mark>\d{1,2})[.)](?:\s+(?P<rest>\S.*))?$")
_LETTERED = re.compile(r"^\s{0,3}(?:[-*•]\s+)?(?:\*\*)?\(?(?P<mark>[A-Ha-h])[.)](?:\*\*)?(?:\s+(?P<rest>\S.*))?$")
_CONTENTS = re.compile(r"(?:\t|\.{3,}|(?:\. ){3,})\s*\d{1,3}\s*$")

CHAPTER, ITEM, LISTED = 6.0, 6.1, 6.5
"""Levels below the six of Markdown's headings and above bold lines (7)."""
_List: TypeAlias = Literal["", "numbers", "letters"]


@dataclass(frozen=True, slots=True)
class Item:
    """A line that begins a section: its place among the levels, its title, and what else stands in the line."""

    line: int
    level: float
    title: str
    rest: str = ""
    listed: bool = False


@dataclass(slots=True)
class _Scope:
    """The named item in force, and how far the list below it has come."""

    depth: int = 0
    number: str = ""
    kind: _List = ""
    last: int = 0
    decimal: tuple[int, int] = (0, 0)
    seen: set[str] = field(default_factory=set)


def items_in(
    lines: Sequence[str], code: Collection[int], headings: Collection[int], lists: bool, titles: Collection[str] = ()
) -> list[Item]:
    """The items of a text by line, but for lines of code and of Markdown headings; with `lists` those named by number alone.

    `titles` are headings that are looked for: a line that is one of them and stands apart begins a section too.
    """
    scope, found = _Scope(), []
    for number, line in enumerate(lines):
        if number in code:
            continue
        if number in headings:
            scope = _scope_of(line.lstrip("# "))
            continue
        is_first = number == 0 or not lines[number - 1].strip() or number - 1 in code
        item = _named(number, line, is_first)
        if item is None and is_first and len(line) < 120 and clean(line) in titles:
            item = Item(number, ITEM + 0.1, line.strip())
        if item is not None:
            scope = _scope_of(item.title) if item.level != CHAPTER else _Scope()
        elif lists:
            item = _unnamed(number, line, is_first, scope)
        if item is not None:
            found.append(item)
    return _with_first_answers(found, lines, code)


def _with_first_answers(found: Sequence[Item], lines: Sequence[str], code: Collection[int]) -> list[Item]:
    """Where answers below a list of questions begin with the second one, what stands before it answers the first.

    ``A. ... B. ... C. ...``, a paragraph, ``B. ...``: the paragraph is the answer to A, unless an answer to A comes later.
    """
    result = list(found)
    for at, item in enumerate(found):
        before = found[at - 1] if at else None
        if not (item.listed and item.title == "B." and before and before.listed and before.title not in ("A.", "B.")):
            continue
        later = next((n for n, each in enumerate(found[at:], at) if not each.listed), len(found))
        if any(each.title == "A." for each in found[at:later]):
            continue
        blank = next((n for n in range(before.line, item.line) if not lines[n].strip()), item.line)
        first = next((n for n in range(blank, item.line) if lines[n].strip()), None)
        if first is not None:
            rest = "" if first in code else lines[first].strip()
            result.append(Item(first - (first in code), LISTED, "A.", rest, listed=True))
    return sorted(result, key=lambda each: each.line)


def _scope_of(title: str) -> _Scope:
    parts = heading_key(title).parts
    return _Scope(depth=len(parts), number=parts[0] if parts else "")


def _named(number: int, line: str, is_first: bool) -> Item | None:
    """An item with a word before its number, or the title of a chapter with its points."""
    if len(line) > 20_000 or _CONTENTS.search(line[-40:]):
        return None
    if is_first and (_TITLED.match(line) or _APPENDIX.match(line)):
        return Item(number, CHAPTER, line.strip())
    match = _NAMED.match(line[:5000])
    if match is None:
        return None
    rest = (match["rest"] + line[5000:]).strip()
    is_bold = "**" in match["dress"] and "**" in match["before"] + match["after"]
    is_named = is_first and match["title"][:1].isupper()
    has_stop = match["stop"].strip() != "" and (is_named or not rest[:1].islower())
    stands_apart = bool(match["points"]) or is_bold or not rest or has_stop
    if not stands_apart and not (is_first and re.match(r"[A-Z$\\\"“]", rest)):
        return None
    title = " ".join(f"{match['title']} {match['points'] or ''}".split())
    if rest and len(rest) <= 80 and not re.search(r"[?$=`]|\.\s*$", rest) and match["stop"].strip() == ":":
        return Item(number, _level(match["title"]), f"{title}: {rest}")
    return Item(number, _level(match["title"]), title, rest)


def _level(title: str) -> float:
    return ITEM + 0.1 * min(len(heading_key(title).parts), 3)


def _unnamed(number: int, line: str, is_first: bool, scope: _Scope) -> Item | None:
    """An item named by number or letter alone, where it goes on with the list of the item above."""
    if (match := _DECIMAL.match(line)) and is_first and _goes_on(scope, int(match["first"]), int(match["second"])):
        scope.decimal = (int(match["first"]), int(match["second"]))
        return Item(number, ITEM + 0.2, line.strip())
    if scope.depth > 1 or scope.decimal != (0, 0):
        return None
    if (match := _LISTED.match(line)) and scope.kind != "letters" and int(match["mark"]) == scope.last + 1:
        scope.kind, scope.last = "numbers", int(match["mark"])
        return Item(number, LISTED, f"{match['mark']}.", match["rest"] or "", listed=True)
    match = _LETTERED.match(line)
    if match is None or scope.kind == "numbers":
        return None
    letter = match["mark"].upper()
    if (is_next := ord(letter) - ord("A") == scope.last) or (letter in scope.seen and is_first):
        scope.kind, scope.last = "letters", scope.last + is_next
        scope.seen.add(letter)
        return Item(number, LISTED, f"{letter}.", match["rest"] or "", listed=True)
    return None


def _goes_on(scope: _Scope, first: int, second: int) -> bool:
    """``2.1`` below Part 2, ``2.2`` after ``2.1``, ``3.1`` after any ``2.x``; a number that is an answer seldom does."""
    if scope.decimal == (0, 0):
        return second == 1 and (first == 1 if not scope.number else str(first) == scope.number)
    return (first, second) in ((scope.decimal[0], scope.decimal[1] + 1), (scope.decimal[0] + 1, 1))
