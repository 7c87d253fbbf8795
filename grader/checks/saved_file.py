"""Kind `saved_file`: a file the submission left, with the entries and shapes it must have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal
from grader.checks.blame import environment_fault
from grader.checks.compare import Closeness, compare
from grader.checks.literals import as_array, as_text, describe, is_cut
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Probe, SavedFile
from grader.model.rubric import Answer
from grader.model.values import Array, Content, Opaque, Record, Value
from grader.model.verdict import Reason, Verdict, failed, graded, passed, undecided

WHOLE = ""
"""The key of a file that is a single array (``.npy``)."""
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """What one key must hold: a shape (None: any), and the values where they are compared."""

    shape: tuple[int, ...] | None = None
    values: NDArray[Any] | None = None


class SavedFileCheck(Check):
    """A saved file that loads without running anything in it (``weights_only=True``, no pickle), with these keys and shapes."""

    kind: Literal["saved_file"] = "saved_file"
    of: str
    """A key of the question's ``answer``: file names or glob patterns under ``files``."""
    load: Literal["torch", "numpy", "bytes"] = "torch"
    """How it is loaded: weights, arrays, or not at all (then only its size counts)."""
    keys: dict[str, tuple[Annotated[int, Field(ge=0)], ...] | None] = Field(default_factory=dict)
    """Entries it must have and their shapes, null for any shape; the key "" is a file of a single array."""
    expect: str = ""
    """The reference's file, whose keys and shapes are expected (those of `keys` alone, where both are given)."""
    names: bool = True
    """Whether the keys themselves must agree; otherwise only the shapes, in order."""
    values: bool = False
    """Whether the values must be those of the reference's file."""
    rtol: float = Field(default=1e-4, ge=0, lt=1)
    """Tolerance of the values relative to each expected entry."""
    atol: float = Field(default=1e-6, ge=0)
    """Absolute tolerance of the values."""
    at_least: int = Field(default=1, ge=1)
    """Bytes the file must have, with ``load: bytes``."""

    @model_validator(mode="after")
    def _fits_together(self) -> SavedFileCheck:
        if self.values and not self.expect:
            raise ValueError("`values` needs the reference's file in `expect`")
        if self.load == "bytes" and (self.keys or self.expect):
            raise ValueError("with `load: bytes` nothing is loaded: `keys` and `expect` have no meaning")
        return self

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        return (SavedFile(names=answer.places[self.of], load=self.load),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        name = oracle or self.expect
        return (SavedFile(names=(name,), load=self.load),) if name else ()

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if fault := oracle_fault(expected):
            return fault
        wanted = self._wanted(expected)
        if wanted is None:
            return undecided("no_oracle", status="captured", message="the reference's file holds no arrays", names=[self.expect])
        capture = first_captured(seen)
        if capture.status is CaptureStatus.RAISED and capture.error and not environment_fault(capture.error):
            return at(capture, failed("not_loadable", kind=capture.error.kind, message=_first_line(capture.error.message)))
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail=capture.detail)
        return at(capture, self._judge_value(capture.value, wanted))

    def _wanted(self, expected: Sequence[Capture]) -> Mapping[str, Entry] | None:
        """What must be in the file; None when the reference's file does not tell."""
        if not expected:
            return None if self.expect else {key: Entry(shape) for key, shape in self.keys.items()}
        right = entries_of(expected[0].value) if expected[0].value is not None else {}
        if not right or any(key not in right for key in self.keys):
            return None
        chosen = {key: right[key] for key in self.keys or right}
        return {key: Entry(array.shape, array if self.values else None) for key, array in chosen.items()}

    def _judge_value(self, value: Value, wanted: Mapping[str, Entry]) -> Verdict:
        if isinstance(value, Content):
            enough = value.size >= self.at_least
            return passed(size=value.size) if enough else failed("file_small", seen=value.size, expected=self.at_least)
        if isinstance(value, Opaque):
            return not_readable(value, "saved arrays")
        entries: Mapping[str, NDArray[Any]] = entries_of(value)
        if not wanted:
            return passed(entries=len(entries)) if entries else not_readable(value, "saved arrays")
        entries = _under_wanted_names(entries, wanted) if self.names else _in_order(entries, wanted)
        reasons = tuple(reason for key, entry in wanted.items() if (reason := self._entry(key, entries.get(key), entry)))
        if reasons and is_cut(value):
            return undecided("cut", seen_type=describe(value))
        credit = Fraction(len(wanted) - len(reasons), len(wanted))
        verdict = graded(
            credit, "right" if credit == 1 else "file_entries", right=len(wanted) - len(reasons), entries=len(wanted)
        )
        extra = sorted(set(entries) - set(wanted))[:20]
        notes = (Reason(code="file_extra", facts={"keys": extra}),) if extra else ()
        return verdict.model_copy(update={"parts": reasons, "notes": notes})

    def _entry(self, key: str, seen: NDArray[Any] | None, wanted: Entry) -> Reason | None:
        """What is wrong with one entry, None if nothing."""
        if seen is None:
            return Reason(code="entry_missing", facts={"key": key})
        if wanted.shape is not None and seen.shape != wanted.shape:
            return Reason(code="entry_shape", facts={"key": key, "seen": list(seen.shape), "expected": list(wanted.shape)})
        if wanted.values is None:
            return None
        mismatch = compare(seen, wanted.values, Closeness(self.rtol, self.atol))
        return Reason(code="entry_values", facts={"key": key, **mismatch.reason().facts}) if mismatch else None


def _first_line(message: str) -> str:
    """The first line without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", message[:2000]).strip().partition("\n")[0][:300]


def entries_of(value: Value) -> dict[str, NDArray[Any]]:
    """The arrays in a loaded file by dotted key; a checkpoint's inner dicts are opened, a single array has the key ""."""
    return dict(_entries(value, WHOLE, DEEPEST))


def _entries(value: Value, key: str, depth: int) -> Iterator[tuple[str, NDArray[Any]]]:
    if isinstance(value, Record):
        for pair in value.entries if depth else ():
            inner = as_text(pair.key, 200)
            yield from _entries(pair.value, f"{key}.{inner}" if key else inner, depth - 1)
        return
    array = as_array(value) if isinstance(value, Array) or key else None
    if array is not None:
        yield key, array


def _under_wanted_names(entries: Mapping[str, NDArray[Any]], wanted: Mapping[str, Entry]) -> Mapping[str, NDArray[Any]]:
    """The entries without a common prefix (``model_state_dict.``, ``module.``) where that makes more of them the wanted ones."""
    found = entries
    prefixes = {key[: -len(name)] for key in entries for name in wanted if name and key.endswith(f".{name}")}
    for prefix in sorted(prefixes):
        inner = {key.removeprefix(prefix): array for key, array in entries.items() if key.startswith(prefix)}
        if len(inner.keys() & wanted.keys()) > len(found.keys() & wanted.keys()):
            found = inner
    return found


def _in_order(entries: Mapping[str, NDArray[Any]], wanted: Mapping[str, Entry]) -> Mapping[str, NDArray[Any]]:
    """The arrays in their order under the wanted names; single numbers (an epoch, a loss) are passed over."""
    arrays = [array for array in entries.values() if np.ndim(array)] or list(entries.values())
    return dict(zip(wanted, arrays, strict=False))
