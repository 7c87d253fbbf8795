"""Verdicts that took work are kept, and judged anew as soon as anything that decides them is another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.checks import Check
from grader.checks.number import NumberCheck
from grader.model.evidence import Capture, CaptureStatus
from grader.model.values import Text
from grader.model.verdict import Verdict, passed, undecided
from grader.store import verdicts
from grader.store.verdicts import VerdictStore


class Slow(NumberCheck):
    """A check of the kind whose judging is worth keeping."""

    reads_hostile_text = True


class Counting:
    """A judge that counts what it is asked."""

    def __init__(self, verdict: Verdict | None = None) -> None:
        self.asked = 0
        self.verdict = verdict or passed()

    def __call__(self, check: Check, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        self.asked += 1
        return self.verdict


CHECK = Slow(id="x", kind="number", of="x", points=1, value=3)


def text(words: str) -> tuple[Capture, ...]:
    return (Capture(status=CaptureStatus.CAPTURED, value=Text(text=words)),)


def ask(folder: Path, check: Check = CHECK, seen: str = "3", expected: str = "3", judge: Counting | None = None) -> int:
    """How often the judge was asked for one verdict in a new run."""
    judge = judge or Counting()
    remembering = VerdictStore(folder).of("key", judge)
    assert remembering.judge(check, text(seen), text(expected)) == judge.verdict
    remembering.save()
    return judge.asked


def test_the_same_is_judged_once(tmp_path: Path) -> None:
    assert [ask(tmp_path), ask(tmp_path)] == [1, 0]


@pytest.mark.parametrize("change", [{"points": 2}, {"title": "Other"}, {"hint": "Look."}, {"needs": ("y",)}])
def test_points_and_words_change_no_verdict(tmp_path: Path, change: dict[str, object]) -> None:
    assert [ask(tmp_path), ask(tmp_path, CHECK.model_copy(update=change))] == [1, 0]


@pytest.mark.parametrize("change", [{"rtol": 0.5}, {"value": 4}])
def test_a_changed_check_is_judged_anew(tmp_path: Path, change: dict[str, object]) -> None:
    assert [ask(tmp_path), ask(tmp_path, CHECK.model_copy(update=change))] == [1, 1]


@pytest.mark.parametrize("change", [{"seen": "4"}, {"expected": "4"}])
def test_other_captures_are_judged_anew(tmp_path: Path, change: dict[str, str]) -> None:
    assert [ask(tmp_path), ask(tmp_path, **change)] == [1, 1]


def test_changed_code_judges_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(tmp_path) == 1
    monkeypatch.setattr(verdicts, "judging_code", lambda: "other")
    assert ask(tmp_path) == 1


def test_cheap_kinds_are_never_kept(tmp_path: Path) -> None:
    cheap = NumberCheck(id="x", kind="number", of="x", points=1, value=3)
    assert [ask(tmp_path, cheap), ask(tmp_path, cheap)] == [1, 1]
    assert list(tmp_path.iterdir()) == []


def test_what_was_stopped_at_its_limits_is_tried_again(tmp_path: Path) -> None:
    stopped = Counting(undecided("too_much_work"))
    assert [ask(tmp_path, judge=stopped), ask(tmp_path)] == [1, 1]


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 1}'])
def test_a_damaged_file_costs_work_and_nothing_else(tmp_path: Path, damage: bytes) -> None:
    ask(tmp_path)
    (tmp_path / "key.json").write_bytes(damage)
    assert [ask(tmp_path), ask(tmp_path)] == [1, 0]


def test_what_is_asked_no_more_is_dropped(tmp_path: Path) -> None:
    ask(tmp_path, seen="3")
    size = (tmp_path / "key.json").stat().st_size
    ask(tmp_path, seen="4")
    assert (tmp_path / "key.json").stat().st_size == size
    assert ask(tmp_path, seen="3") == 1
