"""Read mathematics that a student wrote: the public way in.

Every function returns a `Reading`, for any input whatever: what is not understood is a `Problem` with its place, and a `Side`
without a tree. Nothing is guessed where a reader of the printed formula could not tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from grader.symbolic import limits
from grader.symbolic.cases_in_words import Condition, condition_at
from grader.symbolic.chains import Chains
from grader.symbolic.displays import Formula, Found, formulas
from grader.symbolic.flatten import CHAINING, flatten
from grader.symbolic.macros import Definitions, definitions, expand
from grader.symbolic.names import Names
from grader.symbolic.numpy_style import numpy_statements
from grader.symbolic.physics import KNOWN, with_fractions
from grader.symbolic.pieces import outside
from grader.symbolic.reading import Chain, Problem, Reading, Symbols
from grader.symbolic.sympy_style import sympy_statements
from grader.symbolic.tokens import tokenize
from grader.symbolic.tree import Span
from grader.symbolic.unmarked import blocks, read_block, with_whole_scripts
from grader.symbolic.unread import Unread

_DELIMITED: Final = re.compile(r"(?<!\\)(?:\$|\\\[|\\\()")
_SYMPY: Final = re.compile(
    r"\b(?:diff|Derivative|Matrix|Sum|Transpose|HadamardProduct|KroneckerProduct|Rational|Piecewise|Trace|MatMul|MatAdd|Eq|Identity|"
    r"Inverse|sympy|sp|HadamardPower|ZeroMatrix|OneMatrix)\s*[.(]"
)
_NUMPY: Final = re.compile(
    r"\b(?:np|numpy|torch|F|nn|jnp)\.\w|@|\.T\b|\*\*|\.(?:sum|mean|max|dot|reshape|transpose|exp|log|mm|matmul|t|view)\(|axis\s*=|dim\s*=|keepdim|"
    r"\w\[[^\]]*\]"
)


def read_latex(text: str, symbols: Symbols) -> Reading:
    """Read one formula or display in LaTeX; a text with ``$`` or ``\\[`` in it is read as a document."""
    if _DELIMITED.search(text):
        return _guarded(text, lambda: _read_document(text, symbols, every=True))
    return _guarded(text, lambda: _read_display(text, symbols))


def read_document(text: str, symbols: Symbols, *, unmarked: bool = False) -> Reading:
    """Read every display of a Markdown or LaTeX text, and those inline formulas that state something (``z = Wx + b``).

    ``unmarked`` reads code in back ticks and lines that are nothing but an equation as well.
    """
    return _guarded(text, lambda: _read_document(text, symbols, every=False, unmarked=unmarked))


def read_numpy(text: str, symbols: Symbols) -> Reading:
    """Read expressions and assignments in the style of NumPy or torch; nothing is executed."""
    return _guarded(text, lambda: numpy_statements(text, Names.of(symbols)))


def read_sympy(text: str, symbols: Symbols) -> Reading:
    """Read expressions, assignments and ``Eq(a, b)`` in sympy source; nothing is executed."""
    return _guarded(text, lambda: sympy_statements(text, Names.of(symbols)))


def read_formula(text: str, symbols: Symbols) -> Reading:
    """Read one expression, in LaTeX, NumPy style or sympy source, whichever it looks like."""
    reading = _by_style(text)(text, symbols)
    sides = [side for chain in reading.chains for side in chain.sides]
    if len(sides) > 1:
        problem = Problem(sides[1].span, "unexpected", "one expression was expected, without an equals sign or a comma")
        return Reading(text, (), (*reading.problems, problem))
    if not sides and not reading.problems:
        return Reading(text, (), (Problem((0, len(text)), "incomplete", "no formula was found"),))
    return reading


def caret(source: str, span: Span) -> str:
    """Two lines: the line of the source where a span begins, shortened to what surrounds it, and a caret under the span."""
    start = min(max(span[0], 0), len(source))
    begin = source.rfind("\n", 0, start) + 1
    end = source.find("\n", start)
    end = len(source) if end < 0 else end
    left, right = max(begin, start - 50), min(end, max(span[1], start) + 40, start + 110)
    shown = "".join(mark if mark.isprintable() else " " for mark in source[left:right])
    before, after = "…" * (left > begin), "…" * (right < end)
    width = max(1, min(span[1], right) - start)
    return f"{before}{shown}{after}\n{' ' * (len(before) + start - left)}{'^' * width}"


def _by_style(text: str) -> Callable[[str, Symbols], Reading]:
    if "\\" in text or "$" in text or re.search(r"[_^]\s*\{|\^", text) or not text.isascii():
        return read_latex
    if _SYMPY.search(text):
        return read_sympy
    return read_numpy if _NUMPY.search(text) else read_latex


def _guarded(text: str, rule: Callable[[], Reading]) -> Reading:
    """Turn every refusal into a `Problem`; nothing escapes, whatever the input."""
    try:
        return rule()
    except Unread as unread:
        return Reading(text, (), (unread.problem,))
    except (RecursionError, MemoryError):
        return Reading(text, (), (Problem((0, min(len(text), 40)), "too-deep", "this formula is nested too deeply"),))


def _read_display(text: str, symbols: Symbols) -> Reading:
    defined = definitions(text)
    return _read_range(text, (0, len(text)), Names.of(symbols), defined)


def _read_range(text: str, span: Span, names: Names, defined: Definitions, *, typed: bool = False) -> Reading:
    tokens = []
    start = span[0]
    if span[1] - start > limits.CHARACTERS:
        raise Unread((start, start + 40), "too-long", f"a formula longer than {limits.CHARACTERS} characters")
    for begin, end in (*(inner for inner in defined.spans if span[0] <= inner[0] and inner[1] <= span[1]), (span[1], span[1])):
        tokens.extend(tokenize(text, start, begin))
        start = end
    if typed:
        tokens = with_whole_scripts(tokens)
    return Chains(text, names).read(with_fractions(expand(tokens, {**KNOWN, **defined.macros})))


def _read_document(text: str, symbols: Symbols, every: bool, unmarked: bool = False) -> Reading:
    if len(text) > limits.DOCUMENT_CHARACTERS:
        raise Unread((0, 40), "too-long", f"a document longer than {limits.DOCUMENT_CHARACTERS} characters")
    names, defined, found = Names.of(symbols), definitions(text), formulas(text)
    chains: list[Chain] = []
    problems = list(found.problems)
    left = limits.FORMULA_CHARACTERS
    condition: Condition | None = None
    for formula in found.formulas:
        left -= formula.span[1] - formula.span[0]
        if left < 0:
            problems.append(Problem(formula.span, "too-long", "more formulas than are read from one document"))
            break
        reading = _read_one(text, formula, names, defined, every)
        chains.extend(reading.chains if condition is None else condition.put_on(text, formula.span[0], reading.chains))
        condition = condition_at(text, formula) or condition
        problems.extend(reading.problems)
    if unmarked:
        chains.extend(_unmarked(text, found, names, defined, left))
        chains.sort(key=lambda chain: chain.sides[0].span[0])
    return Reading(text, tuple(chains), tuple(problems[: limits.PROBLEMS]))


def _unmarked(text: str, found: Found, names: Names, defined: Definitions, left: int) -> list[Chain]:
    """The chains that stand without marks, up to so many characters."""
    chains: list[Chain] = []
    for block in blocks(text, found):
        left -= block.span[1] - block.span[0]
        if left >= 0:
            chains.extend(read_block(text, block, names, lambda span: _read_span(text, span, names, defined)))
    return chains


def _read_span(text: str, span: Span, names: Names, defined: Definitions) -> Reading:
    return _guarded(text, lambda: _read_range(text, span, names, defined, typed=True))


def _read_one(text: str, formula: Formula, names: Names, defined: Definitions, every: bool) -> Reading:
    try:
        if not formula.display and not every and not _states(text, formula.span):
            return Reading(text, ())
        return _read_range(text, formula.span, names, defined)
    except Unread as unread:
        return Reading(text, (), (unread.problem,))
    except RecursionError:
        return Reading(text, (), (Problem(formula.span, "too-deep", "this formula is nested too deeply"),))


def _states(text: str, span: Span) -> bool:
    """True when an inline formula has a relation of its own, outside brackets."""
    tokens = flatten(tokenize(text, *span))
    return any(tokens[place].text in CHAINING for place in outside(tokens))
