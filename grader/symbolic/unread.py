"""The one exception of the readers; it never leaves the package."""

from __future__ import annotations

from grader.symbolic.reading import Problem
from grader.symbolic.tree import Span


class Unread(Exception):
    """Raised where text cannot be understood; carries the `Problem` that is reported instead."""

    def __init__(self, span: Span, code: str, text: str) -> None:
        super().__init__(text)
        self.problem = Problem(span, code, text)
