"""Automated grading of deep-learning homework: reference oracles, a box for submissions, YAML rubrics."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from grader.cli.magic import CheckResult as _CheckResult
    from grader.cli.magic import NotChecked as _NotChecked

__all__ = ["__version__", "check", "load_ipython_extension"]

__version__ = "0.1.0"


def check(*questions: str, **where: _Any) -> "_CheckResult | _NotChecked":
    """In a notebook: check these questions (all without any) with what the session holds now."""
    from grader.cli.magic import check as check_live

    return check_live(*questions, **where)


def load_ipython_extension(shell: _Any) -> None:
    """``%load_ext grader`` gives the magic ``%check``."""
    from grader.cli.magic import load_ipython_extension as load

    load(shell)
