"""Runs a part of a submission in a fork of the test process, and validates what comes out as the host would."""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.model.evidence import Capture, CellRun
from grader.sandbox.inside import session


@dataclass(frozen=True)
class Played:
    """The records of the cells, in order, and the captures of the probes."""

    cells: tuple[CellRun, ...]
    captures: tuple[Capture, ...]

    @property
    def capture(self) -> Capture:
        assert len(self.captures) == 1
        return self.captures[0]

    @property
    def value(self) -> Any:
        """The value of the only capture."""
        assert self.capture.error is None, self.capture.error
        assert self.capture.value is not None, self.capture
        return self.capture.value


Play = Callable[..., Played]


def part_of(cells: Sequence[Any], kind: str, folder: Path) -> dict[str, Any]:
    pairs = [(cell, ()) if isinstance(cell, str) else cell for cell in cells]
    listed = [{"index": i, "kind": "code", "source": text, "headings": list(above)} for i, (text, above) in enumerate(pairs)]
    if kind == "module":
        (folder / "work.py").write_text(pairs[0][0])
    return {"path": "work.py" if kind == "module" else "work.ipynb", "kind": kind, "cells": listed}


def play_part(part: dict[str, Any], probes: Any, blobs: Any, limits: Any, folder: Path) -> Any:
    os.chdir(folder)
    frames: list[dict[str, Any]] = []
    played = session.Session(part, limits, 0, lambda frame, _: frames.append(frame))
    for cell in part["cells"]:
        played.run_cell(cell["index"])
    return frames, [played.answer(probe, blobs) for probe in probes]


def forked(work: Callable[[], Any]) -> Any:
    """What `work` returns in a forked process, so that nothing it does is left in this one."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have been started deaf to Ctrl-C
        os.close(reader)
        warnings.resetwarnings()
        warnings.simplefilter("default")
        warnings.showwarning = lambda *said, **_: print(warnings.formatwarning(*said[:4]), file=sys.stderr)  # pytest's keeps them
        try:
            result = (True, work())
        except BaseException:
            result = (False, traceback.format_exc())
        with os.fdopen(writer, "wb") as stream:
            stream.write(pickle.dumps(result))
            stream.flush()
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        data = stream.read()
    os.waitpid(child, 0)
    is_done, result = pickle.loads(data)
    assert is_done, result
    return result


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def look(*names: str) -> dict[str, Any]:
    return {"probe": "look", "names": list(names)}


def array(key: str, dtype: str = "float32", **fields: Any) -> dict[str, Any]:
    """An array value whose data is the blob of this key."""
    return {"type": "array", "data": {"blob": key}, "dtype": dtype, **fields}
