"""What the host says to the zygote, and first of all to a box: one letter, then a fixed record."""

from __future__ import annotations

import struct

START, END, FILES = b"S", b"E", b"F"
STARTED = struct.Struct(">i")
"""Process id, as the warm process sees it."""
ENDED = struct.Struct(">qdi")
"""Peak memory in bytes, processor seconds, wait status."""
MOST_HANDED = 128
"""Open files that are handed to a box before its job; the kernel takes 253 in one message."""
