"""Corrections: appended under a lock, never edited; the last one counts, and what was withdrawn does not."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest

from grader.errors import WriteError
from grader.model.report import CorrectedReading, Correction, Override, Withdrawal
from grader.store.corrections import Corrections, in_force

ABOUT = {
    "submission": "aster",
    "question": "1",
    "check": "why",
    "author": "ta1",
    "reason": "read",
    "time": "2026-02-03T10:00:00Z",
}


def points(value: str, **more: str) -> Override:
    return Override.model_validate({**ABOUT, "points": value, **more})


def reading(value: str) -> CorrectedReading:
    return CorrectedReading.model_validate({**ABOUT, "read": value})


def withdrawal(what: str) -> Withdrawal:
    return Withdrawal.model_validate({**ABOUT, "withdraws": what})


def test_lines_of_every_kind_come_back_as_they_were_written(tmp_path: Path) -> None:
    lines: tuple[Correction, ...] = (points("1/3", note="ask \u2028 again\n"), reading("14.5"), withdrawal("points"))
    log = Corrections(tmp_path / "overrides.jsonl")
    assert log.append(lambda _: lines) == lines
    assert log.read() == lines
    assert len(log.path.read_bytes().splitlines()) == 3


def test_what_is_appended_leaves_the_lines_before_it_byte_for_byte(tmp_path: Path) -> None:
    log = Corrections(tmp_path / "overrides.jsonl")
    first = points("1").model_dump_json(indent=None)
    log.path.write_text(f"\n{first}")  # by hand, and without an end of line
    log.append(lambda found: [points(str(len(found) + 1))])
    assert log.path.read_text().startswith(f"\n{first}\n")
    assert [o.points for o in log.read() if isinstance(o, Override)] == [1, 2]


def test_nothing_is_written_where_there_is_nothing_to_say(tmp_path: Path) -> None:
    log = Corrections(tmp_path / "overrides.jsonl")
    assert log.append(lambda _: ()) == ()
    assert not log.path.exists()


def test_two_who_write_at_the_same_time_lose_nothing_and_see_each_other(tmp_path: Path) -> None:
    path = tmp_path / "overrides.jsonl"

    def count(_: int) -> None:
        Corrections(path).append(lambda found: [points(str(len(found)))])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(24)))
    assert [o.points for o in Corrections(path).read() if isinstance(o, Override)] == [Fraction(n) for n in range(24)]


def test_on_a_full_disk_nothing_is_kept_by_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Corrections(tmp_path / "overrides.jsonl")
    log.append(lambda _: [points("1")])
    before = log.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("grader.store.corrections.os.fsync", full)
    with pytest.raises(WriteError, match="No space left"):
        log.append(lambda _: [points("2")])
    assert log.path.read_bytes() == before


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([points("1"), points("2")], ["2"]),
        ([points("1"), withdrawal("points")], []),
        ([points("1"), reading("5"), withdrawal("points")], ["5"]),
        ([points("1"), withdrawal("read")], ["1"]),
        ([points("1"), withdrawal("points"), points("3")], ["3"]),
        ([points("1"), points("2", check="else")], ["1", "2"]),
    ],
    ids=["last", "withdrawn", "reading stays", "points stay", "given again", "another check"],
)
def test_the_last_correction_of_a_check_is_in_force_unless_it_was_withdrawn(lines: list[Correction], left: list[str]) -> None:
    assert [str(c.points) if isinstance(c, Override) else c.read for c in in_force(lines)] == left
