"""Which sandbox an isolation is, and whether it can be had here."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import UsageError
from grader.sandbox import leftovers
from grader.sandbox.base import Sandbox
from grader.sandbox.local import LocalSandbox
from grader.sandbox.plain import PlainSandbox
from grader.sandbox.walls import inspect, refusal

ISOLATIONS = ("strict", "best", "none")
"""``strict`` refuses to run without every wall, ``best`` takes those that work, ``none`` is for a student's own machine."""


def make_sandbox(isolation: str, python: str = "", imports: Sequence[str] = ()) -> Sandbox:
    """A sandbox of this isolation, for submissions that run under `python` ("" is the toolkit's own interpreter).

    What killed runs left behind is taken away first.

    Raises:
        UsageError: there is no such isolation.
    """
    leftovers.clear()
    if isolation == "none":
        return PlainSandbox(python, imports)
    if isolation == "strict":
        return LocalSandbox("strict", python, imports)
    if isolation == "best":
        return LocalSandbox("best", python, imports)
    raise UsageError(f"there is no isolation `{isolation}`: {', '.join(ISOLATIONS)}")


def require(isolation: str, python: str = "") -> None:
    """Check before the first submission that this isolation can be had.

    Raises:
        BoxError: ``strict`` is asked for and a wall is missing; the error names each, with what mends it.
    """
    if isolation == "strict":
        reports = inspect(python)
        if not all(report.works for report in reports):
            raise refusal(reports)
