"""Nobody is at the keyboard: what asks for input raises at once, instead of waiting for ever."""

from __future__ import annotations

import builtins
import getpass
import io
import sys

NO_INPUT = "input() cannot be answered here: nobody is at the keyboard. Give the value in the code instead."


class StdinNotImplementedError(NotImplementedError):
    """What Jupyter raises, under the same name, where its front end takes no input."""


def refuse_input() -> None:
    """Replace `input`, `getpass` and standard input for this process."""
    builtins.input = _refuse
    getpass.getpass = _refuse
    sys.stdin = io.StringIO()


def _refuse(prompt: object = "", *rest: object, **options: object) -> str:
    raise StdinNotImplementedError(NO_INPUT)
