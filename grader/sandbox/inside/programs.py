"""Runs a program of the submission as a process of its own, in a copy of the work folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO, Any

Json = dict[str, Any]
KEPT = 2**20
"""Bytes of standard output that are kept; a program that writes more is ended."""
KEPT_ERRORS = 2**16
"""Bytes of standard error that are kept, the last ones: a traceback ends with what it is about."""
BLOCK = 2**16
DRAIN = 0.5
"""Seconds to read what is left in the pipes after the program; what it left running may hold them open."""
TEMPORARY = ".tmp"
ASIDE = ".program"
"""The folder that holds the copy, beside the work folder. Always the same, so that what a program says is the same as well."""
NOT_FOUND, NOT_A_PROGRAM = 127, 126
"""What a shell answers for a command that is not there, or cannot be started."""
EXECUTABLE = (b"#!", b"\x7fELF")
PYTHON = ("python", "python3")


def run(root: str, command: list[str], given: str) -> Json:
    """How the command ended and what it wrote. When it is late the host ends it, and this process."""
    home = os.path.join(os.path.dirname(root), ASIDE)
    _remove(home)
    try:
        work = copy(root, home)
        return _run(command, work, given)
    finally:
        _remove(home)


def copy(root: str, home: str) -> str:
    """The work folder, and the plain files beside it, copied to `home`; the path of the copy. Pipes and devices are left out."""
    work, above = os.path.join(home, os.path.basename(root)), os.path.dirname(root)
    for folder in (work, os.path.join(home, TEMPORARY)):
        os.makedirs(folder)
    _copy_files(above, home, [name for name in os.listdir(above) if not name.startswith(".")])
    for folder, folders, names in os.walk(root):
        target = os.path.join(work, os.path.relpath(folder, root))
        os.makedirs(target, exist_ok=True)
        _copy_files(folder, target, [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))])
    return work


def _copy_files(source: str, target: str, names: list[str]) -> None:
    for name in names:
        path = os.path.join(source, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            copied = shutil.copy(path, os.path.join(target, name))
            if _is_executable(copied):
                os.chmod(copied, mode | stat.S_IXUSR)
        elif stat.S_ISLNK(mode):
            os.symlink(os.readlink(path), os.path.join(target, name))


def _is_executable(path: str) -> bool:
    """By its first bytes: hand-ins by zip and by platforms lose the permission to be run."""
    with open(path, "rb") as file:
        return file.read(4).startswith(EXECUTABLE)


def _run(command: list[str], work: str, given: str) -> Json:
    words = [sys.executable if command[0] in PYTHON else command[0], *command[1:]]
    home = os.path.dirname(work)
    places = {"PWD": work, "HOME": home, "TMPDIR": os.path.join(home, TEMPORARY)}
    with tempfile.TemporaryFile() as source:
        source.write(given.encode("utf-8", "replace"))
        source.seek(0)
        try:
            process = subprocess.Popen(
                words, cwd=work, env={**os.environ, **places}, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except (FileNotFoundError, NotADirectoryError):
            return _ran(NOT_FOUND, b"", f"{command[0]}: not found".encode())
        except OSError as error:
            return _ran(NOT_A_PROGRAM, b"", f"{command[0]}: {error.strerror}".encode())
    return _watch(process, work)


def _watch(process: subprocess.Popen[bytes], work: str) -> Json:
    output, errors = _Head(process), _Tail()
    readers = (_reading(process.stdout, output.take), _reading(process.stderr, errors.take))
    code = process.wait()
    until = time.monotonic() + DRAIN
    for reader in readers:
        reader.join(max(0.0, until - time.monotonic()))
    said = bytes(errors.kept).replace(f"{work}{os.sep}".encode(), b"")
    return _ran(code, bytes(output.kept), said, output.is_full)


def _ran(code: int, output: bytes, errors: bytes, cut: bool = False) -> Json:
    texts = {"stdout": output.decode("utf-8", "replace"), "stderr": errors.decode("utf-8", "replace")}
    return {"type": "ran", "exit_code": code, "cut": cut, **texts}


def _reading(stream: IO[bytes] | None, take: Callable[[bytes], None]) -> threading.Thread:
    """A thread that hands on what comes through a pipe, to its end."""
    assert stream is not None

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            while data := os.read(stream.fileno(), BLOCK):
                take(data)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


class _Head:
    """Keeps the beginning, and ends a program that writes more."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.kept = bytearray()
        self.is_full = False

    def take(self, data: bytes) -> None:
        room = KEPT - len(self.kept)
        self.kept += data[:room]
        if len(data) > room and not self.is_full:
            self.is_full = True
            self._process.kill()


class _Tail:
    """Keeps the end."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def take(self, data: bytes) -> None:
        self.kept = (self.kept + data)[-KEPT_ERRORS:]


def _remove(path: str) -> None:
    """Remove a folder, whatever a program made of it."""
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    for folder, folders, _ in os.walk(path):
        for name in folders:
            inner = os.path.join(folder, name)
            if not os.path.islink(inner):
                os.chmod(inner, 0o700)  # before the walk comes to it
    shutil.rmtree(path, ignore_errors=True)
