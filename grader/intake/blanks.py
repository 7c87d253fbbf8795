"""Blanks filled in by students, (a), (b) ..., put into the rubric's small programs, which then run in the box like any code.

Nothing is run here: what was filled in is found, parsed and put in its place. The programs become the cells of a part that is
made of the submission's own text, so that each blank is judged by what it does and not by its letters.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from grader.checks import Question, Rubric
from grader.checks.names import parse
from grader.intake.documents import blocks_of
from grader.intake.headings import clean, find_heading
from grader.model.rubric import PLACE
from grader.model.submission import Cell, Part, Submission

LONGEST = 500
"""Characters of one blank."""
MOST_LINES = 2_000
MOST_LISTED = 200
"""Blanks of a text that are looked at, and beginnings of one that are tried as code: each is parsed."""
MOST_TRIES = 40
_MARKED = re.compile(r"^(?P<code>[^#]*?)#\s*\(?(?P<mark>[a-z]|\d{1,2})\)(?:\s|$)")
_AFTER = r"[*_]*\s*(?:[:=|>→–—]|->?(?=\s))*\s*"
_LISTED = re.compile(rf"(?:^\s*(?:[-*+]\s+)?|(?<=[\s|]))[|*_]*\s*(?:\((?P<mark>[a-z]|\d{{1,2}})\)){_AFTER}")
_BEGINNING = re.compile(rf"^\s*(?:[-*+]\s+)?[|*_]*\s*(?P<mark>[a-z]|\d{{1,2}})[).:](?=[*_\s]){_AFTER}")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`+([^`\n]+)`+")
_OPEN = re.compile(r"_{3,}|…|\.{4,}")
"""A blank that is still one."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in the blank of this mark: Python as it is normally written, or text that is no Python."""

    mark: str
    text: str
    is_code: bool = True


@dataclass(frozen=True, slots=True)
class Filled:
    """What a part of a submission fills into a question's blanks, by mark."""

    part: str
    fillings: Mapping[str, Filling]


def with_blanks(submission: Submission, rubric: Rubric) -> Submission:
    """The submission with a further part for every question whose blanks it fills in."""
    made = [part for question in rubric.questions if (part := _part_of(submission, question)) is not None]
    if not made:
        return submission
    digest = hashlib.sha256("\n".join([submission.digest, *(part.model_dump_json() for part in made)]).encode())
    return submission.model_copy(update={"parts": (*submission.parts, *made), "digest": digest.hexdigest()})


def _part_of(submission: Submission, question: Question) -> Part | None:
    """The programs with the blanks filled in, a text cell with the filling before each; None where none is."""
    found = read_blanks(submission, question)
    if found is None:
        return None
    cells: list[Cell] = []
    for program in question.answer.blanks:
        source = filled(program, found.fillings)
        if source is None:
            continue
        in_it = [found.fillings[mark] for mark in marks_of(program) if mark in found.fillings]
        shown = "  \n".join(f"({filling.mark}) `{filling.text}`" for filling in in_it)
        cells.append(Cell(index=len(cells), kind="markdown", source=shown))
        cells.append(Cell(index=len(cells), kind="code", source=source))
    name = re.sub(r"\W+", "-", question.id)
    return Part(path=f"blanks-{name}", kind="notebook", cells=tuple(cells), made_of=found.part)


def marks_of(*programs: str) -> tuple[str, ...]:
    """The marks of the blanks in these programs, each once, in order."""
    return tuple(sorted({mark for program in programs for mark in PLACE.findall(program)}))


def read_blanks(submission: Submission, question: Question) -> Filled | None:
    """What the first part that fills in any of the question's blanks fills in; None where none does."""
    marks = set(marks_of(*question.answer.blanks))
    for part in submission.parts if marks else ():
        texts = [c.source for c in part.cells] if part.kind == "module" else _section_texts(part, question.answer.headings)
        found = fillings_in("\n\n".join(texts), marks, is_code=part.kind == "module")
        if found:
            return Filled(part.path, found)
    return None


def _section_texts(part: Part, headings: Sequence[str]) -> list[str]:
    """What is written under the first of the headings that is there; of a notebook the code in it too, as fenced code.

    Without Markdown, the lines of a list are sections of their own: they get their letters back.
    """
    blocks = [block for block in blocks_of(part, {clean(heading) for heading in headings}) if block.path]
    match = find_heading(headings, [block.path for block in blocks])
    if match.index is None:
        return []
    top = blocks[match.index].path
    below = [*takewhile(lambda block: block.path[: len(top)] == top, blocks[match.index :])]
    texts = [f"({block.path[-1][0].lower()}) {block.text}" if block.listed else block.text for block in below]
    numbers = {number for block in below for number in block.cells}
    return texts + [f"```\n{c.source}\n```" for c in part.cells if c.kind == "code" and c.index in numbers]


def fillings_in(text: str, marks: set[str], is_code: bool = False) -> dict[str, Filling]:
    """What a text fills into these blanks; one that it fills in twice, differently, is left out.

    A line of code ends with its mark (``x = images.flatten(1)  # (c)``), in text without fences too; elsewhere
    ``(c) images.flatten(1)``, several in a line or one a line, also in a table, with or without backticks.
    """
    found: dict[str, list[Filling]] = {}
    codes = [text] if is_code else [match[2] for match in _FENCE.finditer(text)]
    prose = "" if is_code else _FENCE.sub("\n\n", text)
    unfenced = [each for each in _marked_lines([prose]) if each.is_code and re.search(r"[(=]", each.text)]
    for filling in [*_marked_lines(codes), *unfenced, *islice(_listed(prose, marks), MOST_LISTED)]:
        if filling.mark in marks and filling.text:
            found.setdefault(filling.mark, []).append(filling)
    return {mark: each[0] for mark, each in found.items() if len(set(each)) == 1}


def _marked_lines(codes: Sequence[str]) -> Iterator[Filling]:
    for line in [line for code in codes for line in code.splitlines()][:MOST_LINES]:
        match = _MARKED.match(line[: 2 * LONGEST])
        if match is None or not match["code"].strip() or _OPEN.search(match["code"]):
            continue
        yield _filling(match["mark"], match["code"].strip())


def _listed(prose: str, marks: set[str]) -> Iterator[Filling]:
    """``(a) text (b) text``: each up to the next mark or the end of its line; words alone fill nothing in."""
    for line in [each[: 8 * LONGEST] for each in prose.replace("\\_", "_").splitlines()[:MOST_LINES]]:
        starts = [match for match in _LISTED.finditer(line) if match["mark"] in marks]
        first = _BEGINNING.match(line)
        if first is not None and first["mark"] in marks:
            starts = [first, *(match for match in starts if match.start() >= first.end())]
        ends = [*(match.start() for match in starts[1:]), len(line)]
        for match, end in zip(starts, ends, strict=False):
            said = line[match.end() : end].strip().strip("|").strip()
            yield _filling(match["mark"], "" if _OPEN.search(said) else _said(said))


def _said(text: str) -> str:
    """Code between backticks, else the code that a line begins with, or that follows words and a colon; "" for words."""
    span = _SPAN.search(text)
    return span[1].strip() if span is not None else code_at_start(text) or code_at_start(text.partition(": ")[2])


def code_at_start(text: str) -> str:
    """The shortest beginning of a line, up to a space, that is a statement with a call: ``f()`` of ``f() comes first``.

    The whole line where it is code without a call, "" where it begins with words.
    """
    spaces = [match.start() for match in islice(re.finditer(r"\s", text[:LONGEST]), MOST_TRIES)]
    for space in (*spaces, len(text[:LONGEST])):
        code, rest = text[:space].rstrip(".,:"), text[space:].lstrip()
        goes_on = code.endswith(";") or re.match(r"[-+*/@%=.;&|]|(?:if|for|in)\b", rest)
        if not goes_on and _is_call(code):
            return code
        if not rest and _python(code) is not None and re.search(r"[.=\[]", code):
            return code
    return ""


def _is_call(code: str) -> bool:
    """Python in which something is called; ``loss (MSE)`` and ``pixels in (0, 1)`` are words."""
    if "(" not in code or re.search(r"\w\s+\(", code):
        return False
    tree = parse("", code.strip()).tree
    return tree is not None and any(isinstance(node, ast.Call) for node in ast.walk(tree))


def _filling(mark: str, text: str) -> Filling:
    code = _python(text[:LONGEST])
    return Filling(mark, text[:LONGEST], is_code=False) if code is None else Filling(mark, code)


def _python(text: str) -> str | None:
    """The statements of a text as they are normally written, without comments; None where it is no Python."""
    tree = parse("", text.strip()).tree
    try:
        return None if tree is None else ast.unparse(tree)
    except (RecursionError, ValueError):
        return None


def filled(program: str, fillings: Mapping[str, Filling]) -> str | None:
    """The program with its blanks filled in; None where none is, or where a value is missing that it cannot do without.

    A place that is a statement by itself may stay open. What is no Python raises a syntax error when its line is run.
    """
    marks = marks_of(program)
    if marks and not any(mark in fillings for mark in marks):
        return None
    lines = []
    for line in program.splitlines():
        place = PLACE.search(line)
        written = [line] if place is None else _written(line, place, fillings.get(place[1]))
        if not written:
            return None
        lines += written
    return "\n".join(lines) + "\n"


def _written(line: str, place: re.Match[str], filling: Filling | None) -> list[str]:
    """A line of a program with its place filled in; no lines where its value is missing."""
    indent = line[: len(line) - len(line.lstrip())]
    is_statement = line.strip() == place[0]
    if filling is None:
        return [f"{indent}pass"] if is_statement else []
    if not filling.is_code:
        return [f"{indent}raise SyntaxError({f'this is no Python: {filling.text}'!r})"]
    if is_statement or not _is_expression(filling.text):
        return [indent + each for each in filling.text.splitlines()]
    return [f"{line[: place.start()]}({filling.text}){line[place.end() :]}"]


def _is_expression(code: str) -> bool:
    tree = parse("", code).tree
    return isinstance(tree, ast.Module) and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)
