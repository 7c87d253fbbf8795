"""Which kernel runs a notebook: the course's Python by a fork of the warm process, or another one as its kernelspec says."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from ..libraries import Lacking, load

FOLDERS = tuple(os.path.join(base, "share", "jupyter", "kernels") for base in (sys.prefix, "/usr/local", "/usr"))
"""Where kernels are installed that a box can see: beside the interpreter, and the system's."""
PYTHON = ("python", "ipython", "python3", "")
LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
LAUNCHES = (LAUNCH, ("-Xfrozen_modules=off", *LAUNCH))
"""How ipykernel's own kernelspec begins it, for which a fork will do."""
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Spec:
    """A kernel: its language, and how it is started. Without a command it is a fork of this process."""

    language: str
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = ""
    by_message: bool = False
    """It is interrupted by a message, not by a signal."""

    def words(self, connection_file: str) -> list[str]:
        """The command, with the places in it filled in."""
        places = {"connection_file": connection_file, "prefix": sys.prefix, "resource_dir": self.folder}
        words = [_PLACE.sub(lambda match: places.get(match[1], match[0]), word) for word in self.command]
        return [sys.executable if _is_our_python(words[0]) else words[0], *words[1:]]


def choose(wanted: str, named: str, language: str) -> Spec:
    """The kernel that the rubric wants, else the one that the notebook names, else one of the notebook's language.

    A notebook in Python that names a kernel of its author's machine gets the course's Python.

    Raises:
        Lacking: it is not installed.
    """
    installed = _installed()
    if wanted in installed:
        return _spec(installed[wanted])
    if wanted and wanted not in PYTHON:
        raise Lacking(f"the rubric's kernel `{wanted}` is not installed: {_found(installed)}")
    if not wanted and named in installed and _speaks(installed[named], language):
        return _spec(installed[named])
    if wanted or language in PYTHON:
        return _own()
    for name in sorted(installed):
        if _speaks(installed[name], language):
            return _spec(installed[name])
    raise Lacking(f"the notebook is in `{language}`, for which no kernel is installed: {_found(installed)}")


def _installed() -> dict[str, Any]:
    return dict(KernelSpecManager(kernel_dirs=list(FOLDERS), ensure_native_kernel=False).get_all_specs())


def _found(installed: dict[str, Any]) -> str:
    names = ", ".join(sorted(installed)) or "none"
    return f"in {FOLDERS[0]} and the system's folders are {names}; `jupyter kernelspec install --sys-prefix` puts one there"


def _speaks(found: dict[str, Any], language: str) -> bool:
    spoken = str(found["spec"].get("language", "")).lower()
    return spoken == language or (spoken in PYTHON and language in PYTHON)


def _spec(found: dict[str, Any]) -> Spec:
    spec = found["spec"]
    command, environment = tuple(map(str, spec["argv"])), {str(k): str(v) for k, v in (spec.get("env") or {}).items()}
    if _is_our_python(command[0]) and command[1:] in LAUNCHES and not environment:
        return _own()
    language = str(spec.get("language", "")).lower()
    by_message = spec.get("interrupt_mode") == "message"
    return Spec(language or "unknown", command, environment, str(found["resource_dir"]), by_message)


def _own() -> Spec:
    if load("ipykernel.kernelapp") is None:
        raise Lacking.library("ipykernel")
    return Spec("python")


def _is_our_python(word: str) -> bool:
    return word in ("python", "python3", f"python3.{sys.version_info[1]}") or os.path.abspath(word) == sys.executable
