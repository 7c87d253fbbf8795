"""An outer wall around the warm process, where `bwrap` is installed: a view of the host with nothing in it to be found.

Boxes have their own root already. Should one of their walls not hold, what is behind it is this view: the interpreter, the
system's libraries, an empty ``/tmp``, no network, no process but the warm one and its boxes. It is paid for once a warm process.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from grader.sandbox.zygote import command, scrubbed_environment

PROGRAM = "bwrap"
ROOM = "/tmp/box"  # noqa: S108 (within the view)
"""Where boxes mount their roots."""
TRIAL = 30.0
"""Seconds that a trial may take; it is well under one on an idle machine."""
APART = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
OWN = ("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", ROOM)  # noqa: S108


def wrapped(start: Sequence[str], python: str, visible: Sequence[str] = ()) -> list[str]:
    """The command that starts another within the view, where also the folders `visible` can be read."""
    arguments = [PROGRAM, *APART, *OWN]
    for path in (*_needed(python), *visible):
        arguments += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind-try", path, path]
    fonts = scrubbed_environment("/")["MPLCONFIGDIR"]
    arguments += [] if fonts == tempfile.gettempdir() else ["--bind", fonts, fonts]
    arguments += ["--cap-add", "ALL"] if os.geteuid() == 0 else []  # else root could build no boxes in there
    return [*arguments, "--remount-ro", "/", "--chdir", "/", "--", *start]


@functools.cache
def try_out(python: str = "") -> str:
    """Whether a box can be built within the view for this interpreter; what was met otherwise. Tried once a process."""
    if sys.platform != "linux":
        return f"there is none on {sys.platform}"
    try:
        said = _run(wrapped(command(python, f"attempt_within({ROOM!r})", module="attempt"), python))
        return "" if said == "on" else said or "the attempt ended without a word"
    except FileNotFoundError:
        return f"{PROGRAM} is not installed"
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"{PROGRAM} ended with status {error.returncode}"
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return str(error)


def _needed(python: str) -> list[str]:
    """The files and folders that boxes show, asked of the interpreter that they are for."""
    found: list[str] = json.loads(_run(command(python, "tell_shown()", module="room")))
    return found


def _run(start: Sequence[str]) -> str:
    done = subprocess.run(start, env=scrubbed_environment("/"), capture_output=True, timeout=TRIAL, check=True, cwd="/")
    return done.stdout.decode()
