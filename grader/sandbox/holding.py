"""Folders that belong to a living process: their owner holds a lock on them, which the kernel takes away however it ends.

The lock (`flock`) is on the folder itself. What can be locked by somebody else belongs to nobody any more; a process number would
not tell, because numbers are used again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl

ROOM, HOME, TRIAL = "grader-box-", "grader-home-", "grader-doctor-"
"""How our temporary folders begin: where boxes put their roots, work folders of boxes without one, and where walls are tried."""
TRIES = 16
"""How often a folder is made anew that was taken away before it could be locked."""


class Lost(OSError):
    """The folder is another's, or gone."""


@dataclass(slots=True)
class Held:
    """A folder and the lock on it; None where this file system has no locks, and then nobody can take the folder for left."""

    path: Path
    lock: int | None

    def let_go(self) -> None:
        """Others may take it away from now on."""
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


def hold(path: Path) -> Held:
    """Lock this folder.

    Raises:
        Lost: somebody else holds it, or it was taken away.
    """
    if sys.platform == "win32":
        return Held(path, None)
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise Lost(*error.args) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.stat(path), os.fstat(lock)):
            raise FileNotFoundError(errno.ENOENT, "another folder has taken its name")
    except (BlockingIOError, FileNotFoundError) as error:
        os.close(lock)
        raise Lost(*error.args) from None
    except OSError:
        os.close(lock)
        return Held(path, None)
    return Held(path, lock)


def make_held(make: Callable[[], Path]) -> Held:
    """A new folder that is held; whoever looks for what was left may be quicker than the lock, and then it is made anew."""
    for _ in range(TRIES):
        with contextlib.suppress(Lost):
            return hold(make())
    return hold(make())


class OwnFolder(AbstractContextManager[str]):
    """A temporary folder that is removed when it is closed, or by the next run when its owner was killed."""

    def __init__(self, prefix: str) -> None:
        self._held = make_held(lambda: self._make(prefix))

    def _make(self, prefix: str) -> Path:
        self._folder = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
        return Path(self._folder.name)

    @property
    def path(self) -> str:
        return self._folder.name

    def __enter__(self) -> str:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._folder.cleanup()
        self._held.let_go()


def take_away(folders: Iterable[Path], remove: Callable[[Path], None]) -> int:
    """Remove those of these folders that are ours and nobody holds; how many are gone."""
    gone = 0
    for path in folders:
        with contextlib.suppress(OSError):
            if not _is_ours(path):
                continue
            held = hold(path)
            try:
                if held.lock is not None:
                    remove(path)
                    gone += not path.exists()
            finally:
                held.let_go()
    return gone


def _is_ours(path: Path) -> bool:
    """Our user's; root's are also those that it gave to the user whom it runs submissions as."""
    return sys.platform != "win32" and os.geteuid() in (0, path.lstat().st_uid)
