"""Code that a report shows, found in its text: listings in fences, and functions and classes by their indentation.

A listing in a report is an excerpt: what it takes from elsewhere in the report (imports, functions, classes) is put before it,
and what it takes from nowhere stays missing. Pages that cut a listing in two, prompts and the printed output between listings
are what a PDF leaves of a notebook.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.checks.names import USUAL, parse

LONGEST = 200_000
"""Characters of a text in which code is looked for."""
_FENCE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,})(?P<info>[^\n`]*)\n(?P<code>.*?)(?:^[ \t]*(?P=mark)[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_PYTHON = re.compile(r"\s*(?:(?:i?python3?|py3?|pycon|\{?\.?python\}?).*)?", re.IGNORECASE)
_PROMPT = re.compile(r"^(?P<indent>[ \t]*)(?:In ?)?\[[ \d*]{0,4}\]:(?P<space> ?)", re.MULTILINE)
_SESSION = re.compile(r"^\s*(?:>>>|\.\.\.) ?")
_BROKEN_LINE = re.compile(r"[ \t]*[␣↴]?[ \t]*\n[ \t]*(?:↪|˓→|\\hookrightarrow) ?")
_DEFINITION = re.compile(r"^(?P<indent>[ \t]*)(?:class|def|async def)\s+\w+")
_BEGINS = re.compile(r"(?:class|def|async def|import|from|if __name__)\b|@|```|$")
"""What stands at the left of a page for good."""
_IMPORT = re.compile(r"^[ \t]*(?:import|from)\s+\w[^\n]*", re.MULTILINE)
_BUILTIN = frozenset(dir(builtins))
_IMPORTED = {**USUAL, "optim": "torch.optim", **{name: name for name in ("torch", "numpy", "math", "random")}}
"""What reports take for granted; their listings seldom repeat the imports."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What a piece of code binds, and what it takes from outside."""

    bound: frozenset[str]
    taken: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Python that runs as one cell; `is_shown` where it is the report's own, not what is put before it."""

    text: str
    is_shown: bool = True


def cells_of(section: str, whole: str, wanted: Sequence[str], before: str = "") -> tuple[Source, ...]:
    """The code under a heading in the order in which it runs, what it needs from the `whole` report before it.

    `wanted` are names the question looks for: a function or class of that name may stand anywhere in the report. Nothing, where
    neither the section shows code nor any of these is found.
    """
    shown = [code for listing in listings(section) for code in runnable(listing)]
    own = [_names(code) for code in shown]
    given = _names(before).bound
    bound = given.union(*(each.bound for each in own))
    missing = [name for name in (*(name for each in own for name in sorted(each.taken)), *wanted) if name not in bound]
    found = _from_elsewhere(whole, missing, bound)
    if not shown and not any(source.is_shown for source in found):
        return ()
    first = (Source(before, is_shown=False),) if before.strip() else ()
    return (*first, *found, *(Source(code) for code in shown))


def listings(text: str) -> Iterator[str]:
    """The fenced Python of a text; two fences with nothing between them are one listing that a page cut in two."""
    parts: list[str] = []
    last = None
    for match in _FENCE.finditer(text[:LONGEST]):
        if not _PYTHON.fullmatch(match["info"]):
            continue
        if last is not None and text[last : match.start()].strip():
            yield from _joined(parts)
            parts = []
        parts.append(match["code"])
        last = match.end()
    yield from _joined(parts)


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """All parts as one where that is Python, else each by itself."""
    whole = "\n".join(parts)
    yield from [whole] if len(parts) > 1 and _python(whole) is not None else parts


def runnable(listing: str) -> tuple[str, ...]:
    """A listing as Python; where it is none as a whole, what it defines."""
    code = _python(listing)
    if code is None:
        return tuple(_without_elisions(definition) for definition in _blocks(listing))
    return (_without_elisions(code),) if code.strip() else ()


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


def _without_elisions(code: str) -> str:
    tree, elisions = ast.parse(code), _Elisions()
    elisions.visit(tree)
    return ast.unparse(tree) if elisions.found else code


def _python(text: str) -> str | None:
    """The text without prompts, broken lines and common indentation, if that is Python."""
    text = _BROKEN_LINE.sub(lambda m: "" if text[: m.start()].endswith((".", "(")) else " ", text)
    prompts = [match["space"] for match in _PROMPT.finditer(text)]
    text = _PROMPT.sub("", text)
    lines = text.split("\n")
    if any(line.lstrip().startswith(">>>") for line in lines):
        lines = [_SESSION.sub("", line) for line in lines if _SESSION.match(line)]
    lines = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
    plain = "\n".join(lines)
    for each in (plain, _without_margin(lines)) if not prompts else (plain, _without_margin(lines), _under_prompt(lines)):
        if parse("", each).tree is not None:
            return textwrap.dedent(each)
    return None


def _without_margin(lines: Sequence[str]) -> str:
    """The lines moved left by what all of them but comments are indented."""
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    margin = min((len(line) - len(line.lstrip()) for line in code), default=0)
    return "\n".join(line[margin:] if line[:margin].strip() == "" else line.lstrip() for line in lines)


def _under_prompt(lines: Sequence[str]) -> str:
    """The lines after the first moved left together: the first stood behind a prompt."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    return "\n".join([*lines[: first + 1], textwrap.dedent("\n".join(lines[first + 1 :]))])


def _definitions(text: str) -> dict[str, str]:
    """The functions and classes of a text by name; a name that is defined in several ways is left out."""
    found: dict[str, set[str]] = {}
    for code in _blocks(text[:LONGEST]):
        for name in _names(code).bound:
            found.setdefault(name, set()).add(_without_elisions(ast.unparse(ast.parse(code))))
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def _blocks(text: str) -> Iterator[str]:
    """Every function and class that a text holds, by its indentation, whatever stands around it; no methods by themselves."""
    lines = _PROMPT.sub("", text).split("\n")
    inside = -1
    for number, line in enumerate(lines):
        match = _DEFINITION.match(line)
        if match is None or number <= inside:
            continue
        end = _end_of_block(lines, number, len(match["indent"]))
        inside = end - 1
        if _is_cut_off(lines[end:]):
            continue
        first = number
        while first and lines[first - 1].startswith(f"{match['indent']}@"):
            first -= 1
        code = textwrap.dedent("\n".join(lines[first:end])).rstrip()
        tree = parse("", code).tree
        if isinstance(tree, ast.Module) and len(tree.body) == 1 and not _is_method(tree.body[0]):
            yield code


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


def _is_cut_off(following: Sequence[str]) -> bool:
    """The listing ends here, and the next one, right after it, may go on with the block: a page lost its indentation."""
    if len(following) < 2 or not following[0].lstrip().startswith("```"):
        return False
    after = (line.strip() for line in following[1:])
    begun = next((line for line in after if line), "")
    if not begun.startswith("```"):
        return False
    first = next((line for line in after if line and not line.startswith("#")), "")
    return _BEGINS.match(first) is None


def _is_method(node: ast.stmt) -> bool:
    arguments = node.args.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    return bool(arguments) and arguments[0].arg in ("self", "cls")


def _from_elsewhere(whole: str, needed: Sequence[str], bound: Collection[str]) -> list[Source]:
    """The report's imports and definitions of these names, and what they need in turn; the usual imports for the rest."""
    imports, definitions = dict(_imports(whole)), _definitions(whole)
    before: dict[str, None] = {}
    after: list[Source] = []
    waiting, done = list(needed), set(bound)
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        if name in imports:
            before[imports[name]] = None
        elif name in definitions:
            after.insert(0, Source(definitions[name]))
            waiting += sorted(_names(definitions[name]).taken)
        elif name in _IMPORTED:
            before[f"import {_IMPORTED[name]} as {name}"] = None
    return [*(Source(line, is_shown=False) for line in before), *after]


def _imports(text: str) -> Iterator[tuple[str, str]]:
    """Names with the lines of a text that import them."""
    for match in _IMPORT.finditer(_PROMPT.sub("", text[:LONGEST])):
        line = match[0].strip()
        tree = parse("", line).tree
        if isinstance(tree, ast.Module) and all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body):
            yield from ((name, line) for name in _names(line).bound)


def _names(code: str) -> _Names:
    tree = parse("", code).tree
    nodes: Iterable[ast.AST] = ast.walk(tree) if tree is not None else ()
    bound: set[str] = set()
    loaded: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
    return _Names(frozenset(bound), frozenset(loaded - bound - _BUILTIN))
