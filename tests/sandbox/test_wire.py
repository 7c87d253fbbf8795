"""Frames: what goes in comes out, and no bytes whatever crash the reader."""

from __future__ import annotations

import io
import json
import os
import threading
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import WireError
from grader.model.evidence import Capture
from grader.model.probe import Call, Case
from grader.model.values import Array, write_npy
from grader.sandbox import wire as host
from grader.sandbox.inside import wire

QUICK = settings(max_examples=150, derandomize=True, deadline=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=10,
)
HEADERS = st.dictionaries(st.text("xyz", max_size=3), JSON, max_size=5)
BLOBS = st.dictionaries(st.text("012", max_size=3), st.binary(max_size=200), max_size=4)


def framed(text: bytes, blobs: bytes = b"") -> bytes:
    return wire.LENGTHS.pack(len(text), len(blobs)) + text + blobs


@QUICK
@given(HEADERS, BLOBS, st.integers(1, 64))
def test_a_frame_arrives_as_it_was_sent_however_it_is_cut(header: dict[str, object], blobs: dict[str, bytes], step: int) -> None:
    data = b"".join(wire.encode(header, blobs))
    decoder = wire.Decoder()
    messages = [m for at in range(0, len(data), step) for m in decoder.feed(data[at : at + step])]
    assert [(m.header, m.blobs) for m in messages] == [(header, blobs)]
    assert decoder.pending == 0


@QUICK
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_arbitrary_bytes_are_frames_or_broken_and_nothing_else(chunks: list[bytes]) -> None:
    decoder = wire.Decoder()
    try:
        for chunk in chunks:
            decoder.feed(chunk)
    except wire.BrokenFrame:
        return
    assert decoder.pending <= sum(map(len, chunks))


@QUICK
@given(st.binary(max_size=200), st.binary(max_size=100))
def test_arbitrary_text_in_a_whole_frame_is_a_message_or_broken(text: bytes, blobs: bytes) -> None:
    try:
        (message,) = wire.Decoder().feed(framed(text, blobs))
    except wire.BrokenFrame:
        return
    assert isinstance(message.header, dict)


@pytest.mark.parametrize(
    "data",
    [
        framed(b"not json"),
        framed(b"\xff\xfe[{},[]]"),
        framed(b"[]"),
        framed(b'{"frame": "cell"}'),
        framed(b"[{}, {}]"),
        framed(b"[" * 5000 + b"]" * 5000),
        framed(b'[{"a": ' + b"[" * 101 + b"]" * 101 + b"}, []]"),
        framed(b'[{"a": ' + b"9" * 5000 + b"}, []]"),
        framed(b'[{}, [["a", 3]]]', b"ab"),
        framed(b'[{}, [["a", 1]]]', b"ab"),
        framed(b'[{}, [["a", -1], ["b", 3]]]', b"ab"),
        framed(b'[{}, [["a", 1], ["a", 1]]]', b"ab"),
        framed(b'[{}, [["a", true]]]', b"a"),
        framed(b"[{}, " + json.dumps([[str(i), 0] for i in range(wire.BLOB_COUNT_CAP + 1)]).encode() + b"]"),
    ],
)
def test_a_frame_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(wire.BrokenFrame):
        wire.Decoder().feed(data)


def test_a_frame_beyond_the_caps_is_refused_before_it_arrives() -> None:
    with pytest.raises(wire.BrokenFrame, match="beyond the caps"):
        wire.Decoder(wire.Caps(blobs=1000)).feed(wire.LENGTHS.pack(10, 1001))
    with pytest.raises(wire.BrokenFrame, match="beyond the caps"):
        wire.Decoder().feed(wire.LENGTHS.pack(wire.HEADER_CAP + 1, 0))


def test_a_truncated_frame_is_no_message() -> None:
    data = b"".join(wire.encode({"frame": "cell"}, {"a": b"12345"}))
    decoder = wire.Decoder()
    assert decoder.feed(data[:-1]) == []
    assert decoder.pending == len(data) - 1


def test_lone_surrogates_are_replaced_on_the_way_out() -> None:
    (message,) = wire.Decoder().feed(b"".join(wire.encode({"text": "a\ud800b"})))
    assert message.header == {"text": "a?b"}


def test_writing_to_a_pipe_writes_all_of_a_frame_larger_than_the_pipe() -> None:
    source, sink = os.pipe()
    blob = bytes(3 * 2**20)

    def send() -> None:
        wire.write(sink, {"frame": "x"}, {"b": blob})
        os.close(sink)

    sender = threading.Thread(target=send)
    sender.start()
    decoder, messages = wire.Decoder(), []
    while data := os.read(source, 65536):
        messages += decoder.feed(data)
    sender.join()
    os.close(source)
    assert messages[0].blobs["b"] == blob


def test_a_capture_with_an_array_is_read() -> None:
    header = {"status": "captured", "value": {"type": "array", "data": {"blob": "0"}, "dtype": "float64"}}
    capture = host.read_capture(header, {"0": write_npy(np.arange(3.0))})
    assert isinstance(capture.value, Array)
    assert capture.value.data.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("status", ["timed_out", "box_failed"])
def test_only_the_host_says_timed_out_or_box_failed(status: str) -> None:
    with pytest.raises(WireError, match="may not say"):
        host.read_capture({"status": status}, {})


@pytest.mark.parametrize("status", ["timed_out", "died", "not_run"])
def test_only_the_host_says_that_a_cell_timed_out_died_or_did_not_run(status: str) -> None:
    with pytest.raises(WireError, match="may not say"):
        host.read_cell({"frame": "cell", "status": status}, "a.ipynb", 0)


def huge_array() -> bytes:
    """An array header that claims 8 TB."""
    return write_npy(np.zeros(1)).replace(b"(1,)", b"(1000000000000,)")


@pytest.mark.parametrize(
    ("header", "blobs"),
    [
        (None, {}),
        ({}, {}),
        ({"status": "captured"}, {}),
        ({"status": "raised"}, {}),
        ({"status": "missing", "value": {"type": "scalar", "value": 1}}, {}),
        ({"status": "captured", "value": {"type": "scalar", "value": "one"}}, {}),
        ({"status": "captured", "value": {"type": "array", "data": {"blob": "0"}}}, {}),
        ({"status": "captured", "value": {"type": "array", "data": {"blob": "0"}}}, {"0": b"\x93NUMPY\x01\x00"}),
        ({"status": "captured", "value": {"type": "array", "data": {"blob": "0"}}}, {"0": huge_array()}),
        ({"status": "captured", "value": {"type": "array", "data": {"blob": ["0"]}}}, {"0": b""}),
        ({"status": "captured", "value": {"type": "opaque", "python": "x"}, "surprise": 1}, {}),
    ],
)
def test_what_is_no_capture_is_a_wire_error(header: object, blobs: dict[str, bytes]) -> None:
    with pytest.raises(WireError):
        host.read_capture(header, blobs)


@QUICK
@given(JSON, BLOBS)
def test_no_header_crashes_the_reader_of_captures(header: object, blobs: dict[str, bytes]) -> None:
    with suppress(WireError):
        assert isinstance(host.read_capture(header, blobs), Capture)


@QUICK
@given(st.binary(max_size=120))
def test_no_bytes_crash_the_reader_of_arrays(data: bytes) -> None:
    header = {"status": "captured", "value": {"type": "array", "data": {"blob": "0"}}}
    with pytest.raises(WireError):
        host.read_capture(header, {"0": b"\x93NUMPY\x01\x00" + data})


def test_a_question_carries_its_arrays_as_blobs() -> None:
    probe = Call(names=("f",), cases=(Case(args=(Array(data=np.eye(2), dtype="float64"),)),))
    asked = host.question(probe)
    assert asked.header["cases"][0]["args"][0]["data"] == {"blob": "0"}  # type: ignore[index]
    assert np.array_equal(np.load(io.BytesIO(asked.blobs["0"])), np.eye(2))
