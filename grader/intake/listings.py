"""Code that a report shows, found in its text: listings in fences, and functions and classes by their indentation.

Pages that cut a listing in two, prompts, lines broken at the margin and printed output between listings are what a PDF leaves
of a notebook. Every step here takes time in proportion to the text.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence

from grader.checks.names import parse

LONGEST = 200_000
"""Characters of a text in which code is looked for."""
MOST_BLOCKS = 500
"""Functions and classes that are taken out of one text."""
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
_PYTHON = re.compile(r"(?:(?:i?python3?|py3?|pycon|\{?\.?python\}?)(?!\w).*)?", re.IGNORECASE)
_PROMPT = re.compile(r"^(?:In ?)?\[[ \d*]{0,4}\]: ?")
_SESSION = re.compile(r"(?:>>>|\.\.\.) ?")
_GOES_ON = re.compile(r"(?:↪|˓→|\\hookrightarrow) ?")
"""What stands at the beginning of a line that was broken at the margin."""
_HANGING = re.compile(r"(?<!^)([\w)\]] ?(?:[-+*/|&]|and|or))[ \t]*\n[ \t]*(?=[\w(\[])")
"""An operator at the end of a line, where none can stand: the next line goes on with it."""
_DEFINITION = re.compile(r"(?:class|def|async def)\s+\w+")
_BEGINS = re.compile(r"(?:class|def|async def|import|from|if __name__)\b|@|```|$")
"""What stands at the left of a page for good."""


def listings(text: str) -> Iterator[str]:
    """The fenced Python of a text; two fences with nothing between them are one listing that a page cut in two."""
    parts: list[str] = []
    inside: list[str] | None = None
    mark, is_python = "", False
    for line in text[:LONGEST].split("\n"):
        plain = line.strip()
        if inside is not None:
            if plain.startswith(mark) and not plain.strip(mark[0]):
                parts += ["\n".join(inside)] if is_python else []
                inside = None
            else:
                inside.append(line)
        elif match := _FENCE.match(plain):
            mark, is_python, inside = match["mark"], _PYTHON.fullmatch(match["info"].strip()) is not None, []
        elif plain and parts:
            yield from _joined(parts)
            parts = []
    parts += ["\n".join(inside)] if inside is not None and is_python else []
    yield from _joined(parts)


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """All parts as one where that is Python, else each by itself."""
    whole = "\n".join(parts)
    yield from [whole] if len(parts) > 1 and _python(whole) is not None else parts


def runnable(listing: str) -> tuple[str, ...]:
    """A listing as Python; where it is none as a whole, what it defines."""
    code = _python(listing)
    if code is None:
        return tuple(without_elisions(block) for block in blocks(listing))
    return (without_elisions(code),) if code.strip() else ()


def blocks(text: str) -> Iterator[str]:
    """Every function and class that a text holds, by its indentation, whatever stands around it; no methods by themselves."""
    lines = [_without_prompt(line) for line in text[:LONGEST].split("\n")]
    inside, found = -1, 0
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if number <= inside or found >= MOST_BLOCKS or not _DEFINITION.match(line[indent : indent + 100]):
            continue
        end = _end_of_block(lines, number, indent)
        inside, found = end - 1, found + 1
        if _is_cut_off(lines, end):
            continue
        first = number
        while first and lines[first - 1].startswith(f"{line[:indent]}@"):
            first -= 1
        code = textwrap.dedent("\n".join(lines[first:end])).rstrip()
        tree = parse("", code).tree
        if isinstance(tree, ast.Module) and len(tree.body) == 1 and not is_method(tree.body[0]):
            yield code


class _Elisions(ast.NodeTransformer):
    """Functions of which ``...`` leaves out a part do nothing but say so when they are called."""

    found = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if any(_is_elision(each) for each in ast.walk(node)):
            self.found = True
            node.body = ast.parse("raise NameError('the report leaves out a part of this function')").body
        return node


def _is_elision(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is Ellipsis


def without_elisions(code: str) -> str:
    """Python in which functions that leave out a part raise a NameError when they are called."""
    tree, elisions = parse("", code).tree, _Elisions()
    try:
        elisions.visit(tree or ast.Module([], []))
        return ast.unparse(tree) if tree is not None and elisions.found else code
    except RecursionError:
        return code


def _python(text: str) -> str | None:
    """The text without prompts, broken lines and common indentation, if that is Python."""
    raw = _mended(text.split("\n"))
    lines = [_without_prompt(line) for line in raw]
    if any(line.lstrip().startswith(">>>") for line in lines):
        session = [(line, _SESSION.match(line.lstrip())) for line in lines]
        lines = [line.lstrip()[match.end() :] for line, match in session if match]
    lines = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
    tries = ["\n".join(lines), _without_margin(lines), *([_under_prompt(lines)] if len(raw) and lines != raw else [])]
    tries += [_HANGING.sub(r"\1 ", each) for each in tries]
    return next((textwrap.dedent(each) for each in tries if parse("", each).tree is not None), None)


def _without_prompt(line: str) -> str:
    """The line without ``[3]:`` or ``In [3]:`` before it."""
    bare = line.lstrip()
    match = _PROMPT.match(bare[:20])
    return bare[match.end() :] if match else line


def _mended(lines: Sequence[str]) -> list[str]:
    """The lines with those put together that were broken at the margin."""
    found: list[str] = []
    for line in lines:
        match = _GOES_ON.match(line.lstrip()[:20])
        if match is None or not found:
            found.append(line)
            continue
        before = found[-1].rstrip(" \t␣↴")
        found[-1] = before + ("" if before.endswith((".", "(")) else " ") + line.lstrip()[match.end() :]
    return found


def _without_margin(lines: Sequence[str]) -> str:
    """The lines moved left by what all of them but comments are indented."""
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    margin = min((len(line) - len(line.lstrip()) for line in code), default=0)
    return "\n".join(line[margin:] if line[:margin].strip() == "" else line.lstrip() for line in lines)


def _under_prompt(lines: Sequence[str]) -> str:
    """The lines after the first moved left together: the first stood behind a prompt."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    return "\n".join([*lines[: first + 1], textwrap.dedent("\n".join(lines[first + 1 :]))])


def _end_of_block(lines: Sequence[str], start: int, indent: int) -> int:
    """The line after the last one that is indented more than the block's head, but for the lines of its signature."""
    end = start + 1
    depth = lines[start].count("(") - lines[start].count(")")
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip() or line.strip().startswith("```"):
            continue
        if depth <= 0 and len(line) - len(line.lstrip()) <= indent:
            break
        depth += line.count("(") - line.count(")") if depth > 0 else 0
        end = number + 1
    return end


def _is_cut_off(lines: Sequence[str], end: int) -> bool:
    """The listing ends here, and the next one, right after it, may go on with the block: a page lost its indentation."""
    following = [line for line in (each.strip() for each in lines[end : end + 20]) if line]
    if len(following) < 2 or not all(line.startswith("```") for line in following[:2]):
        return False
    first = next((line for line in following[2:] if not line.startswith("#")), "")
    return _BEGINS.match(first) is None


def is_method(node: ast.stmt) -> bool:
    arguments = node.args.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    return bool(arguments) and arguments[0].arg in ("self", "cls")
