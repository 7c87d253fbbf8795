"""The folders that a box works in, put back before its next process begins: else code could see to it that none does any more."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat


class Kept:
    """A folder that is known by itself, whatever it is called by now and whoever may enter it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.fd = _open(path)
        self._mode = stat.S_IMODE(os.fstat(self.fd).st_mode)

    def put_back(self) -> None:
        """Make it what it was, as far as that can be: in its place, and open to its owner. A removed one is made anew, empty."""
        with contextlib.suppress(OSError):
            os.fchmod(self.fd, self._mode)
            if not self._is_in_place():
                self._move_back()

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(os.stat(self.path, follow_symlinks=False), os.fstat(self.fd))
        except OSError:
            return False

    def _move_back(self) -> None:
        if os.path.lexists(self.path):
            os.rename(self.path, f"{self.path}.{secrets.token_hex(8)}")
        if os.fstat(self.fd).st_nlink:
            os.rename(os.readlink(f"/proc/self/fd/{self.fd}"), self.path)
        else:
            os.mkdir(self.path, self._mode)
            os.close(self.fd)
            self.fd = _open(self.path)


def _open(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)


def keep(work: str) -> list[Kept]:
    """The work folder and the two that it lies in, outermost first."""
    home = os.path.dirname(work)
    return [Kept(path) for path in (os.path.dirname(home), home, work)]
