"""Reading which options a written answer chooses: from its beginning, or from the only clear statement in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 20_000
"""Characters looked at; nobody justifies a choice at greater length."""

_ECHO = re.compile(r"^(?:true\s*(?:/|or)\s*false|t\s*/\s*f)\s*[?:.)\]-]*\s*", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:(?:my\s+|the\s+)?(?:answer|ans|solution|sol|choice|response|option)s?\s*(?:is|are)?\s*[:.=-]*\s+)", re.IGNORECASE
)
_NUMBERED = re.compile(r"^(?:problem\s+|question\s+|q)?\d{1,2}(?:[.-]\d{1,2})*\s*[.):]?\s+", re.IGNORECASE)
_IN_BOLD = r"(?:\*\*|__)[^*_\n]{1,40}?(?:\*\*|__)"
_AND = r"\s*(?:[,;/&|+]|\band\b|\bor\b)++\s*"
_BOLD = re.compile(rf"^\s*(?:[-•+]\s+|\d{{1,2}}(?:\.\d{{1,2}})*[.)]?\s+)?(?P<bold>{_IN_BOLD}(?:{_AND}{_IN_BOLD})*)(?P<rest>.*)$")
"""Options in bold at the beginning of a line; whatever follows, they are no article and no word of a sentence."""
_GIVEN_UP = re.compile(
    r"~~[^~\n]{1,200}~~|<(?P<tag>s|del|strike)>.{0,200}?</(?P=tag)>|\\(?:sout|st|cancel)\{[^{}]{0,200}\}|\b[A-Z]\?\s*No\b[,.:]?"
)
"""Crossed out, or asked and denied: ``~~B~~``, ``D? No,``."""
_DRESSED = re.compile(r"\$*\\(?:boxed|fbox|text|textbf|mathbf)\{([^{}\n]{1,40})\}\$*|\$?\\\{([^{}\n]{1,40})\\\}\$?")
_LISTED = re.compile(r"\(([A-Z])\)")
_MANY = 3
"""A line with so many options in brackets is that of the question."""
_ALL_BUT = re.compile(r"^(?:all|every|each|any)\w*\b[^.]{0,60}?\b(?:except|but|besides)\b(?P<rest>[^.]{1,100})", re.IGNORECASE)
_FALSE = re.compile(
    r"^(?:incorrect|wrong|untrue|not (?:true|correct|right))\b(?=\s*(?:$|[.,:;!–—-]|because|since|as))"
    r"|\b(?:this|it|that|which|(?:the |this )?(?:claim|statement|sentence|assertion))\s+is\s+(?:therefore |thus |clearly )?"
    r"(?:wrong|incorrect|untrue|not (?:true|correct|right))\b(?=\s*(?:$|[.,:;!–—-]|because|since|as))",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\b(?:don[’']t|do not|not) (?:think|believe)|\bif\b|\bwould\b", re.IGNORECASE)
_MARKS = str.maketrans("", "", "*_`#>$~")
_FINAL = re.compile(r"\banswer\s*(?:is|:|=)\s*\(?(\w{1,40})\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|never|neither|cannot)\b|n[’']t\b", re.IGNORECASE)
_END = r"(?=\s*(?:$|[).,:;!–—-]|\(|(?:because|since|as|the|this|it|if)\b))"
"""After a verdict word its statement ends or gives its reason; ``true positives`` goes on."""
_SET_OFF = re.compile(r"\s*[,:]\s+(?!(?:or|and)\b|[A-Za-z0-9]\b)\w")
"""A comma or colon after an option, and then words."""
_STATED = r"\b(?:answer|option|choice|choose|pick|select|is|are)\b\s*(?:is|are|:|=)?\s*(?:option\s+)?"


@dataclass(frozen=True, slots=True)
class Reading:
    """The options an answer chooses; `clear` is False where it chooses none, or where it says several and one is asked for."""

    chosen: frozenset[str] = frozenset()
    clear: bool = False


def read_choice(text: str, options: Sequence[str], several: bool) -> Reading:
    """What a written answer chooses among the options."""
    text = _DRESSED.sub(lambda m: m[1] or m[2], text[:LONGEST])
    text = _GIVEN_UP.sub(" ", _DRESSED.sub(lambda m: m[1] or m[2], text))  # what is boxed may be dressed itself
    written = [line for line in re.split(r"\n", text) if len(set(_LISTED.findall(line)) & {*options}) < _MANY]
    lines = [line for line in map(_plain, written) if line]
    answers = {option for word in _FINAL.findall(" ".join(lines)) if (option := match_option(word, options))}
    if len(answers) > 1 and not several:
        return Reading(frozenset(answers))
    labelled = [_LABEL.sub("", line) for line in lines if _LABEL.match(line)]
    marked = [match for line in written if (match := _BOLD.match(line)) and not _goes_on(match["rest"], options)]
    bold = [_plain(match["bold"]) for match in marked]
    for candidates in (labelled, bold, [_bare(line) for line in lines]):
        found = {chosen for line in candidates if (chosen := _leading(line, options, several))}
        if len(found) == 1:
            return Reading(found.pop(), clear=True)
        if found:
            return Reading(frozenset().union(*found))
    stated = _stated(" ".join(lines), options) or _said_otherwise(" ".join(lines), options)
    if several and not stated and (exception := _ALL_BUT.search(" ".join(lines))):
        stated = _all_but(exception["rest"], options)
    return Reading(stated, clear=bool(stated) if several else len(stated) == 1)


def _said_otherwise(text: str, options: Sequence[str]) -> frozenset[str]:
    """``Incorrect.``, ``this is not true`` for false; the only letter in brackets, ``hence (D)``, where nothing is denied."""
    truths = {option.casefold(): option for option in options}
    if set(truths) == {"true", "false"}:
        return frozenset({truths["false"]} if _FALSE.search(text) and not _TWICE.search(text) else ())
    letters = {option for option in _LISTED.findall(text) if option in options}
    return frozenset(letters if len(letters) == 1 and not _NEGATED.search(text) else ())


def _all_but(rest: str, options: Sequence[str]) -> frozenset[str]:
    """All options but those of ``except A and C``; none where it names none."""
    named = {option for word in re.findall(r"\w+", rest) if (option := match_option(word, options)) and word == option}
    return frozenset(options) - named if named else frozenset()


def match_option(text: str, options: Sequence[str]) -> str:
    """The option that a short text is: ``b``, ``(B)``, ``true``, ``T``; "" if it is none."""
    bare = _bare(text).strip("()[]{}.:,;'\" ").casefold()
    for option in options:
        if bare == option.casefold():
            return option
    if {option.casefold() for option in options} == {"true", "false"}:
        return next((option for option in options if bare == option[0].casefold()), "")
    return ""


def _plain(line: str) -> str:
    """A line without Markdown's marks, list bullets, its number and ``True or False:``."""
    text = re.sub(r"\s+", " ", line.translate(_MARKS)).strip().lstrip("-•+ ")
    return _ECHO.sub("", _NUMBERED.sub("", text))


def _bare(line: str) -> str:
    """A plain line without ``Answer:`` before it."""
    return _ECHO.sub("", _LABEL.sub("", _plain(line)))


def _token(option: str, others: Sequence[str]) -> str:
    """A pattern for one option at the beginning: single letters only where they cannot be a word (``A`` is an article)."""
    if len(option) == 1:
        return rf"(?:\(\s*(?i:{re.escape(option)})\s*\)|{re.escape(option)}(?=\s*(?:$|[).,:;/&|+-]|and\b|because\b|since\b)))"
    return rf"(?:\(?\b(?i:{re.escape(option)})\b\)?)"


def _leading(block: str, options: Sequence[str], several: bool) -> frozenset[str]:
    """The options that a line begins with; none where a verdict word goes on as a sentence (``True positives are``)."""
    if exact := match_option(block, options):
        return frozenset({exact})
    chosen: list[str] = []
    rest, is_bracketed, is_set_off = block, False, False
    while len(chosen) < len(options):
        match = next((m for option in options if (m := re.match(_token(option, options), rest))), None)
        option = match_option(match[0], options) if match else ""
        if not match or not option:
            break
        chosen.append(option)
        is_bracketed = match[0].endswith(")")
        rest = re.sub(rf"^{_AND}", "", after := rest[match.end() :])
        is_set_off = _SET_OFF.match(after) is not None
        if after == rest:
            break
    if not chosen and several and re.fullmatch(r"[A-Z]{2,9}", block) and all(letter in options for letter in block):
        return frozenset(block)
    if not chosen or not (is_bracketed or is_set_off or _ends_there(rest)) or (len(set(chosen)) > 1 and not several):
        return frozenset()
    return frozenset(chosen)


def _goes_on(rest: str, options: Sequence[str]) -> bool:
    """Another option follows, not in bold."""
    after = re.match(rf"{_AND}\W*(\w+)", rest)
    return after is not None and bool(match_option(after[1], options))


def _ends_there(rest: str) -> bool:
    return re.match(_END, rest, re.IGNORECASE) is not None


def _stated(text: str, options: Sequence[str]) -> frozenset[str]:
    """Options stated anywhere: words that stand unnegated and alone, letters only after ``answer is`` and the like."""
    if any(len(option) == 1 for option in options):
        found = re.findall(_STATED + r"\(?([A-Za-z0-9])\)?(?=$|[\s.,;:!])", text)
        return frozenset(option for letter in found if letter.isupper() and (option := match_option(letter, options)))
    named = [option for option in options if re.search(rf"\b{re.escape(option)}\b", text, re.IGNORECASE)]
    if len(named) == 1 and (_NEGATED.search(text) or not re.search(rf"\b{re.escape(named[0])}\b{_END}", text, re.IGNORECASE)):
        return frozenset()
    return frozenset(named)
