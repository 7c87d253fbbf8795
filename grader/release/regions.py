"""Marked solutions taken out of source text: nbgrader's and otter's marks, in code and in Markdown.

| mark | becomes |
|---|---|
| ``### BEGIN SOLUTION`` ... ``### END SOLUTION`` (nbgrader; one ``#`` is otter's) | a prompt |
| the same with ``NO PROMPT`` | nothing |
| ``x = 5  # SOLUTION``, ``f(x)  # SOLUTION``, both also with ``NO PROMPT`` | ``x = ...``, ``...`` or nothing |
| three quotes ``# BEGIN PROMPT`` ... three quotes ``# END PROMPT`` | the text between them |
| ``### BEGIN HIDDEN TESTS`` ... ``### END HIDDEN TESTS`` | nothing |
| ``<!-- BEGIN SOLUTION -->`` ... ``<!-- END SOLUTION -->`` in Markdown | a prompt |

nbgrader: nbgrader.readthedocs.io, "Creating and grading assignments"; otter: otter-grader.readthedocs.io, "Otter Assign format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CODE_PROMPT = "...  # your code here"
BODY_PROMPT = 'raise NotImplementedError("your code here")'
TEXT_PROMPT = "*Your answer here.*"

_OPEN = re.compile(r"^\s*(?:#+|<!--)\s*BEGIN (SOLUTION|HIDDEN TESTS)\s*(NO PROMPT)?\s*(?:-->)?\s*$", re.IGNORECASE)
_CLOSE = re.compile(r"^\s*(?:#+|<!--)\s*END (SOLUTION|HIDDEN TESTS)\s*(?:-->)?\s*$", re.IGNORECASE)
_PROMPT_OPEN = re.compile(r"""^\s*(?:\"\"\"|''')\s*;?\s*#+\s*BEGIN PROMPT\s*$""", re.IGNORECASE)
_PROMPT_CLOSE = re.compile(r"""^\s*(?:\"\"\"|''')\s*;?\s*#+\s*END PROMPT\s*$""", re.IGNORECASE)
_LINE = re.compile(r"^(\s*)(.*?)\s*#+\s*SOLUTION\s*(NO PROMPT)?\s*$", re.IGNORECASE)
_ASSIGNS = re.compile(r"^[^=!<>()'\"#]+?(?:[-+*/@%&|^]|//|\*\*|<<|>>)?=(?!=)")


class RegionFault(Exception):
    """A mark without its other half; `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class Stripped:
    """Source without its solutions, and how many were taken out."""

    source: str
    solutions: int


def strip_regions(source: str, prose: bool = False) -> Stripped:
    """The source with every marked solution replaced by its prompt.

    Raises:
        RegionFault: a mark is opened twice, never closed, or closed without having been opened.
    """
    walk = _Walk(prose)
    lines = [line for number, text in enumerate(source.splitlines(), 1) for line in walk.take(number, text)]
    walk.finish()
    return Stripped("\n".join(lines), walk.solutions)


class _Walk:
    """Line by line through one source."""

    def __init__(self, prose: bool) -> None:
        self.prose = prose
        self.solutions = 0
        self._inside = ""
        self._since = 0

    def take(self, number: int, text: str) -> Iterator[str]:
        if self._inside:
            yield from self._within(number, text)
        elif match := _OPEN.match(text):
            self._inside, self._since = match[1].upper(), number
            self.solutions += 1
            if self._inside == "SOLUTION" and not match[2]:
                yield self._prompt(text)
        elif _CLOSE.match(text) or _PROMPT_CLOSE.match(text):
            raise RegionFault(number, f"`{text.strip()}` closes what was never opened")
        elif _PROMPT_OPEN.match(text):
            self._inside, self._since = "PROMPT", number
        elif not self.prose and (match := _LINE.match(text)):
            self.solutions += 1
            yield from _of_line(match)
        else:
            yield text

    def _within(self, number: int, text: str) -> Iterator[str]:
        if _OPEN.match(text) or _PROMPT_OPEN.match(text):
            raise RegionFault(number, f"`{text.strip()}` stands inside what line {self._since} opened")
        if self._inside == "PROMPT":
            if _PROMPT_CLOSE.match(text):
                self._inside = ""
            else:
                yield text
        elif (match := _CLOSE.match(text)) and match[1].upper() == self._inside:
            self._inside = ""

    def _prompt(self, text: str) -> str:
        if self.prose:
            return TEXT_PROMPT
        indent = text[: len(text) - len(text.lstrip())]
        return indent + (BODY_PROMPT if indent else CODE_PROMPT)

    def finish(self) -> None:
        if self._inside:
            raise RegionFault(self._since, f"a region ({self._inside}) opened in line {self._since} is never closed")


def _of_line(match: re.Match[str]) -> Iterator[str]:
    """What is left of a line that ends with ``# SOLUTION``."""
    if match[3]:
        return
    assigned = _ASSIGNS.match(match[2])
    yield f"{match[1]}{assigned[0]} ..." if assigned else f"{match[1]}..."
