"""The host's line to a box: what an earlier process still says is not heard, and a deaf box keeps nobody waiting."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from grader.sandbox import line as line_module
from grader.sandbox.inside import wire
from grader.sandbox.line import Ended, Gone, TreeLine


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def soon() -> float:
    return time.monotonic() + 0.2


def test_what_an_earlier_process_still_says_is_not_heard(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    line = TreeLine(ours.fileno(), ours.fileno(), 0)
    line.open({})
    line.open({})
    late = b"".join(wire.encode({"frame": "cell_end"}))
    for serial in (1, 2):
        wire.write(theirs.fileno(), {"frame": "data", "serial": serial}, {"data": late})
        wire.write(theirs.fileno(), {"frame": "ended", "serial": serial, "how": f"exit {serial}"})
    assert isinstance(heard := line.hear(soon()), wire.Message)
    assert heard.header == {"frame": "cell_end"}
    assert line.hear(soon()) == Ended("exit 2")
    assert line.hear(soon()) is None


def test_bytes_that_are_no_frames_end_the_process_that_sent_them(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    line = TreeLine(ours.fileno(), ours.fileno(), 0)
    line.open({})
    wire.write(theirs.fileno(), {"frame": "data", "serial": 1}, {"data": b"\xff" * 100})
    heard = line.hear(soon())
    assert isinstance(heard, Ended)
    assert "broke its channel" in heard.how
    orders = [m.header["order"] for m in wire.Decoder().feed(os.read(theirs.fileno(), 65536))]
    assert orders == ["part", "kill"]


def test_a_box_that_hangs_up_is_gone(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    line = TreeLine(ours.fileno(), ours.fileno(), 0)
    theirs.close()
    assert isinstance(line.hear(soon()), Gone)


def test_a_box_that_takes_nothing_is_gone(ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "DEAF", 0.05)
    ours, _ = ends
    line = TreeLine(ours.fileno(), ours.fileno(), 0)
    line.tell({"ask": "probe"}, {"blob": bytes(2**22)})
    heard = line.hear(soon())
    assert isinstance(heard, Gone)
    assert "does not take" in heard.how


def test_a_frame_without_an_end_is_not_read_for_ever(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "READING", 0.05)
    ours, _ = ends
    line = TreeLine(ours.fileno(), ours.fileno(), 0)
    line.open({})
    begun = b"".join(wire.encode({"frame": "piece"}, {"data": bytes(100)}))[:-1]
    pieces = iter([begun])
    monkeypatch.setattr(
        line._ears, "listen", lambda until: [wire.Message({"frame": "data", "serial": 1}, {"data": next(pieces, b"")})]
    )
    started = time.monotonic()
    assert line.hear(started + 0.05) is None
    assert 0.1 <= time.monotonic() - started < 60
