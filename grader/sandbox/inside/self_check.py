"""Cells that check the student's own work do nothing where it is being graded, whether or not the toolkit is installed there."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

NAME = "grader"


def quiet_self_check() -> None:
    """Let ``%load_ext`` of the toolkit, its ``%check`` and its ``check()`` pass without a word.

    The toolkit itself, where this process has imported it, may lie out of reach behind the walls by now; only in a process
    that is the toolkit's own it stays.
    """
    if f"{NAME}.sandbox" not in sys.modules:
        module = ModuleType(NAME, "Nothing is checked while the work is run to be graded.")
        vars(module).update(check=_nothing, load_ipython_extension=_load)
        sys.modules[NAME] = module


def _nothing(*questions: object, **where: object) -> None:
    """No check."""


def _load(shell: Any) -> None:
    shell.register_magic_function(_nothing, magic_kind="line", magic_name="check")
