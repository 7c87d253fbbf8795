"""Draws the made set of digits in `data/`: small figures in seven-by-five dots, moved, slanted and of uneven ink.

``python make_data.py`` writes the same four files each time.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from given import CLASSES, SIDE, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS
from idx import idx_bytes
from numpy.typing import NDArray

TRAIN, TEST = 400, 80
DOT = 3
"""Pixels of a dot's side."""
DOTS = (
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00110 01000 10000 11111",
    "11110 00001 00001 01110 00001 00001 11110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
)


def drawn(digit: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """One picture of SIDE x SIDE pixels, ink bright on black as in the MNIST database."""
    dots = np.array([[int(dot) for dot in row] for row in DOTS[digit].split()])
    ink = np.kron(dots * random.integers(150, 256, dots.shape), np.ones((DOT, DOT), dtype=int))
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    top, left = random.integers(1, 7), random.integers(4, 10)
    slant = random.uniform(-0.25, 0.25)
    for row, line in enumerate(ink):
        start = int(left + round(slant * (row - len(ink) / 2)))
        image[top + row, start : start + line.size] = line
    return image


def made(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pictures (count, SIDE, SIDE) and their digits (count,), every digit equally often, in random order."""
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % CLASSES).astype(np.uint8)
    return np.stack([drawn(int(digit), random) for digit in labels]), labels


def main() -> None:
    folder = Path(__file__).parent / "data"
    folder.mkdir(exist_ok=True)
    for names, count, seed in (((TRAIN_IMAGES, TRAIN_LABELS), TRAIN, 1), ((TEST_IMAGES, TEST_LABELS), TEST, 2)):
        for name, array in zip(names, made(count, seed), strict=True):
            data = idx_bytes(array)
            (folder / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)


if __name__ == "__main__":
    main()
