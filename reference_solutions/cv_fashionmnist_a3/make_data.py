"""Makes the small data set: garments drawn of boxes, in the four files and the format of FashionMNIST.

Run ``python reference_solutions/cv_fashionmnist_a3/make_data.py`` to write them into ``data/`` again, with the same bytes.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEED = 3
TRAIN, TEST, SIDE = 320, 160, 28
LEVELS = 24
"""Pixels are multiples of this, so that the files are small."""
SHIFT, SPECKLES = 2, 0.04

Box = tuple[int, int, int, int]
"""Rows from, to; columns from, to."""

GARMENTS: tuple[tuple[Box, ...], ...] = (
    ((5, 24, 9, 19), (5, 11, 4, 24)),  # T-shirt: a body, short sleeves
    ((3, 8, 9, 19), (8, 26, 9, 13), (8, 26, 15, 19)),  # trousers
    ((4, 24, 8, 20), (4, 23, 3, 7), (4, 23, 21, 25)),  # pullover: long sleeves apart
    ((2, 12, 11, 17), (12, 26, 8, 20)),  # dress
    ((3, 27, 7, 13), (3, 27, 14, 21), (4, 22, 3, 6), (4, 22, 22, 25)),  # coat: open in front
    ((18, 20, 3, 25), (14, 16, 8, 22), (20, 23, 19, 25)),  # sandal
    ((4, 25, 8, 20), (4, 16, 4, 24)),  # shirt: sleeves to the elbow
    ((16, 22, 2, 26), (12, 16, 12, 26)),  # sneaker
    ((12, 25, 3, 25), (6, 8, 9, 19), (8, 12, 9, 11), (8, 12, 17, 19)),  # bag
    ((4, 23, 15, 25), (15, 23, 3, 25)),  # ankle boot
)


def draw(label: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One garment (SIDE, SIDE): moved a little, of one brightness, with stripes and speckles."""
    image = np.zeros((SIDE, SIDE))
    brightness = rng.uniform(0.8, 1.0)
    for top, bottom, left, right in GARMENTS[label]:
        image[top:bottom, left:right] = brightness
    image[:: rng.integers(3, 7)] *= 0.9
    image = np.roll(image, rng.integers(-SHIFT, SHIFT + 1, 2), axis=(0, 1))
    speckled = rng.random(image.shape) < SPECKLES
    image[speckled] = rng.random(int(speckled.sum()))
    return (np.round(image * 255 / LEVELS) * LEVELS).clip(0, 255).astype(np.uint8)


def make(count: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (count, SIDE, SIDE) and labels (count,), as many of each class, in random order."""
    labels = rng.permutation(np.arange(count) % len(GARMENTS)).astype(np.uint8)
    return np.stack([draw(int(label), rng) for label in labels]), labels


def idx(array: NDArray[np.uint8]) -> bytes:
    """An array in the IDX format: two zeros, the type 8 (unsigned byte), the number of axes, their lengths, the entries."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def files(seed: int = SEED) -> dict[str, bytes]:
    """The four compressed files by name; without a time stamp, so that they are the same each time."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for name, count in (("train", TRAIN), ("t10k", TEST)):
        arrays[f"{name}-images-idx3-ubyte.gz"], arrays[f"{name}-labels-idx1-ubyte.gz"] = make(count, rng)
    return {name: gzip.compress(idx(array), mtime=0) for name, array in arrays.items()}


if __name__ == "__main__":
    for name, content in files().items():
        (Path(__file__).parent / "data" / name).write_bytes(content)
