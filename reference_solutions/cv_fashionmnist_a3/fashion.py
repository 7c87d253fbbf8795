"""FashionMNIST from its four IDX files, compressed or not: 28 x 28 grey pictures of garments in ten classes."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
FOLDERS = (".", "data", "data/FashionMNIST/raw", "FashionMNIST/raw")
UNSIGNED_BYTE = 8


@dataclass(frozen=True)
class Pictures:
    """Images (N, 1, 28, 28) in 0 to 1 and labels (N,) in 0 to 9."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def load(train: bool = True, folder: str | Path = ".") -> Pictures:
    """The training or the test pictures; `folder` and those where other loaders leave the files are looked through.

    Raises:
        FileNotFoundError: the files are in none of the folders.
        ValueError: a file is not what its name says.
    """
    part = "train" if train else "t10k"
    images = read_idx(find(f"{part}-images-idx3-ubyte", Path(folder)))
    labels = read_idx(find(f"{part}-labels-idx1-ubyte", Path(folder)))
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise ValueError(f"{images.shape} pictures and {labels.shape} labels do not belong together")
    return Pictures(torch.from_numpy(images).float().div(255).unsqueeze(1), torch.from_numpy(labels).long())


def find(name: str, folder: Path) -> Path:
    """The file of this name, or its compressed form, in the folder or one of the usual places below it."""
    for place in FOLDERS:
        for path in (folder / place / name, folder / place / f"{name}.gz"):
            if path.is_file():
                return path
    raise FileNotFoundError(f"neither {name} nor {name}.gz is in {folder.resolve()}")


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in an IDX file: two zero bytes, the type, the number of axes, their lengths (32 bits, big end first), entries.

    Raises:
        ValueError: another type than bytes, or more or fewer entries than the lengths say.
    """
    content = path.read_bytes()
    content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    start = 4 + 4 * content[3] if len(content) > 3 else 4
    if content[:3] != bytes((0, 0, UNSIGNED_BYTE)) or len(content) < start:
        raise ValueError(f"{path.name} is no IDX file of bytes")
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    entries = np.frombuffer(content, np.uint8, offset=start)
    if entries.size != np.prod(shape, dtype=np.int64):
        raise ValueError(f"{path.name} has {entries.size} entries, its header says {shape}")
    return entries.reshape(shape).copy()
