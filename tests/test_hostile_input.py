"""What parses hostile input outside the box ends with a value or with its own error, whatever the bytes.

`make fuzz` runs the same targets longer (`benchmarks/fuzz.py`).
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.sandbox.inside import wire
from tests.hostile_targets import TARGETS, archive, capture, document, frames, notebook, rubric, submission_files

small = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
headers = st.dictionaries(st.text(max_size=8), json_values, max_size=4)
blob_maps = st.dictionaries(st.text(max_size=8), st.binary(max_size=100), max_size=4)


@pytest.mark.parametrize("name", TARGETS)
@small
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    TARGETS[name](data)


@small
@given(headers, blob_maps, st.integers(1, 50))
def test_a_frame_comes_back_however_it_is_cut(header: dict[str, object], blobs: dict[str, bytes], step: int) -> None:
    whole = b"".join(wire.encode(header, blobs))
    decoder, got = wire.Decoder(), []
    for at in range(0, len(whole), step):
        got += decoder.feed(whole[at : at + step])
    (message,) = got
    assert json.dumps(message.header) == json.dumps(json.loads(json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")))
    assert (list(message.blobs.values()), decoder.pending) == (list(blobs.values()), 0)


@small
@given(headers, blob_maps, st.integers(0, 10_000), st.integers(0, 255))
def test_a_frame_with_one_wrong_byte_is_read_or_refused(
    header: dict[str, object], blobs: dict[str, bytes], at: int, byte: int
) -> None:
    whole = bytearray(b"".join(wire.encode(header, blobs)))
    whole[at % len(whole)] = byte
    frames(bytes(whole))


@small
@given(st.dictionaries(st.sampled_from(["status", "value", "error", "place", "type", "data", "seconds", "x"]), json_values))
def test_a_forged_capture_is_read_or_refused_and_never_speaks_for_the_host(header: dict[str, object]) -> None:
    read = capture(json.dumps(header).encode())
    assert read is None or read.status.value in ("captured", "raised", "missing")


@small
@given(json_values, json_values, st.lists(json_values, max_size=4), st.integers(0, 6), st.integers(0, 9))
def test_any_json_is_a_notebook_or_a_sentence(
    metadata: object, source: object, more: list[object], major: int, minor: int
) -> None:
    cells = [{"cell_type": "code", "source": source, "metadata": metadata, "outputs": more}, *more]
    content = {"nbformat": major, "nbformat_minor": minor, "metadata": metadata, "cells": cells, "worksheets": more}
    notebook(json.dumps(content).encode("utf-8", "replace"))


@small
@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=30), st.binary(max_size=50)), max_size=6),
    st.integers(0, 2000),
    st.integers(0, 255),
)
def test_an_archive_is_unpacked_below_its_folder_or_refused(files: list[tuple[str, bytes]], at: int, byte: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name, data in files:
            try:
                bundle.writestr(name, data)
            except (ValueError, UnicodeError, UserWarning):
                continue
    data = bytearray(packed.getvalue())
    data[at % len(data)] = byte
    archive(bytes(data))
    archive(packed.getvalue())


@small
@given(json_values)
def test_any_yaml_is_a_rubric_or_faults_with_lines(value: object) -> None:
    rubric(yaml.safe_dump({"assignment": "x", "title": "x", "points": 1, "questions": value}).encode("utf-8", "replace"))
    rubric(yaml.safe_dump(value).encode("utf-8", "replace"))


@small
@given(
    st.lists(
        st.sampled_from(
            ["# ", "## Problem 1", "```", "~~~", "\n", "|a|b|", "|-|-|", "$$", "<!--", "-->", "> ", "- ", "\t", "\x00", "x"]
        )
    )
)
def test_any_markdown_has_headings(pieces: list[str]) -> None:
    document("\n".join(pieces).encode())


@small
@given(st.text(min_size=1, max_size=40))
def test_any_file_name_can_be_handed_in(name: str) -> None:
    submission_files(name)


def test_a_bomb_of_aliases_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 40))]
    rubric("\n".join(lines).encode())


def test_the_targets_see_a_fault(tmp_path: Path) -> None:
    """A target that swallowed everything would find nothing."""
    with pytest.raises(ZeroDivisionError):
        notebook(b'{"nbformat": 4}', then=lambda _: 1 // 0)
