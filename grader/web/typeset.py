"""A student's text as she meant it: Markdown without HTML and pictures, its formulas as MathML of our own."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from grader.reports.filters import markdown
from grader.reports.mathml import mathml

LONGEST = 60_000
_FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<a>.{1,1200}?)\$\$|\\\[(?P<b>.{1,1200}?)\\\]|\\\((?P<c>.{1,1200}?)\\\)"
    r"|(?<![\\$])\$(?P<d>[^\s$](?:[^$\n]{0,1200}?[^\s$\\])?)\$(?!\d)"
    r"|(?P<e>\\begin\{(?:align|equation|gather|multline)\*?\}.{1,1200}?\\end\{(?:align|equation|gather|multline)\*?\})",
    re.DOTALL,
)
"""Bounded, because a text may begin formulas by the thousand and end none."""
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{(?:align|equation|gather|multline)\*?\}")
_MARK = "\ue000{}\ue001"
_MARKED = re.compile("\ue000(\\d+)\ue001")
_MARKS = re.compile("[\ue000\ue001]")


def typeset(text: str) -> Markup:
    """The text as HTML. A formula that cannot be typeset stays as it was written."""
    cut = text[:LONGEST]
    formulas: list[Markup] = []

    def taken_out(match: re.Match[str]) -> str:
        formulas.append(_formula(match))
        return _MARK.format(len(formulas) - 1)

    page = markdown(_FORMULA.sub(taken_out, _MARKS.sub("", cut)))
    whole = _MARKED.sub(lambda match: str(formulas[int(match[1])]), str(page))
    more = Markup("<p class='small'>… {} characters left out</p>").format(len(text) - LONGEST) if len(text) > LONGEST else ""
    return Markup(whole) + more  # noqa: S704 - the renderer escapes, and formulas are built by us


def _formula(match: re.Match[str]) -> Markup:
    is_block = any(match[name] for name in "abe")
    latex = next(match[name] for name in "abcde" if match[name])
    made = mathml(_ENVIRONMENT.sub("", latex).replace("&", " ").strip())
    if not made:
        return Markup("<code>{}</code>").format(escape(match[0]))
    return Markup('<span class="display">{}</span>').format(made) if is_block else made
