"""A submission's work folder on the host, for boxes without a private root."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.model.probe import Plan
from grader.model.submission import Submission
from grader.sandbox.inside import files


def lay(home: Path, submission: Submission, plan: Plan, owner: int | None = None) -> str:
    """Copy the submission's files and the data into `home`/work, the data also into `home`; the work folder's path.

    `owner` is the user and group that shall own both folders.
    """
    work = home / "work"
    work.mkdir(parents=True, exist_ok=True)
    data = [{"name": d.name, "path": d.path} for d in plan.data]
    files.lay(str(work), submission.root, list(submission.files), data, owner)
    return str(work)


def size(submission: Submission, plan: Plan) -> int:
    """Bytes that the laid files take, so that the limit on disk is the submission's own; a program runs in a copy of them."""
    total = 0
    paths = [Path(submission.root) / name for name in submission.files] + [Path(d.path) for d in plan.data]
    for path in paths:
        with contextlib.suppress(OSError):
            total += path.stat().st_size + 4096
    return 2 * total if plan.runs_programs else total
