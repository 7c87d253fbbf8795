"""Holds back the interrupt by which the host ends a cell, while what the cell did is put in order and reported."""

from __future__ import annotations

import signal
from typing import Any


class Interrupts:
    """`ignore` from within; on leaving, interrupts are taken again as before. One that comes between is dropped."""

    def __init__(self) -> None:
        self.before: Any = None

    def __enter__(self) -> Interrupts:
        return self

    def ignore(self) -> None:
        """From here on, an interrupt is not for this cell any more."""
        self.before = _set(signal.SIG_IGN)

    def __exit__(self, *error: object) -> None:
        if self.before is not None:
            _set(self.before)


def _set(handler: Any) -> Any:
    """Install a handler and give the earlier one; None outside the main thread, where there is none to set."""
    try:
        return signal.signal(signal.SIGINT, handler)
    except ValueError:
        return None
