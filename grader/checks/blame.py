"""Exceptions whose cause may be the environment and not the student: a library, a device, the network, a removed alias."""

from __future__ import annotations

import re

from grader.model.values import Raised
from grader.model.verdict import Reason

CAUSES = {
    "no_gpu": r"Torch not compiled with CUDA|No CUDA GPUs|Found no NVIDIA driver|CUDA driver version|no CUDA-capable",
    "no_network": r"Name or service not known|Temporary failure in name resolution|Network is unreachable|urlopen error",
    "removed_alias": (
        r"was removed in the NumPy \d|`np\.\w+` was a deprecated alias|"
        r"module 'numpy' has no attribute '(?:float|int|bool|object|str|complex|long|unicode|float_|complex_|unicode_|"
        r"Inf|Infinity|NaN|infty|string_|round_|mat|NINF|PINF|product|cumproduct|alltrue|sometrue|in1d|trapz|row_stack|msort|asfarray|cast|source)'"
    ),
}
"""Cause to what libraries say of it: torch, urllib, and the names that numpy 1.24, 2.0 and later took away.

A cause is suspected here; a human confirms it.
"""


def environment_fault(error: Raised) -> Reason | None:
    """The suspected fault of the environment behind an exception; None where it is the student's own."""
    facts = {"kind": error.kind, "message": error.message[:500]}
    if error.missing_module:
        return Reason(code="environment", facts={**facts, "cause": "no_library", "library": error.missing_module})
    for cause, pattern in CAUSES.items():
        if re.search(pattern, error.message[:5000]):
            return Reason(code="environment", facts={**facts, "cause": cause, "library": ""})
    return None
