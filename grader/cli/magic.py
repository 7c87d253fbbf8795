"""In a notebook: ``%load_ext grader`` and ``%check 3.2``, or ``grader.check("3.2")``; judged in the live session."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError, UsageError
from grader.model.report import Report
from grader.reports.selfcheck import SelfCheck, selfcheck, selfcheck_html, selfcheck_text
from grader.sandbox.live import LiveSandbox, Watched, watch_closing
from grader.selfcheck import check_live, find_assignment, only_questions

_SESSIONS: dict[int, Watched] = {}
"""What was watched of each shell, by its identity; a kernel has one."""


@dataclass(frozen=True)
class CheckResult:
    """What a check found: shown as HTML in a notebook, as plain text elsewhere."""

    found: SelfCheck
    report: Report

    @property
    def fails(self) -> bool:
        """Something visible is not right, or only in part."""
        return self.found.fails

    def __repr__(self) -> str:
        return selfcheck_text(self.found)

    def _repr_html_(self) -> str:
        return selfcheck_html(self.found)


@dataclass(frozen=True)
class NotChecked:
    """Nothing was checked, and why; shown in place of a traceback."""

    why: str

    def __repr__(self) -> str:
        return self.why


def check(*questions: str, rubric: str | Path | None = None, file: str | Path | None = None) -> CheckResult | NotChecked:
    """Check these questions (all without any) with what the session holds now; texts are read from the notebook as last saved.

    `rubric` and `file` are only needed where there is no `grader.toml` in the working folder or above.
    """
    try:
        shell = _shell()
        given = [Path(path) for path in (rubric, file) if path is not None]
        assignment = only_questions(find_assignment(given, Path.cwd()), [str(question) for question in questions])
        report = check_live(LiveSandbox(shell, _SESSIONS.get(id(shell))), assignment)
    except GraderError as error:
        return NotChecked(f"{error}" + (f"\nmend it with: {error.mend}" if error.mend else ""))
    return CheckResult(selfcheck(report), report)


def load_ipython_extension(shell: Any) -> None:
    """Register ``%check`` and watch cells and figures from here on."""
    watched = _SESSIONS.setdefault(id(shell), Watched())
    watch_closing(watched.log)
    if not watched.is_registered:
        watched.is_registered = True
        shell.events.register("pre_run_cell", lambda info: watched.begin(str(info.raw_cell)))
        shell.events.register("post_run_cell", lambda _: watched.note_open())
    shell.register_magic_function(_magic, magic_kind="line", magic_name="check")


def _magic(line: str) -> CheckResult | NotChecked:
    """``%check 3.2 3.3``: check these questions, or all of them."""
    return check(*shlex.split(line))


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        raise UsageError("this is no notebook or IPython session", mend="grader check, in a terminal")
    return shell
