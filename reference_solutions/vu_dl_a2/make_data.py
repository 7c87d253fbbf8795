"""Makes a small data set in the binary format of CIFAR-10: 50 images to train on and 10 to test, one of each class in a file.

A file holds records of 3073 bytes: the label, then 32 x 32 pixels of red, of green and of blue, row by row. Run
``python reference_solutions/vu_dl_a2/make_data.py`` to write ``data/cifar-10-batches-bin`` again, with the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEED = 10
CLASSES, SIDE = 10, 32
FILES = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")


def pattern(label: int) -> NDArray[np.float64]:
    """The class's own picture, (3, SIDE, SIDE) in 0 to 1: stripes of one direction and width, in one colour."""
    angle = np.pi * label / CLASSES
    rows, columns = np.mgrid[:SIDE, :SIDE]
    wave = np.sin((rows * np.sin(angle) + columns * np.cos(angle)) * (0.3 + 0.05 * label))
    colour = 0.5 + 0.5 * np.cos(2 * np.pi * (label / CLASSES + np.arange(3) / 3))
    return (0.5 + 0.3 * wave) * colour[:, None, None]


def batch(rng: np.random.Generator) -> bytes:
    """One image of each class with noise, in random order."""
    records = []
    for label in rng.permutation(CLASSES):
        image = np.clip(pattern(int(label)) + 0.1 * rng.normal(size=(3, SIDE, SIDE)), 0, 1)
        records.append(bytes([int(label)]) + np.round(255 * image).astype(np.uint8).tobytes())
    return b"".join(records)


def make(seed: int = SEED) -> dict[str, bytes]:
    """The files by name."""
    rng = np.random.default_rng(seed)
    return {name: batch(rng) for name in FILES}


if __name__ == "__main__":
    folder = Path(__file__).parent / "data" / "cifar-10-batches-bin"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in make().items():
        (folder / name).write_bytes(content)
