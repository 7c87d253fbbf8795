"""How a part's process answers: in a fork of its own, or at once where no code of the student's is needed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.inside import forks, worker
from grader.sandbox.inside.channel import Channel
from grader.sandbox.inside.libraries import Lacking

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


class Speaker:
    """A session whose answers are its probes, and for which some are absent."""

    def __init__(self) -> None:
        self.answered_by: list[int] = []

    def is_absent(self, probe: Any) -> bool:
        return probe["probe"] == "absent"

    def answer(self, probe: Any, blobs: dict[str, bytes]) -> tuple[Any, dict[str, bytes]]:
        self.answered_by.append(os.getpid())
        return {"status": "captured", "process": os.getpid()}, {}


class Wire(Channel):
    """Keeps what is sent."""

    def __init__(self, source: int, sink: int) -> None:
        super().__init__(source, sink)
        self.sent: list[dict[str, Any]] = []

    def send(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        self.sent.append({**header, **(blobs or {})})


@pytest.fixture
def channel() -> Iterator[Wire]:
    source, sink = os.pipe()
    yield Wire(source, sink)
    os.close(source)
    os.close(sink)
    while forks._ended:
        forks._collect_ended()


def ask(channel: Wire, *kinds: str) -> Speaker:
    session: Any = Speaker()
    forker = forks.OwnForks(channel, session.answer, rules=False)
    worker._probe(channel, session, forker, {"probes": [{"probe": kind} for kind in kinds]}, {})
    assert channel.sent[-1] == {"frame": "probe_end", "how": "exit 0"}
    return session  # type: ignore[no-any-return]


def test_what_is_absent_is_said_without_a_fork(channel: Wire) -> None:
    assert ask(channel, "absent", "absent").answered_by == [os.getpid()] * 2


def test_all_else_is_answered_in_a_fork(channel: Wire) -> None:
    assert ask(channel, "absent", "look").answered_by == []
    assert b'"captured"' in b"".join(frame.get("data", b"") for frame in channel.sent)


def test_a_child_that_answered_is_killed_and_collected_later(channel: Wire) -> None:
    ask(channel, "look")
    (child,) = forks._ended
    until = time.monotonic() + 10
    while forks._ended and time.monotonic() < until:
        forks._collect_ended()
    assert forks._ended == []
    assert not Path(f"/proc/{child}/stat").exists()


def test_few_children_wait_to_be_collected(channel: Wire) -> None:
    for _ in range(3 * forks.MOST_ENDED):
        ask(channel, "look")
        assert len(forks._ended) <= forks.MOST_ENDED + 1


def test_a_child_that_others_waited_for_is_forgotten(channel: Wire) -> None:
    ask(channel, "look")
    os.waitpid(forks._ended[0], 0)
    forks._collect_ended()
    assert forks._ended == []


def test_a_fork_that_fails_for_the_moment_is_tried_again(channel: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    fork, failures = os.fork, iter([OSError(11, "try again")])

    def failing() -> int:
        if (failure := next(failures, None)) is not None:
            raise failure
        return fork()

    monkeypatch.setattr(os, "fork", failing)
    ask(channel, "look")
    assert b'"captured"' in b"".join(frame.get("data", b"") for frame in channel.sent)


def test_a_kernel_is_refused_in_words_where_processes_cannot_fork(channel: Wire) -> None:
    with pytest.raises(Lacking, match="`runner: jupyter` needs a system on which processes fork"):
        worker._begin(channel, {"kernel": {"wanted": "", "named": ""}}, forks_probes=False, rules=False)
