"""The IDX format of the MNIST database: two zero bytes, a type, the number of axes, their lengths, then the entries.

A length is a big-endian integer of four bytes; type 8 is an unsigned byte.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

UNSIGNED_BYTE = 8
GZIP = b"\x1f\x8b"


def load_idx(path: str | Path) -> NDArray[np.uint8]:
    """The array in an IDX file of bytes, compressed with gzip or not.

    Raises:
        ValueError: it is no IDX file of unsigned bytes, or shorter than it says.
    """
    data = Path(path).read_bytes()
    if data[:2] == GZIP:
        data = gzip.decompress(data)
    zeros, kind, axes = struct.unpack_from(">HBB", data)
    if zeros or kind != UNSIGNED_BYTE:
        raise ValueError(f"{path} is no IDX file of unsigned bytes")
    shape = struct.unpack_from(f">{axes}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def idx_bytes(array: NDArray[np.uint8]) -> bytes:  # unmutated: it writes the files that are handed out
    """The file that holds this array."""
    header = struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return header + array.tobytes()
