"""Finds what a probe names: `name`, `net.fc1.weight`, `history['loss']`, `losses[-1]`; parsed, never evaluated."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"\s*([^\W\d]\w*)\s*")
_STEP = re.compile(
    r"""\s*(?:\.\s*(?P<attribute>[^\W\d]\w*)|\[\s*(?:(?P<index>[+-]?\d{1,12})|'(?P<single>[^']*)'|"(?P<double>[^"]*)")\s*\])\s*"""
)
MOST_NEAREST = 3


@dataclass(frozen=True)
class Step:
    """One step of a path: an attribute, or an item by number or by text."""

    kind: str
    key: int | str


@dataclass(frozen=True)
class Path:
    """A name in the namespace and the steps from there."""

    name: str
    steps: tuple[Step, ...]
    rest: str
    """The steps as written."""


@dataclass(frozen=True)
class Found:
    """What a path led to: the value, the path with the name that was really there, and that name."""

    value: Any
    path: str
    name: str


def parse_path(text: str) -> Path | None:
    """The path in a text of the grammar `name(.attribute | [number] | ['text'])*`; None for any other text."""
    start = _NAME.match(text)
    if start is None:
        return None
    steps = []
    at = start.end()
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return None
        steps.append(_step(match))
        at = match.end()
    return Path(start[1], tuple(steps), text[start.end() :].strip())


def _step(match: re.Match[str]) -> Step:
    if match["attribute"] is not None:
        return Step("attribute", match["attribute"])
    if match["index"] is not None:
        return Step("item", int(match["index"]))
    return Step("item", match["single"] if match["single"] is not None else match["double"])


def find(names: Collection[str], namespace: Mapping[str, Any], hidden: Collection[str] = ()) -> Found | None:
    """The first of the names that is there exactly; else the first that is there but for case and underscores, unambiguously.

    Raises:
        Exception: whatever a student's property or `__getitem__` raises, other than for an absent attribute or item.
    """
    paths = [path for path in map(parse_path, names) if path is not None]
    for path in paths:
        if path.name in namespace and (found := _follow(path, path.name, namespace)):
            return found
    for path in paths:
        alike = [name for name in visible(namespace, hidden) if _plain(name) == _plain(path.name)]
        if len(alike) == 1 and (found := _follow(path, alike[0], namespace)):
            return found
    return None


def is_any_there(names: Collection[str], namespace: Mapping[str, Any], hidden: Collection[str] = ()) -> bool:
    """Whether a path begins with a name that is there, or but for case and underscores. Runs no code of the student's."""
    paths = [path for path in map(parse_path, names) if path is not None]
    there = {_plain(name) for name in visible(namespace, hidden)}
    return any(path.name in namespace or _plain(path.name) in there for path in paths)


def visible(namespace: Mapping[str, Any], hidden: Collection[str] = ()) -> list[str]:
    """The names a student defined: not private, not the interpreter's own."""
    return [name for name in list(namespace) if type(name) is str and not name.startswith("_") and name not in hidden]


def nearest(names: Collection[str], namespace: Mapping[str, Any], hidden: Collection[str] = ()) -> list[str]:
    """The names in the namespace that come closest to those looked for, best first."""
    there = visible(namespace, hidden)
    by_plain: dict[str, list[str]] = {}
    for name in there:
        by_plain.setdefault(_plain(name), []).append(name)
    close: dict[str, None] = {}
    for path in filter(None, map(parse_path, names)):
        if path.name in namespace:
            close[path.name] = None
        for plain in difflib.get_close_matches(_plain(path.name), by_plain, n=MOST_NEAREST, cutoff=0.6):
            close.update(dict.fromkeys(by_plain[plain]))
    return list(close)[:MOST_NEAREST]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _follow(path: Path, name: str, namespace: Mapping[str, Any]) -> Found | None:
    value = namespace[name]
    for step in path.steps:
        try:
            value = getattr(value, str(step.key)) if step.kind == "attribute" else value[step.key]
        except (AttributeError, LookupError, TypeError):
            return None
    return Found(value, name + path.rest, name)
