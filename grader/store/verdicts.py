"""Verdicts that took work (a derivation decided line by line), kept so that judging the same again costs nothing.

A verdict is found again by everything that decides it: the check's fields but for points and words shown, what was seen, what was
expected, and the source of the code that judges. One file a submission, because each is judged by one process at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from grader.checks import Check
from grader.model.evidence import Capture
from grader.model.verdict import Verdict
from grader.store.code import code_of
from grader.store.files import write_atomically

Judge: TypeAlias = Callable[[Check, Sequence[Capture], Sequence[Capture]], Verdict]

DECIDES_NOTHING = {"points", "title", "hint", "visibility", "needs"}
"""Fields of a check that its judgement does not look at."""
NOT_KEPT = "too_much_work"
"""The reason of verdicts that depend on how busy the machine was."""


class VerdictStore:
    """The kept verdicts of a run folder, by submission."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, key: str, judge: Judge) -> Remembering:
        """A judge for the submission whose evidence has this key: it asks `judge` only for what is not kept."""
        return Remembering(self.folder / f"{key}.json", judge)


class Remembering:
    """Judges one submission with what is remembered of it."""

    def __init__(self, path: Path, judge: Judge) -> None:
        self._path = path
        self._judge = judge
        self._kept = _read(path)
        self._used: dict[str, str] = {}

    def judge(self, check: Check, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        """The verdict, of checks whose judging is cheap always anew."""
        if not check.reads_hostile_text:
            return self._judge(check, seen, expected)
        key = _key(check, seen, expected)
        try:
            verdict = Verdict.model_validate_json(self._kept[key])
        except (KeyError, ValidationError):
            verdict = self._judge(check, seen, expected)
        if verdict.reason.code != NOT_KEPT:
            self._used[key] = verdict.model_dump_json()
        return verdict

    def save(self) -> None:
        """Keep what was used; what no check asks for any more is dropped."""
        if self._used != self._kept:
            write_atomically(self._path, json.dumps(self._used))


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _key(check: Check, seen: Sequence[Capture], expected: Sequence[Capture]) -> str:
    captures = [[capture.model_dump_json() for capture in group] for group in (seen, expected)]
    what = [judging_code(), check.model_dump_json(exclude=DECIDES_NOTHING), *captures]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:32]


@cache
def judging_code() -> str:
    """Digest of the source of all that judges: with another version of it, kept verdicts do not count."""
    return code_of("model", "symbolic", "checks")
