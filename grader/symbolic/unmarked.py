"""Formulas that stand in a text without marks: code in back ticks, and lines that are nothing but an equation.

``∇X = ∇Y Wᵀ`` and ``dX = dY @ W.T`` are answers as well. Only what is understood as a whole is taken: a sentence is no formula,
and code that assigns a name twice says something else after each line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from grader.symbolic.displays import Found
from grader.symbolic.names import Names
from grader.symbolic.numpy_style import numpy_statements
from grader.symbolic.reading import Chain, Reading, Side
from grader.symbolic.rewrite import moved
from grader.symbolic.tokens import Token
from grader.symbolic.traits import names_in
from grader.symbolic.tree import Name, Span
from grader.symbolic.unread import Unread
from grader.symbolic.vocabulary import FUNCTIONS

LONGEST_LINE: Final = 400
MOST_BLOCKS: Final = 200
LatexReader: TypeAlias = Callable[[Span], Reading]

_LEAD: Final = re.compile(
    r"\s*(?:>\s*)*(?:[-*+•]\s+|\(?[0-9a-z]{1,2}[.)]\s+)?(?:\*\*\s*)?(?:#+\s+)?"
    r"(?:(?:(?:so|thus|hence|then|therefore|finally|and|answer|result|solution|we get|we have|it follows that)\b|=>|⇒|→)"
    r"[:,]?\s*)*",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(r"(?:\s*(?:\*\*|<br\s*/?>|[.,;:]|\\\\|\bi\.e\.|\be\.g\.))*\s*\Z")
_REMARK: Final = re.compile(r"(?:\s+#\s.*|\s*\([A-Za-z][A-Za-z ,.'-]{5,60}\)[.\s]*)\Z", re.DOTALL)
"""What is said about a line at its end: a comment of code, words in brackets."""
_ASIDE: Final = re.compile(r"^[ \t]*(?:import|from|print|assert|return)\b.*$|#.*$", re.MULTILINE)
_PROSE: Final = re.compile(r"[A-Za-z]{2,}'?\s+[A-Za-z]{2,}|[A-Za-z][,:]\s+[A-Za-z]{3,}\s")
_WORD: Final = re.compile(r"(?<![A-Za-z\\&;/<])[A-Za-z]{4,}(?![A-Za-z;>])")
_LATEX_ONLY: Final = re.compile(r"[\\^{}]|[^\x00-\x7f]|&[#A-Za-z]+;|</?su[bp]>")
_TIMES: Final = re.compile(r"[\w)\]]\s+x\s+[\w(\[]")
"""``A x B``, where a letter may be meant for a sign."""
_OPERATION: Final = re.compile(r"[-+*/^@(]|[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text without marks; ``code`` when back ticks stand around it."""

    span: Span
    code: bool


def blocks(text: str, found: Found) -> Iterator[Block]:
    """Code in back ticks, and the lines outside all formulas and code, in order; neighbouring lines are one block."""
    taken = sorted([*((formula.span, False) for formula in found.formulas), *((span, True) for span in found.code)])
    pieces: list[Block] = []
    at = 0
    for (start, stop), code in [*taken, ((len(text), len(text)), False)]:
        if start >= at:
            pieces.extend(_lines(text, at, start))
        if code:
            pieces.append(Block((start, stop), code=True))
        at = max(at, stop)
    yield from pieces[:MOST_BLOCKS]


def _lines(text: str, start: int, stop: int) -> Iterator[Block]:
    """The equations among whole lines of a range; a line that a formula shares is prose."""
    run: Span | None = None
    for match in re.finditer(r"[^\n]*\n?", text[start:stop]):
        begin, end = start + match.start(), start + match.end()
        whole = (begin == 0 or text[begin - 1] == "\n") and (end == len(text) or text[end - 1] == "\n")
        inner = _trimmed(text, begin, end) if whole and end > begin else None
        if inner is not None and run is not None:
            run = (run[0], inner[1])
        elif inner is not None:
            run = inner
        elif run is not None:
            yield Block(run, code=False)
            run = None
    if run is not None:
        yield Block(run, code=False)


def _trimmed(text: str, begin: int, end: int) -> Span | None:
    """The equation in a line, without bullets and "so" before it and punctuation after it; None where it is none."""
    lead = _LEAD.match(text, begin, end)
    start = lead.end() if lead is not None else begin
    line = _REMARK.sub("", text[start:end])
    if "=" not in line or len(line) > LONGEST_LINE or "$" in line or _PROSE.search(line):
        return None
    tail = _TAIL.search(line)
    return (start, start + (tail.start() if tail is not None else len(line)))


def read_block(text: str, block: Block, names: Names, latex: LatexReader) -> tuple[Chain, ...]:
    """The chains of a block; none where any part of it is not understood."""
    start, stop = block.span
    source = text[start:stop]
    if not _LATEX_ONLY.search(_ASIDE.sub("", source)):
        chains = _code(text, block, names)
        if chains:
            return chains
    return () if block.code and "\n" in source.strip() else _typed(text, block, names, latex)


def _code(text: str, block: Block, names: Names) -> tuple[Chain, ...]:
    """Assignments in NumPy style; a name that is assigned twice would say something else after each line."""
    start, stop = block.span
    body = _ASIDE.sub(lambda aside: " " * len(aside.group()), text[start:stop])
    try:
        reading = numpy_statements(body, names)
    except Unread:
        return ()
    chains = [chain for chain in reading.chains if len(chain.sides) > 1]
    heads = [chain.sides[0].tree for chain in chains]
    if reading.problems or len(set(heads)) < len(heads) or not _are_known(chains, names):
        return ()
    return tuple(_moved(chain, start, text) for chain in chains)


def _typed(text: str, block: Block, names: Names, latex: LatexReader) -> tuple[Chain, ...]:
    """Lines that are each an equation as LaTeX, or in Unicode; a line that is not understood is left out."""
    found: list[Chain] = []
    at = block.span[0]
    for line in text[slice(*block.span)].split("\n"):
        inner = _trimmed(text, at, at + len(line))
        at += len(line) + 1
        if inner is None or not _is_mathematics(text[slice(*inner)], names):
            continue
        reading = latex(inner)
        if not reading.problems:
            found.extend(chain for chain in reading.chains if len(chain.sides) > 1 and not chain.continues)
    return tuple(found)


def _is_mathematics(line: str, names: Names) -> bool:
    """True when no word stands in the line but names and functions."""
    known = {*names.words, *FUNCTIONS}
    words = _WORD.findall(line)
    if _TIMES.search(line) and "x" not in names.shapes:
        return False
    return all(word in known or word.lower() in known for word in words) and bool(_OPERATION.search(line))


def _are_known(chains: list[Chain], names: Names) -> bool:
    """True when each name on a right side is declared or was assigned before: else the words are no code."""
    assigned: set[str] = set()
    for chain in chains:
        used = {name for side in chain.sides[1:] if side.tree is not None for name in names_in(side.tree)}
        if not all(name in assigned or names.declares(name) for name in used):
            return False
        head = chain.sides[0].tree
        assigned |= {head.name} if isinstance(head, Name) else set()
    return True


def _moved(chain: Chain, by: int, text: str) -> Chain:
    """The chain at its place in the whole text."""
    return replace(chain, sides=tuple(_moved_side(side, by, text) for side in chain.sides))


def _moved_side(side: Side, by: int, text: str) -> Side:
    span = (side.span[0] + by, side.span[1] + by)
    return replace(side, source=text[slice(*span)], span=span, tree=None if side.tree is None else moved(side.tree, by))


def with_whole_scripts(tokens: list[Token]) -> list[Token]:
    """``Y_ij`` as ``Y_{ij}`` and ``x**2`` as ``x^2``: who types without braces means all the letters that follow."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        found.append(tokens[place])
        place += 1
        if [token.text for token in tokens[place - 1 : place + 1]] == ["*", "*"]:
            found[-1] = replace(found[-1], text="^", end=tokens[place].end)
            place += 1
        run = _script_run(tokens, place) if found[-1].text == "_" else 0
        if run > 1:
            part = tokens[place : place + run]
            found.extend(
                (Token("symbol", "{", part[0].start, part[0].start), *part, Token("symbol", "}", part[-1].end, part[-1].end))
            )
            place += run
    return found


def _script_run(tokens: list[Token], place: int) -> int:
    """How many letters and digits stand there without a space; 0 where another index follows them."""
    end = place
    while end < len(tokens) and tokens[end].kind in ("letter", "number") and (end == place or not tokens[end].spaced):
        end += 1
    return 0 if end < len(tokens) and tokens[end].text == "_" else end - place
