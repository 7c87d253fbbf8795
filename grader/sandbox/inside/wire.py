"""The wire: length-capped frames of one JSON object and raw blobs by key. Never pickle.

A frame is eight bytes (two big-endian lengths: of the JSON text, of all blobs together), the JSON text
``[header, [[key, size], ...]]``, and the blobs in that order. The same code reads on both sides of the pipe.
"""

from __future__ import annotations

import json
import os
import struct

LENGTHS = struct.Struct(">II")
HEADER_CAP = 32 * 2**20
BLOBS_CAP = 2**30
BLOB_COUNT_CAP = 4096
NESTING_CAP = 100
CHUNK = 2**20


class BrokenFrame(Exception):
    """The bytes are no frame, or one beyond the caps."""


class Caps:
    """What a reader accepts: bytes of JSON and bytes of blobs in one frame."""

    def __init__(self, header: int = HEADER_CAP, blobs: int = BLOBS_CAP) -> None:
        self.header = header
        self.blobs = blobs


class Message:
    """A frame as it was read: its header and its blobs."""

    def __init__(self, header: dict[str, object], blobs: dict[str, bytes]) -> None:
        self.header = header
        self.blobs = blobs


def encode(header: dict[str, object], blobs: dict[str, bytes] | None = None) -> list[bytes]:
    """The frame's pieces, blobs uncopied, to be written one after the other."""
    blobs = blobs or {}
    listing = [[key, len(data)] for key, data in blobs.items()]
    # A student may print lone surrogates, which no later reader of the text would accept.
    text = json.dumps([header, listing], separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    total = sum(len(data) for data in blobs.values())
    if len(text) > HEADER_CAP or total > BLOBS_CAP or len(blobs) > BLOB_COUNT_CAP:
        raise BrokenFrame("the frame is beyond the caps")
    return [LENGTHS.pack(len(text), total) + text, *blobs.values()]


def write(fd: int, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
    """Write one whole frame to a blocking descriptor."""
    for piece in encode(header, blobs):
        write_all(fd, piece)


def write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view[:CHUNK]) :]


class Decoder:
    """Turns a stream of chunks into messages; raises `BrokenFrame` at the first byte that cannot belong to one."""

    def __init__(self, caps: Caps | None = None) -> None:
        self._caps = caps or Caps()
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of a frame that has not arrived whole."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes complete."""
        self._buffer += data
        messages: list[Message] = []
        while True:
            size = self._whole()
            if size is None:
                return messages
            messages.append(self._take(size))

    def _whole(self) -> int | None:
        if len(self._buffer) < LENGTHS.size:
            return None
        text, blobs = LENGTHS.unpack_from(self._buffer)
        if text > self._caps.header or blobs > self._caps.blobs:
            raise BrokenFrame(f"a frame of {text} + {blobs} bytes is beyond the caps")
        size: int = LENGTHS.size + text + blobs
        return size if len(self._buffer) >= size else None

    def _take(self, size: int) -> Message:
        text = LENGTHS.unpack_from(self._buffer)[0]
        start = LENGTHS.size + text
        with memoryview(self._buffer) as view:
            header, listing = _read_text(bytes(view[LENGTHS.size : start]))
            blobs = _cut(view[start:size], listing)
        del self._buffer[:size]
        return Message(header, blobs)


def _read_text(text: bytes) -> tuple[dict[str, object], list[object]]:
    try:
        document = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenFrame(f"the frame's text is not JSON: {type(error).__name__}") from None
    if not isinstance(document, list) or len(document) != 2:
        raise BrokenFrame("the frame's text is not [header, blobs]")
    header, listing = document
    if not isinstance(header, dict) or not isinstance(listing, list) or len(listing) > BLOB_COUNT_CAP:
        raise BrokenFrame("the frame's text is not [header, blobs]")
    _check_nesting(header)
    return header, listing


def _check_nesting(value: object) -> None:
    level: list[object] = [value]
    for _ in range(NESTING_CAP):
        below: list[object] = []
        for item in level:
            below.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        if not below:
            return
        level = below
    raise BrokenFrame(f"the frame is nested more than {NESTING_CAP} deep")


def _cut(view: memoryview, listing: list[object]) -> dict[str, bytes]:
    blobs: dict[str, bytes] = {}
    at = 0
    for entry in listing:
        key, size = entry if isinstance(entry, list) and len(entry) == 2 else (None, None)
        if not isinstance(key, str) or type(size) is not int or size < 0 or key in blobs:
            raise BrokenFrame("the list of blobs is faulty")
        if at + size > len(view):
            raise BrokenFrame("the blobs are longer than the frame")
        blobs[key] = bytes(view[at : at + size])
        at += size
    if at != len(view):
        raise BrokenFrame("bytes left over after the blobs")
    return blobs
