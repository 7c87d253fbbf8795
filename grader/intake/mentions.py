"""What a text says of a question that no section of it begins: a missing heading is no proof that nothing was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.intake.documents import Block, blocks_of
from grader.intake.headings import HeadingKey, heading_key, path_keys
from grader.model.submission import Submission

MOST_LINES = 20_000
LONGEST_EXCERPT = 200
LEAST_TEXT = 60
"""Characters below a heading that may answer what stands under it; fewer are a name or a remark."""
_MARKS = r"[\s>#|*_\-•+\\$(\[]*"
_WORDS = (
    r"(?:(?:the\s+)?(?:answers?|solutions?|ans|sol|problem|prob|question|ques|q|exercise|ex|task|part|lab|no|nr|to|for|of)"
    r"\b[.:]?\s*){0,4}"
)
_BEGINNING = re.compile(
    rf"{_MARKS}{_WORDS}{_MARKS}(?P<number>\d{{1,2}}\s*[.\-(]?\s*\(?(?:\d{{1,2}}|[a-z])\)?)(?![\w%])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Unsectioned:
    """A submission's text as it is searched for questions without a section."""

    beginnings: tuple[tuple[tuple[str, ...], str], ...]
    """The numbers that lines and cells of tables begin with, and those lines."""
    blocks: tuple[tuple[tuple[HeadingKey, ...], Block], ...]
    is_read: bool
    """Some question's section was found."""

    @classmethod
    def of(cls, submission: Submission, is_read: bool) -> Unsectioned:
        texts = [c.source for part in submission.parts for c in part.cells if c.kind == "markdown" and not part.made_of]
        lines = [line for text in texts for line in text.splitlines()][:MOST_LINES]
        blocks = [
            (path_keys(b.path), b) for part in submission.parts if not part.made_of for b in blocks_of(part, (), lists=True)
        ]
        return cls(tuple(_beginnings(lines)), tuple(blocks), is_read)

    def mention_of(self, headings: Sequence[str]) -> str:
        """The beginning of the words that may answer what belongs under one of these headings; "" where there are none."""
        goals = {key.parts for name in headings if (key := heading_key(name)).parts}
        line = next((line for parts, line in self.beginnings if parts in goals), "")
        return _excerpt(line or self._above(goals) or self._anything())

    def _above(self, goals: set[tuple[str, ...]]) -> str:
        """The text right below ``Problem 2``, where 2.1 is looked for and nothing below it is told apart."""
        for goal in goals:
            told_apart = any(key.parts[:-1] == goal[:-1] for keys, _ in self.blocks for key in keys if len(key.parts) > 1)
            fitting = [b.text for keys, b in self.blocks if any(key.parts == goal[:-1] for key in keys)]
            if len(goal) > 1 and not told_apart and (text := next((t for t in fitting if len(t) >= LEAST_TEXT), "")):
                return text
        return ""

    def _anything(self) -> str:
        """All of a text in which no section was found."""
        return "" if self.is_read else next((b.text for _, b in self.blocks if len(b.text) >= LEAST_TEXT), "")


def _beginnings(lines: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    for line in (each for each in lines if any(sign.isalpha() for sign in each)):  # a row of numbers names nothing
        for cell in line.split("|") if line.lstrip().startswith("|") else (line,):
            match = _BEGINNING.match(cell[:200])
            if match is not None and len(parts := heading_key(match["number"]).parts) > 1:
                yield parts, line


def _excerpt(text: str) -> str:
    return " ".join(text.split())[:LONGEST_EXCERPT]
