"""Writing so that a killed run leaves either the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from grader.errors import WriteError


def write_atomically(path: Path, data: bytes | str) -> None:
    """Replace `path` by these bytes (text as UTF-8) in one step.

    Raises:
        WriteError: that is not possible; the old file is still there.
    """
    raw = data.encode("utf-8", errors="replace") if isinstance(data, str) else data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, raw)
    except OSError as error:
        raise WriteError.at(path, error.strerror or str(error)) from error


def _replace(path: Path, raw: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
