"""What a grading run demands of every worker of a cluster, and what a worker finds that it is itself."""

from __future__ import annotations

import hashlib
import subprocess

import grader
from grader.cluster.setting import Setting
from grader.errors import BoxError
from grader.model.base import Frozen
from grader.sandbox.versions import versions_of
from grader.store.code import code_of

CODE = code_of("model", "sandbox", "cluster")
"""What observes, as it was when this process began: with other code there, evidence would be another."""
DECISIVE = ("python", "torch")
"""Where these differ, what is observed may differ by more than its last digits."""


class Found(Frozen):
    """What a worker is: versions in its boxes, and why it cannot be used ("" if it can)."""

    versions: dict[str, str] = {}
    why: str = ""
    mend: str = ""
    is_box: bool = False
    """It is the box that cannot be built."""


class Demand(Frozen):
    """Boxes of a setting, and what must be as it is with who asks."""

    setting: Setting
    grader: str
    code: str
    """Digest of the code that observes."""
    versions: dict[str, str]
    """Of the interpreter of the boxes and its libraries; empty where who asks has no such interpreter."""

    @classmethod
    def of(cls, setting: Setting) -> Demand:
        """What this process demands."""
        return cls(setting=setting, grader=grader.__version__, code=CODE, versions=_versions(setting.python))

    @property
    def name(self) -> str:
        """Equal demands share the boxes of a worker by it."""
        return f"grader-{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]}"

    def meet(self) -> Found:
        """Whether this process can meet it; tries every wall that is asked for."""
        if self.code != CODE:
            theirs = grader.__version__
            how = f"grader {theirs}, and {self.grader} is here" if theirs != self.grader else f"a changed grader {theirs}"
            return Found(why=f"it has {how}", mend="install the same grader on every worker, and start the workers again")
        try:
            versions = versions_of(self.setting.python)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return Found(why=f"the interpreter of the boxes does not run: {error}", is_box=True)
        if why := decisive_difference(versions, self.versions):
            return Found(versions=versions, why=f"it has {why} here", mend="install the same versions on every worker")
        try:
            self.setting.require()
        except BoxError as error:
            return Found(versions=versions, why=str(error), mend=error.mend, is_box=True)
        return Found(versions=versions)


def _versions(python: str) -> dict[str, str]:
    try:
        return versions_of(python)
    except (OSError, ValueError, subprocess.SubprocessError):
        if not python:
            raise
        return {}


def decisive_difference(seen: dict[str, str], expected: dict[str, str]) -> str:
    """``torch 2.2.0, and 2.13.0 is``: the first of what decides that differs; "" if nothing does, or nothing is known."""
    for name in DECISIVE if expected else ():
        if _series(name, seen.get(name, "")) != _series(name, expected.get(name, "")):
            return f"{name} {seen.get(name) or 'missing'}, and {expected.get(name) or 'none'} is"
    return ""


def harmless_differences(seen: dict[str, str], expected: dict[str, str]) -> tuple[str, ...]:
    """The others that differ, as ``numpy 1.26.4 (2.4.6 here)``."""
    both = [name for name in expected if seen.get(name, "") != expected[name]]
    return tuple(f"{name} {seen.get(name) or 'missing'} ({expected[name] or 'missing'} here)" for name in both)


def _series(name: str, version: str) -> str:
    """What of a version decides: of Python 3.11.4 it is 3.11, of torch 2.13.0+cpu 2.13.0, as boxes have no other device."""
    return ".".join(version.split(".")[:2]) if name == "python" else version.partition("+")[0]
