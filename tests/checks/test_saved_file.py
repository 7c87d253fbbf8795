"""The kind `saved_file`: what a saved file must hold, in which guises, and what each lack costs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks.literals import to_value
from grader.checks.saved_file import SavedFileCheck
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import SavedFile
from grader.model.rubric import Answer
from grader.model.values import Content, Opaque, Pair, Raised, Record, Text
from grader.model.verdict import Status, Verdict

W, B = np.arange(6.0).reshape(2, 3), np.ones(2)
KEYS = {"fc.weight": (2, 3), "fc.bias": (2,)}
GOOD = {"fc.weight": W, "fc.bias": B}


def check(**fields: Any) -> SavedFileCheck:
    return SavedFileCheck(**{"id": "s", "points": 1, "of": "weights", **fields})


def judge(seen: Any, expected: Any = None, **fields: Any) -> Verdict:
    captures = [] if expected is None else [Capture.of(to_value(expected))]
    return check(**fields).judge([Capture.of(to_value(seen))], captures)


CASES = [
    (GOOD, {"keys": KEYS}, Fraction(1), ()),
    (GOOD, {"keys": {"fc.weight": None}}, Fraction(1), ()),
    ({"model": GOOD, "epoch": 3}, {"keys": KEYS}, Fraction(1), ()),
    ({f"module.{k}": v for k, v in GOOD.items()}, {"keys": KEYS}, Fraction(1), ()),
    ({"fc.weight": W}, {"keys": KEYS}, Fraction(1, 2), ("entry_missing",)),
    ({**GOOD, "fc.weight": W.T}, {"keys": KEYS}, Fraction(1, 2), ("entry_shape",)),
    ({"a": W, "b": B}, {"keys": KEYS}, Fraction(0), ("entry_missing", "entry_missing")),
    ({"epoch": 3, "a": W, "b": B}, {"keys": KEYS, "names": False}, Fraction(1), ()),
    ({"b": B, "a": W}, {"keys": KEYS, "names": False}, Fraction(0), ("entry_shape", "entry_shape")),
    (W, {"load": "numpy", "keys": {"": (2, 3)}}, Fraction(1), ()),
    (W.T, {"load": "numpy", "keys": {"": (2, 3)}}, Fraction(0), ("entry_shape",)),
    (GOOD, {}, Fraction(1), ()),
]


@pytest.mark.parametrize(("seen", "fields", "credit", "codes"), CASES)
def test_every_entry_earns_its_share(seen: Any, fields: dict[str, Any], credit: Fraction, codes: tuple[str, ...]) -> None:
    verdict = judge(seen, **fields)
    assert verdict.credit == credit
    assert tuple(part.code for part in verdict.parts) == codes


def test_entries_that_nobody_asked_for_are_noted() -> None:
    verdict = judge({**GOOD, "extra": B}, keys=KEYS)
    assert (verdict.status, verdict.notes[0].facts) == (Status.PASSED, {"keys": ["extra"]})


REFERENCE = [
    (GOOD, {}, Fraction(1), ()),
    ({"fc.weight": W * 2, "fc.bias": B}, {}, Fraction(1), ()),
    ({"fc.weight": W * 2, "fc.bias": B}, {"values": True}, Fraction(1, 2), ("entry_values",)),
    ({"fc.weight": W * np.nan, "fc.bias": B}, {"values": True}, Fraction(1, 2), ("entry_values",)),
    ({"fc.weight": W}, {}, Fraction(1, 2), ("entry_missing",)),
    ({"fc.weight": W}, {"keys": {"fc.weight": None}}, Fraction(1), ()),
]


@pytest.mark.parametrize(("seen", "fields", "credit", "codes"), REFERENCE)
def test_the_references_file_says_what_is_expected(seen: Any, fields: dict[str, Any], credit: Fraction, codes: Any) -> None:
    verdict = judge(seen, GOOD, expect="weights.pt", **fields)
    assert (verdict.credit, tuple(part.code for part in verdict.parts)) == (credit, codes)


@pytest.mark.parametrize(("size", "status"), [(10, Status.PASSED), (9, Status.FAILED), (0, Status.FAILED)])
def test_a_file_that_is_not_loaded_counts_by_its_size(size: int, status: Status) -> None:
    content = Capture.of(Content(name="plot.pdf", size=size, data=np.zeros(size, np.uint8)))
    assert check(load="bytes", at_least=10).judge([content], []).status is status


def raised(kind: str, message: str, module: str = "") -> Capture:
    return Capture(status=CaptureStatus.RAISED, error=Raised(kind=kind, message=message, missing_module=module))


NONE = [
    (Capture(status=CaptureStatus.MISSING, looked_for=("w.pt",)), Status.FAILED, "missing"),
    (Capture(status=CaptureStatus.BOX_FAILED), Status.UNDECIDED, "box_failed"),
    (raised("UnpicklingError", "Weights only load failed"), Status.FAILED, "not_loadable"),
    (raised("ModuleNotFoundError", "no torch", "torch"), Status.UNDECIDED, "environment"),
    (Capture.of(Opaque(python="Net", why="pickled module")), Status.FAILED, "not_carried"),
    (Capture.of(Text(text="W")), Status.FAILED, "file_entries"),
    (
        Capture.of(Record(python="dict", entries=(Pair(key=Text(text="fc.bias"), value=to_value(B)),), length=9)),
        Status.UNDECIDED,
        "cut",
    ),
]


def test_what_a_loader_says_is_told_in_one_plain_line() -> None:
    capture = raised("UnpicklingError", "Weights only load failed, \x1b[1mtwo options\x1b[0m\n (1) ...")
    assert check().judge([capture], []).reason.facts["message"] == "Weights only load failed, two options"


@pytest.mark.parametrize(("capture", "status", "code"), NONE)
def test_a_file_without_its_entries_says_why(capture: Capture, status: Status, code: str) -> None:
    verdict = check(keys=KEYS).judge([capture], [])
    assert (verdict.status, verdict.reason.code) == (status, code)


@pytest.mark.parametrize("expected", [[], [Capture(status=CaptureStatus.MISSING)], [Capture.of(Text(text="?"))]])
def test_a_reference_without_the_file_is_our_fault(expected: list[Capture]) -> None:
    verdict = check(expect="weights.pt").judge([Capture.of(to_value(GOOD))], expected)
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "no_oracle")


def test_the_file_is_probed_by_its_names_and_the_references_by_its_own() -> None:
    answer = Answer(files={"weights": ("*.pt", "*.pth")})
    assert check().probes(answer) == (SavedFile(names=("*.pt", "*.pth"), load="torch"),)
    assert check().expected_probes(answer, []) == ()
    assert check(expect="w.pt").expected_probes(answer, []) == (SavedFile(names=("w.pt",), load="torch"),)


@pytest.mark.parametrize("fields", [{"values": True}, {"load": "bytes", "keys": KEYS}])
def test_fields_that_contradict_each_other_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expect"):
        check(**fields)
