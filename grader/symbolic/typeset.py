"""A tree as it was read: `to_latex` for a page, `to_text` for a terminal."""

from __future__ import annotations

from grader.symbolic.typeset_latex import to_latex
from grader.symbolic.typeset_text import to_text

__all__ = ["to_latex", "to_text"]
