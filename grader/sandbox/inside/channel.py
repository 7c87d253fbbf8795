"""Whole messages in, whole messages out, over blocking descriptors."""

from __future__ import annotations

import os

from . import wire

CHUNK = 2**20


class Channel:
    """One end of a line; `source` is read from and `sink` written to."""

    def __init__(self, source: int, sink: int, caps: wire.Caps | None = None) -> None:
        self.source = source
        self.sink = sink
        self._decoder = wire.Decoder(caps)
        self._waiting: list[wire.Message] = []

    def send(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        wire.write(self.sink, header, blobs)

    @property
    def has_message(self) -> bool:
        """A message was read along with an earlier one: no selector would tell."""
        return bool(self._waiting)

    def receive(self) -> wire.Message | None:
        """The next message; None when the other side is gone."""
        while not self._waiting:
            data = os.read(self.source, CHUNK)
            if not data:
                return None
            self._waiting += self._decoder.feed(data)
        return self._waiting.pop(0)
