"""Formulas for a page: LaTeX that we wrote ourselves as MathML, built anew from known elements; else nothing."""

from __future__ import annotations

from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 1_200
"""Longer formulas stay plain text."""
_ELEMENTS = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "msub", "msup", "msubsup", "mfrac", "msqrt"}
    | {"mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd"}
)
_ATTRIBUTES = frozenset(
    ("display", "stretchy", "fence", "form", "width", "columnalign", "mathvariant", "accent", "linethickness", "displaystyle")
)
_SPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(maxsize=4_000)
def mathml(latex: str) -> Markup:
    """The formula as MathML; empty where it is too long or holds what MathML of ours does not."""
    if not latex or len(latex) > LONGEST:
        return Markup("")
    try:
        from latex2mathml.converter import convert_to_element

        return _written(convert_to_element(latex))
    except Exception:  # a formula that cannot be typeset is shown as text
        return Markup("")


def _written(element: Element) -> Markup:
    """The element with everything in it escaped.

    Raises:
        ValueError: for an element that is not on the list.
    """
    tag = element.tag.removeprefix(_SPACE)
    if tag not in _ELEMENTS:
        raise ValueError(tag)
    kept = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES}
    attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in kept.items())
    inner = Markup("").join([escape(unescape(element.text or "")), *(_written(child) for child in element)])
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), attributes, inner)  # noqa: S704 - the tag is on the list
