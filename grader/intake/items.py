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
_DECIMAL = re.compile(
    r"^\s*(?:\*\*)?(?P<first>\d{1,2})\.(?P<second>\d{1,2})[.:)]?(?:\*\*)?"
    r"(?:\s+(?P<rest>(?:[A-Z($*\\\"“]|[a-z]\w{0,3}\s?[=:]).{0,5000}))?\s*$"
)
_TITLE = re.compile(r"[^=?$*`:]{4,80}(?<![.!])")
"""What stands behind a bare number and is its title; anything else is the answer itself."""
_LISTED = re.compile(r"^\s{0,3}(?P<mark>\d{1,2})[.)](?:\s+(?P<rest>\S.*))?$")
_LETTERED = re.compile(r"^\s{0,3}(?:[-*•]\s+)?(?:\*\*)?\(?(?P<mark>[A-Ha-h])[.)](?:\*\*)?(?:\s+(?P<rest>\S.*))?$")
_CONTENTS = re.compile(r"(?:\t|\.{3,}|(?:\. ){3,})\s*\d{1,3}\s*$")

CHAPTER, ITEM, LISTED = 6.0, 6.1, 6.5
"""Levels below the six of Markdown's headings and above bold lines (7)."""
_CODE = re.compile(r"(?:from|import) \w|[a-z_]\w*(?:[.(]\S|\s?[=:]\s)")
"""An answer that begins with a small letter all the same."""
_ENDS = frozenset(".:;!?)`")
MOST_LEFT_OUT = 3
"""Items of a list that a report may leave out between two that it answers."""
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
    item: tuple[str, ...] = ()
    """The parts of the last named item's number."""


def items_in(
    lines: Sequence[str],
    code: Collection[int],
    headings: Collection[int],
    lists: bool,
    titles: Collection[str] = (),
    above: str = "",
) -> list[Item]:
    """The items of a text by line, but for lines of code and of Markdown headings; with `lists` those named by number alone.

    `titles` are headings that are looked for: a line that is one of them and stands apart begins a section too. `above` is the
    heading that is in force where the text begins.
    """
    scope = _scope_of(above)
    found: list[Item] = []
    for number, line in enumerate(lines):
        if number in code:
            continue
        if number in headings:
            scope = _scope_of(line.lstrip("# "))
            continue
        follows = bool(found) and found[-1].line == number - 1
        is_first = number == 0 or not lines[number - 1].strip() or number - 1 in code
        ended = follows or (number > 0 and lines[number - 1].rstrip()[-1:] in _ENDS)
        item = _named(number, line, is_first or follows, scope.item, ended)
        if item is None and is_first and len(line) < 120 and clean(line) in titles:
            item = Item(number, ITEM + 0.1, line.strip())
        if item is not None:
            scope = _scope_of(item.title) if item.level != CHAPTER else _Scope(item=scope.item)
        elif lists:
            item = _unnamed(number, line, is_first or follows, scope)
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
    return _Scope(depth=len(parts), number=parts[0] if parts else "", item=parts)


def _named(number: int, line: str, is_first: bool, before: tuple[str, ...], ended: bool) -> Item | None:
    """An item with a word before its number, or the title of a chapter with its points; `before` is the last one's number."""
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
    is_next = match["title"][:1].isupper() and _is_next(heading_key(match["title"]).parts, before)
    begins = (is_first or is_next) and re.match(r"[A-Z$\\\"“]", rest)
    if not stands_apart and not begins and not (is_next and ended and _CODE.match(rest)):
        return None
    title = " ".join(f"{match['title']} {match['points'] or ''}".split())
    if rest and len(rest) <= 80 and not re.search(r"[?$=`]|\.\s*$", rest) and match["stop"].strip() == ":":
        return Item(number, _level(match["title"]), f"{title}: {rest}")
    return Item(number, _level(match["title"]), title, rest)


def _is_next(parts: tuple[str, ...], before: tuple[str, ...]) -> bool:
    """Whether a list of items goes on with this number, so that it need not stand apart: 1.3 after 1.2, 2 (a) after 1 (c).

    A few may be left out in between.
    """
    if not before:
        return bool(parts) and all(part in ("1", "a") for part in parts)
    at = next((n for n, (new, old) in enumerate(zip(parts, before, strict=False)) if new != old), None)
    if at is None:
        return len(parts) > len(before) and all(part in ("1", "a") for part in parts[len(before) :])
    ahead = _order(parts[at]) - _order(before[at])
    return 1 <= ahead <= 1 + MOST_LEFT_OUT and all(_order(part) <= 1 + MOST_LEFT_OUT for part in parts[at + 1 :])


def _order(part: str) -> int:
    return int(part) if part.isdigit() else ord(part) - ord("a") + 1


def _level(title: str) -> float:
    return ITEM + 0.1 * min(len(heading_key(title).parts), 3)


def _unnamed(number: int, line: str, is_first: bool, scope: _Scope) -> Item | None:
    """An item named by number or letter alone, where it goes on with the list of the item above."""
    if (match := _DECIMAL.match(line)) and is_first and _goes_on(scope, int(match["first"]), int(match["second"])):
        scope.decimal = (int(match["first"]), int(match["second"]))
        title, rest = f"{match['first']}.{match['second']}", match["rest"] or ""
        return Item(number, ITEM + 0.2, f"{title} {rest}") if _TITLE.fullmatch(rest) else Item(number, ITEM + 0.2, title, rest)
    if scope.depth > 1 or scope.decimal != (0, 0):
        return None
    if (match := _LISTED.match(line)) and scope.kind != "letters" and int(match["mark"]) == scope.last + 1:
        scope.kind, scope.last = "numbers", int(match["mark"])
        return Item(number, LISTED, f"{match['mark']}.", match["rest"] or "", listed=True)
    match = _LETTERED.match(line)
    if match is None or scope.kind == "numbers":
        return None
    letter = match["mark"].upper()
    ahead = ord(letter) - ord("A") - scope.last
    if ahead == 0 or (letter in scope.seen and is_first) or (0 < ahead <= MOST_LEFT_OUT and is_first and scope.kind == "letters"):
        scope.kind, scope.last = "letters", scope.last + (ahead + 1 if ahead >= 0 else 0)
        scope.seen.add(letter)
        return Item(number, LISTED, f"{letter}.", match["rest"] or "", listed=True)
    return None


def _goes_on(scope: _Scope, first: int, second: int) -> bool:
    """``2.1`` below Part 2, ``2.2`` or ``2.4`` after ``2.1``, ``3.1`` after ``2.x``; a number that is an answer seldom does."""
    if scope.decimal == (0, 0):
        return (first, second) == (1, 1) if not scope.number else str(first) == scope.number and 1 <= second <= 9
    ahead = second - scope.decimal[1] if first == scope.decimal[0] else second if first == scope.decimal[0] + 1 else 0
    return 1 <= ahead <= 1 + MOST_LEFT_OUT
