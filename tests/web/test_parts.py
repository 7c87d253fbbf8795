"""The small parts: which answers are equal, and when scores are brought up to date."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from grader.web.answers import answer_digest
from grader.web.updates import Progress, Task, Updates

HW = Task(Path("out"), Path("hw.yaml"), frozenset())


def captured(**value: Any) -> dict[str, Any]:
    return {"status": "captured", "value": value, "place": {"part": value.get("part", "a.ipynb")}, "seconds": 0.1}


def section(text: str, part: str = "a.ipynb") -> dict[str, Any]:
    return captured(type="section", part=part, heading=f"Why ({part})", text=text, cells=[1])


def code(text: str) -> dict[str, Any]:
    return captured(type="source", texts={"a.py": text})


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (section("It is so."), section("It  is\n so. ", "b.ipynb"), True),
        (section("It is so."), section("It is not so."), False),
        (code("if x:\n    y()  \n"), code("if x:\n    y()\n\n"), True),
        (code("if x:\n    y()\nz()"), code("if x:\n    y()\n    z()"), False),
        (captured(type="array", data={"blob": "a"}), captured(type="array", data={"blob": "b"}), False),
    ],
    ids=["space", "words", "lines", "indentation", "arrays"],
)
def test_equal_answers_differ_in_place_and_white_space_only(one: dict[str, Any], other: dict[str, Any], equal: bool) -> None:
    assert (answer_digest([one]) == answer_digest([other])) is equal


@pytest.mark.parametrize("captures", [[], [None], [{"status": "missing"}], [{"status": "box_failed"}]])
def test_where_nothing_was_captured_nothing_is_known_of_the_answer(captures: list[Any]) -> None:
    assert answer_digest(captures) == ""


def test_decisions_are_brought_up_to_date_together() -> None:
    done: list[Task] = []
    updates = Updates(done.append, quiet=3600)
    updates.note(HW, ["aster"])
    updates.note(HW, ["birch", "aster"])
    assert updates.progress == Progress(2)
    assert updates.catch_up() == Progress(0)
    assert [task.among for task in done] == [{"aster", "birch"}]
    assert updates.catch_up() == Progress(0)
    assert len(done) == 1


def test_after_a_quiet_while_it_happens_by_itself() -> None:
    done = threading.Event()
    updates = Updates(lambda _: done.set(), quiet=0.01)
    updates.note(HW, ["aster"])
    assert done.wait(30)


def test_whoever_is_in_a_hurry_waits_for_a_while_only() -> None:
    may_go_on = threading.Event()
    updates = Updates(lambda _: may_go_on.wait(30), quiet=3600)
    updates.note(HW, ["aster"])
    assert not updates.hurry(0.01)
    assert updates.progress == Progress(1)
    may_go_on.set()
    assert updates.catch_up() == Progress(0)
    assert updates.hurry(30)


def test_what_fails_is_said_and_tried_again() -> None:
    broken = [True]

    def work(_: Task) -> None:
        if broken.pop():
            broken.append(False)
            raise ZeroDivisionError("a bug of ours")

    updates = Updates(work, quiet=3600)
    updates.note(HW, ["aster"])
    assert updates.catch_up() == Progress(1, "a bug of ours")
    assert updates.catch_up() == Progress(0)
