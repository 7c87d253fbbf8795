"""How far an assignment is, as an option of commands."""

from __future__ import annotations

from enum import StrEnum


class StageName(StrEnum):
    """Still open, past its due date, or with its marks published."""

    OPEN = "open"
    DUE = "due"
    PUBLISHED = "published"
