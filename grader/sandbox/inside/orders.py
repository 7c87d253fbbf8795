"""What host and zygote say to each other: one letter, then a fixed record."""

from __future__ import annotations

import struct

START, END = b"S", b"E"
STARTED = struct.Struct(">i")
"""Process id, as the warm process sees it."""
ENDED = struct.Struct(">qdi")
"""Peak memory in bytes, processor seconds, wait status."""
MOST_HANDED = 128
"""Open files that are handed over with the order to start; the kernel takes 253 in one message."""
