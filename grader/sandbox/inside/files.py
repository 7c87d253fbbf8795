"""Laying a submission's files, and the data it needs, into its work folder."""

from __future__ import annotations

import os
import shutil
from typing import Any

Item = dict[str, Any]


def lay(work: str, root: str, files: list[str], data: list[dict[str, str]], owner: int | None = None) -> None:
    """Copy the submission's files into the work folder, and data files there and into the folder above it.

    `root` is the submission's folder; `owner` the user and group that shall own all of it.

    Raises:
        OSError, ValueError: a file cannot be read, or its name leads elsewhere.
    """
    for name in files:
        _copy(os.path.join(root, name), place(work, name), os.path.realpath(root))
    above = os.path.dirname(work)
    for item in data:
        _copy(item["path"], place(work, item["name"]))
        _copy(item["path"], place(above, item["name"]), link=place(work, item["name"]))
    _give(above, owner)


def lay_handed(work: str, fds: list[int], files: list[Item], data: list[Item], owner: int | None = None) -> None:
    """The same from open files: of each its name, its size, the descriptor and where in that it begins.

    Raises:
        OSError, ValueError: there is no room for it, or its name leads elsewhere.
    """
    for item in files:
        _write(fds, item, place(work, str(item["name"])))
    above = os.path.dirname(work)
    for item in data:
        target = place(above, str(item["name"]))
        _write(fds, item, place(work, str(item["name"])))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.link(place(work, str(item["name"])), target)
    _give(above, owner)


def _give(folder: str, owner: int | None) -> None:
    if owner is not None:
        for above, folders, names in os.walk(folder):
            for path in (above, *(os.path.join(above, n) for n in (*folders, *names))):
                os.chown(path, owner, owner, follow_symlinks=False)


def _write(fds: list[int], item: Item, target: str) -> None:
    """A copy by the kernel, which keeps no position that another could move."""
    at, left = int(item["at"]), int(item["size"])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    sink = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        while left and (sent := os.sendfile(sink, fds[int(item["of"])], at, left)):
            at, left = at + sent, left - sent
        os.fchmod(sink, 0o644)
    finally:
        os.close(sink)


def place(folder: str, name: str) -> str:
    """Where a file of this name goes, which is never outside of the folder."""
    path = os.path.normpath(os.path.join(folder, name))
    if not path.startswith(folder + os.sep):
        raise ValueError(f"the name {name!r} leads out of the work folder")
    return path


def _copy(source: str, target: str, within: str = "", link: str = "") -> None:
    """A copy of a regular file, or a hard link to one that was copied already.

    A symbolic link that leads out of the submission's folder is left out.
    """
    real = os.path.realpath(source)
    if (within and not real.startswith(within + os.sep)) or not os.path.isfile(real):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if link:
        os.link(link, target)
        return
    shutil.copyfile(real, target)
    os.chmod(target, 0o644)
