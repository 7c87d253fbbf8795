"""Whether two students gave the same answer: a digest of what was captured, apart from where it stood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

PLACES = frozenset(
    ("place", "part", "cell", "cells", "heading", "headings", "variable", "seconds", "looked_for", "nearest", "detail")
)
"""Fields that say where something was found, and how long it took."""


def answer_digest(captures: Iterable[Mapping[str, Any] | None]) -> str:
    """The digest of an answer's captures, as they are stored; "" where nothing was captured, so that nothing is known of it.

    White space counts only at the beginning of a line of code.
    """
    found = [capture for capture in captures if capture is not None]
    if not any(capture.get("status") == "captured" for capture in found):
        return ""
    return hashlib.sha256(json.dumps([essence(capture) for capture in found], sort_keys=True).encode()).hexdigest()


def essence(value: Any, is_code: bool = False) -> Any:
    """What counts of a stored value: all but the places, its texts with single spaces."""
    if isinstance(value, str):
        return _code(value) if is_code else " ".join(value.split())
    if isinstance(value, list):
        return [essence(item, is_code) for item in value]
    if isinstance(value, dict):
        if value.get("type") == "source":
            return ["source", *(essence(text, is_code=True) for text in value.get("texts", {}).values())]
        return {key: essence(inner, is_code) for key, inner in value.items() if key not in PLACES}
    return value


def _code(text: str) -> str:
    lines = (line.rstrip().expandtabs() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
