"""The nearest valid name, for hints."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """``did you mean `array`?``, or the list of what is valid when nothing is near; "" when nothing is valid."""
    names = sorted({str(v) for v in valid})
    close = difflib.get_close_matches(str(name).lower(), [n.lower() for n in names], n=1, cutoff=0.6)
    if close:
        best = next(n for n in names if n.lower() == close[0])
        return f"did you mean `{best}`?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"valid here: {shown}" if names else ""
