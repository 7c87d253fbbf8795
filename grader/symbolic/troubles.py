"""What can go wrong while a formula is evaluated: it has no value, it is not understood, or it costs too much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Fields: TypeAlias = Mapping[str, str | int]


class Trouble(Exception):
    """A formula could not be given a value; a code and fields, worded by the reports."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields: Fields = fields


class IllFormed(Trouble):
    """What is written has no value (shapes do not fit, an index runs over two ranges): it is wrong."""


class NotUnderstood(Trouble):
    """We cannot tell what is meant (an undeclared name, a construct that is not covered): undecided."""


class OverBudget(Trouble):
    """The work allowed for all readings together is spent: undecided."""


class NoCase(Exception):
    """No case of a definition by cases covers this assignment of the indices."""


class SideTrouble(Exception):
    """A trouble with the side on which it arose."""

    def __init__(self, side: str, trouble: Trouble) -> None:
        super().__init__(side)
        self.side = side
        self.trouble = trouble


def shape_text(shape: tuple[int, ...]) -> str:
    """``2x3``, or ``scalar``."""
    return "x".join(str(size) for size in shape) if shape else "scalar"
