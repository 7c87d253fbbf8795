"""What runs that were killed left behind: folders and control groups of nobody, taken away by the next run."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import groups
from grader.sandbox.holding import HOME, ROOM, TRIAL, take_away


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many folders and control groups were taken away."""

    folders: int
    groups: int


def clear(parent: Path | None = None, root: Path = groups.GROUPS) -> Cleared:
    """Take away what belongs to no living process: folders below `parent` (the temporary folder), groups below `root`."""
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    folders = [path for prefix in (ROOM, HOME, TRIAL) for path in parent.glob(f"{prefix}*")]
    return Cleared(take_away(folders, lambda path: shutil.rmtree(path, ignore_errors=True)), groups.clear(root))
