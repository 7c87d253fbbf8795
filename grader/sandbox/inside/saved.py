"""Answers a `SavedFile` probe: files of the work folder, loaded without running anything in them."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from typing import Any

from . import arrays
from .captures import Capturer
from .libraries import load

Json = dict[str, Any]
MOST_NEAREST = 3
LARGEST_FILE = 2**30
SKIPPED = (".ipynb_checkpoints", "__pycache__")


@dataclass(frozen=True)
class FoundFile:
    """A file: its path below the work folder, and where it really is."""

    name: str
    path: str


def find_file(patterns: list[str], root: str) -> FoundFile | None:
    """The first file that a name or glob pattern matches; only regular files that truly lie in the work folder."""
    for pattern in patterns:
        below = pattern.replace("\\", "/")
        for found in (_matches(below, root) or _matches(f"**/{below}", root)) if not os.path.isabs(below) else ():
            return found
    return None


def _matches(pattern: str, root: str) -> list[FoundFile]:
    home = os.path.realpath(root)
    found = []
    for name in sorted(glob.iglob(pattern, root_dir=root, recursive=True)):
        path = os.path.realpath(os.path.join(root, name))
        if path.startswith(home + os.sep) and os.path.isfile(path) and not any(part in SKIPPED for part in name.split("/")):
            found.append(FoundFile(name.replace(os.sep, "/"), path))
    return found


def other_files(root: str, patterns: list[str]) -> list[str]:
    """Files of the same kind (else any) that are there instead."""
    endings = {os.path.splitext(pattern)[1] for pattern in patterns}
    there = [each.name for each in _matches("**/*", root)]
    alike = [name for name in there if os.path.splitext(name)[1] in endings]
    return (alike or there)[:MOST_NEAREST]


def load_file(file: FoundFile, how: str, capturer: Capturer) -> Json:
    """The value of a file.

    Raises:
        Exception: the file is not what it should be; the library's own words say how.
    """
    if os.path.getsize(file.path) > LARGEST_FILE:
        raise ValueError(f"{file.name} is larger than {LARGEST_FILE} bytes")
    if how == "torch":
        return capturer.value(load("torch").load(file.path, map_location="cpu", weights_only=True))
    if how == "numpy":
        held = load("numpy").load(file.path, allow_pickle=False)
        return capturer.value(held if arrays.is_array(held) else {name: held[name] for name in held.files})
    return _content(file, capturer)


def _content(file: FoundFile, capturer: Capturer) -> Json:
    numpy = load("numpy")
    with open(file.path, "rb") as stream:
        data = stream.read(max(0, capturer.left))
    blob = capturer.blob(numpy.frombuffer(data, dtype=numpy.uint8))
    return {"type": "content", "name": file.name, "size": os.path.getsize(file.path), "data": blob}
