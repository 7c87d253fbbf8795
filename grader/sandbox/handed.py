"""The files of a submission and its data, opened by the host and handed over: a box need not see the host's files to lay them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from grader.model.probe import Plan
from grader.model.submission import Submission
from grader.sandbox.inside.files import place
from grader.sandbox.inside.orders import MOST_HANDED

Item = dict[str, object]
"""One file: its ``name``, its ``size``, the descriptor ``of`` its bytes by number, and where ``at`` they begin there."""
CHUNK = 2**30


@dataclass(slots=True)
class Handed:
    """Open files and what lies in them: the first holds the submission's own files, the others each a file of data."""

    fds: list[int] = field(default_factory=list)
    files: list[Item] = field(default_factory=list)
    data: list[Item] = field(default_factory=list)


@contextmanager
def open_files(submission: Submission, plan: Plan) -> Iterator[Handed]:
    """Everything that is to be laid. A link that leads out of the submission's folder is left out, as is what is no file.

    Raises:
        OSError, ValueError: a file cannot be read, or its name leads elsewhere.
    """
    with ExitStack() as stack:
        handed = Handed()
        handed.fds.append(os.memfd_create("files", os.MFD_CLOEXEC))
        stack.callback(os.close, handed.fds[0])
        root = Path(submission.root).resolve()
        for name in submission.files:
            real = Path(place(str(root), name)).resolve()
            if real.is_relative_to(root) and real.is_file():
                handed.files.append(_packed(handed.fds[0], name, real))
        for item in plan.data:
            real = Path(item.path).resolve()
            if real.is_file():
                handed.data.append(_opened(handed, item.name, real, stack))
        yield handed


def _opened(handed: Handed, name: str, path: Path, stack: ExitStack) -> Item:
    """Handed over as it is, as it may be large; a copy among the small ones where there are very many."""
    if len(handed.fds) >= MOST_HANDED:
        return _packed(handed.fds[0], name, path)
    handed.fds.append(_open(path))
    stack.callback(os.close, handed.fds[-1])
    return {"name": name, "size": os.fstat(handed.fds[-1]).st_size, "of": len(handed.fds) - 1, "at": 0}


def _packed(pack: int, name: str, path: Path) -> Item:
    fd = _open(path)
    try:
        at, size, done = os.lseek(pack, 0, os.SEEK_END), os.fstat(fd).st_size, 0
        while done < size and (sent := os.sendfile(pack, fd, done, min(CHUNK, size - done))):
            done += sent
    finally:
        os.close(fd)
    return {"name": name, "size": done, "of": 0, "at": at}


def _open(path: Path) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    if not S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise ValueError(f"{path.name} is no file")
    return fd
