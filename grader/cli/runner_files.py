"""The files and variables by which a CI step talks to its runner, kept away from what a submission runs."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
_SECRET_PREFIXES = ("GITHUB_", "ACTIONS_", "RUNNER_", "CI_", "INPUT_")
_PR_SET_DUMPABLE = 4


@dataclass(frozen=True)
class RunnerFiles:
    """The runner's files of this step by variable, and what stood in them before the submission ran."""

    paths: Mapping[str, Path]
    before: Mapping[str, bytes]

    def restore(self) -> tuple[str, ...]:
        """Put back what stood in them; the variables of those that had been written to meanwhile."""
        changed = []
        for name, path in self.paths.items():
            if _content(path) != self.before[name]:
                changed.append(name)
                if path.is_symlink():
                    path.unlink()
                path.write_bytes(self.before[name])
        return tuple(changed)

    def append(self, name: str, text: str) -> bool:
        """Add lines to one of them; False where the runner gave none."""
        path = self.paths.get(name)
        if path is None:
            return False
        with path.open("a", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else text + "\n")
        return True


def take_runner_files(environment: MutableMapping[str, str]) -> RunnerFiles:
    """Note the runner's files, and take the variables that name them, or hold its tokens, out of the environment.

    No process started from here inherits them.
    """
    paths = {name: Path(environment[name]) for name in FILES if environment.get(name)}
    before = {name: _content(path) for name, path in paths.items()}
    for name in [n for n in environment if n.startswith(_SECRET_PREFIXES) or n.endswith("_TOKEN")]:
        del environment[name]
    return RunnerFiles(paths, before)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def hide_from_others() -> None:
    """On Linux, other processes of the same user can no longer read our memory, nor the environment we were started with.

    prctl(2), PR_SET_DUMPABLE. It does not hold against root, and not for the processes that started us.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
