"""Exceptions as plain `Raised` data, with only the student's own lines."""

from __future__ import annotations

import itertools
import linecache
import os
import traceback
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

LONGEST_MESSAGE = 2000
MOST_FRAMES = 20
DEEP = 100


@dataclass
class Files:
    """Which file names in tracebacks are the student's: `cells` maps names of compiled cells to their index."""

    part: str = ""
    root: str = field(default_factory=os.getcwd)
    cells: dict[str, int] = field(default_factory=dict)

    def own(self, name: str) -> str:
        """The student's name for a file; "" when it is not hers."""
        if name in self.cells:
            return self.part
        path = os.path.realpath(os.path.join(self.root, name))
        root = os.path.realpath(self.root)
        inside = path.startswith(root + os.sep) and f"{os.sep}site-packages{os.sep}" not in path
        return os.path.relpath(path, root).replace(os.sep, "/") if inside and os.path.isfile(path) else ""


def raised(error: BaseException, files: Files) -> dict[str, Any]:
    """The `Raised` of an exception; never raises, whatever the exception's own methods do."""
    return {
        "kind": type(error).__name__[:200],
        "message": message_of(error),
        "frames": _frames(error, files),
        "missing_module": _missing_module(error),
    }


def plain(kind: str, message: str) -> dict[str, Any]:
    """A `Raised` that we word ourselves."""
    return {"kind": kind, "message": message, "frames": [], "missing_module": ""}


def message_of(error: BaseException) -> str:
    """The exception's text, bounded; empty when its `__str__` fails."""
    try:
        text = str(error)
        return text[:LONGEST_MESSAGE] if type(text) is str else ""
    except BaseException:
        return ""


def _frames(error: BaseException, files: Files) -> list[dict[str, Any]]:
    """The student's own frames, outermost first; of a deep recursion both ends."""
    frames = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if own := files.own(code.co_filename):
            frames.append(_frame(own, code.co_filename, trace.tb_lineno or 0, code.co_name, files))
        trace = trace.tb_next
    frames += _syntax_frame(error, files)
    return frames if len(frames) <= MOST_FRAMES else frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]


def _frame(own: str, name: str, line: int, function: str, files: Files) -> dict[str, Any]:
    return {
        "file": own,
        "line": line,
        "function": "" if function == "<module>" else function,
        "code": linecache.getline(name, line).strip()[:300],
        "cell": files.cells.get(name),
    }


def _syntax_frame(error: BaseException, files: Files) -> list[dict[str, Any]]:
    """A syntax error's line has no frame of its own."""
    if not isinstance(error, SyntaxError) or not isinstance(error.filename, str) or not error.lineno:
        return []
    own = files.own(error.filename)
    if not own:
        return []
    frame = _frame(own, error.filename, int(error.lineno), "", files)
    return [{**frame, "code": frame["code"] or str(error.text or "").strip()[:300]}]


def _missing_module(error: BaseException) -> str:
    name = getattr(error, "name", None) if isinstance(error, ImportError) else None
    return name[:200] if isinstance(name, str) else ""


def is_deep(error: BaseException) -> bool:
    """Whether the traceback is longer than anybody reads."""
    frames = itertools.islice(traceback.walk_tb(error.__traceback__), DEEP)
    return sum(1 for _ in frames) == DEEP


def traceback_lines(error: BaseException) -> list[str]:
    """A plain traceback for the executed notebook; one line when even that fails."""
    try:
        return traceback.format_exception(type(error), error, error.__traceback__, limit=-10)
    except BaseException:
        return [type(error).__name__]
