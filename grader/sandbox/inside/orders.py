"""What host and zygote say to each other: one letter, then a fixed record."""

from __future__ import annotations

import struct

START, END = b"S", b"E"
STARTED = struct.Struct(">i")
"""Process id."""
ENDED = struct.Struct(">qdi")
"""Peak memory in bytes, processor seconds, wait status."""
