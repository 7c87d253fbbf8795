"""Zip archives, unpacked without following, overwriting or growing beyond bounds."""

from __future__ import annotations

import errno
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from grader.intake.file_names import BAD_NAME, JUNK, is_taken, shown
from grader.model.submission import Fault

MAX_FILES = 2_000
MAX_BYTES = 512 * 2**20
MAX_RATIO, SMALL = 200, 2**20
"""A file that unpacks to more than this many times its packed size is a bomb, unless it is small anyway."""
MAX_FAULTS = 20
CHUNK = 2**20
_OF_THE_HOST = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE}
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, OSError)


def is_of_the_host(error: BaseException) -> bool:
    """No room or no more files: that says nothing about what was handed in."""
    return isinstance(error, OSError) and error.errno in _OF_THE_HOST


def _is_outside(info: zipfile.ZipInfo) -> bool:
    """A link, or a name that leads out of the folder."""
    name = _name(info.filename)
    return stat.S_ISLNK(info.external_attr >> 16) or name.is_absolute() or ".." in name.parts or not name.parts


def unpack(archive: Path, target: Path) -> list[Fault]:
    """Unpack a zip below `target`: no links, no path outside it, no more than the bounds; what was left out is returned."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    laid = _Laying(target)
    laid.unpack(archive, archive.name)
    return laid.faults


def _name(text: str) -> PurePosixPath:
    return PurePosixPath(text.replace("\\", "/"))


class _Laying:
    """What has been laid out of one submission so far, and what was left out."""

    def __init__(self, target: Path) -> None:
        self.faults: list[Fault] = []
        self._target = target
        self._files, self._bytes = 0, 0

    def leave_out(self, name: str, code: str, text: str) -> None:
        self.faults.append(Fault(path=shown(name), code=code, text=text))

    def unpack(self, archive: Path, called: str) -> None:
        try:
            with zipfile.ZipFile(archive) as bundle:
                for info in bundle.infolist():
                    if not info.is_dir() and not JUNK & set(_name(info.filename).parts) and not self._is_full(info.filename):
                        self._take_entry(bundle, info, info.filename)
        except UNREADABLE as error:
            if is_of_the_host(error):
                raise
            self.leave_out(called, "bad_zip", f"The archive cannot be read ({shown(str(error))}). Pack it again.")

    def _is_full(self, name: str) -> bool:
        is_full = self._files >= MAX_FILES or self._bytes >= MAX_BYTES or len(self.faults) >= MAX_FAULTS
        if is_full and not any(fault.code == "too_much" for fault in self.faults):
            self.leave_out(name, "too_much", "The archive holds more than is taken; the rest is left out.")
        return is_full

    def _take_entry(self, bundle: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> None:
        if _is_outside(info):
            self.leave_out(name, "not_a_file", "A link, or a path outside the archive, is not taken.")
        elif info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
            self.leave_out(name, "too_much", "It unpacks to far more than it is packed in; hand the file in as it is.")
        else:
            with bundle.open(info) as source:
                self._write(name, source, info.file_size)

    def _write(self, name: str, source: IO[bytes], size: int) -> None:
        """Write a file of this size: what it says of itself is not trusted, and no more is written."""
        relative = _name(name)
        if not is_taken(relative):
            self.leave_out(name, "bad_name", BAD_NAME)
            return
        if self._bytes + size > MAX_BYTES:
            self.leave_out(name, "too_much", f"Only {MAX_BYTES >> 20} MiB of a submission are taken.")
            return
        file = self._target / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        self._files, self._bytes, left = self._files + 1, self._bytes + size, size
        with file.open("wb") as sink:
            while left > 0 and (chunk := source.read(min(CHUNK, left))):
                sink.write(chunk)
                left -= len(chunk)
