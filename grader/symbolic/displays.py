"""Find the formulas in a Markdown or LaTeX text: ``$..$``, ``$$..$$``, ``\\(..\\)``, ``\\[..\\]`` and environments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from grader.symbolic import limits
from grader.symbolic.reading import Problem
from grader.symbolic.tree import Span
from grader.symbolic.vocabulary import ALIGNED


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula: the span of its content, and whether it stands on lines of its own."""

    span: Span
    display: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The formulas of a text in order, and what was opened and never closed."""

    formulas: tuple[Formula, ...]
    problems: tuple[Problem, ...] = ()
    code: tuple[Span, ...] = ()
    """What stands between back ticks."""


_OPENING: Final = re.compile(
    r"(?P<fence>^[ \t]{0,3}(?:```+|~~~+)[^\n]*$)|(?P<code>`+)|(?P<escaped>\\[\\$`])|(?P<double>\$\$)|(?P<single>\$)"
    r"|(?P<square>\\\[)|(?P<round>\\\()|(?P<environment>\\begin\{(?P<name>[A-Za-z]+\*?)\})",
    re.MULTILINE,
)
_LONGEST_INLINE: Final = 2_000


class _Finder:
    """Goes through the text once; a closing mark that was looked for in vain is not looked for again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.formulas: list[Formula] = []
        self.problems: list[Problem] = []
        self.code: list[Span] = []
        self.missing: set[str] = set()

    def run(self) -> Found:
        at = 0
        while len(self.formulas) < limits.DISPLAYS and (match := _OPENING.search(self.text, at)):
            at = self._from(match)
        return Found(tuple(self.formulas), tuple(self.problems[: limits.PROBLEMS]), tuple(self.code))

    def _from(self, match: re.Match[str]) -> int:
        kind = str(match.lastgroup) if match["environment"] is None else "environment"
        if kind == "escaped":
            return match.end()
        if kind in ("fence", "code"):
            return self._code(match, kind)
        if kind == "single":
            return self._inline(match)
        if kind == "environment" and match["name"] not in ALIGNED:
            return match.end()
        closing = {"double": "$$", "square": "\\]", "round": "\\)"}.get(kind) or f"\\end{{{match['name']}}}"
        end = self._find(closing, match.end())
        if end < 0:
            self.problems.append(Problem(match.span(), "unclosed", f"at `{match.group()}`: this formula is never closed"))
            return match.end()
        start = match.start() if kind == "environment" else match.end()
        stop = end + len(closing) if kind == "environment" else end
        self.formulas.append(Formula((start, stop), kind != "round"))
        return end + len(closing)

    def _code(self, match: re.Match[str], kind: str) -> int:
        mark = match.group().strip()
        mark = mark[: len(mark) - len(mark.lstrip(mark[0]))]
        end = self._find("\n" + mark if kind == "fence" else mark, match.end())
        if end < 0:
            return match.end()
        self.code.append((match.end(), end))
        return end + len(mark) + (kind == "fence")

    def _inline(self, match: re.Match[str]) -> int:
        start = match.end()
        end = self.text.find("$", start, start + _LONGEST_INLINE)
        while end > 0 and self.text[end - 1] == "\\" and end - start < _LONGEST_INLINE:
            end = self.text.find("$", end + 1, start + _LONGEST_INLINE)
        if end < 0 or re.search(r"\n[ \t]*\n", self.text[start:end]):
            return start
        self.formulas.append(Formula((start, end), False))
        return end + 1

    def _find(self, closing: str, at: int) -> int:
        if closing in self.missing:
            return -1
        found = self.text.find(closing, at)
        if found < 0:
            self.missing.add(closing)
        return found


def formulas(text: str) -> Found:
    """All formulas of a text; code in back ticks is left alone."""
    return _Finder(text).run()
