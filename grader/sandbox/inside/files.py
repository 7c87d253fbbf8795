"""Laying a submission's files, and the data it needs, into its work folder."""

from __future__ import annotations

import os
import shutil


def lay(work: str, root: str, files: list[str], data: list[dict[str, str]], owner: int | None = None) -> None:
    """Copy the submission's files into the work folder, and data files there and into the folder above it.

    `root` is the submission's folder; `owner` the user and group that shall own all of it.

    Raises:
        OSError, ValueError: a file cannot be read, or its name leads elsewhere.
    """
    for name in files:
        _copy(os.path.join(root, name), _place(work, name), os.path.realpath(root))
    above = os.path.dirname(work)
    for item in data:
        _copy(item["path"], _place(work, item["name"]))
        _copy(item["path"], _place(above, item["name"]), link=_place(work, item["name"]))
    if owner is not None:
        for folder, folders, names in os.walk(above):
            for path in (folder, *(os.path.join(folder, n) for n in (*folders, *names))):
                os.chown(path, owner, owner, follow_symlinks=False)


def _place(folder: str, name: str) -> str:
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
