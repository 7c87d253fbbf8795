"""Faults of the environment, told apart from wrong answers: a missing library, a removed alias, no GPU, no network.

A cause is suspected here; a human confirms it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.model.values import Raised
from grader.model.verdict import Reason

_NUMPY_ALIAS = re.compile(r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was (?:removed|a deprecated alias)")
_REMOVED_FROM_NUMPY = frozenset(
    """
    Inf Infinity NINF NaN PINF alltrue asfarray bool cast complex complex_ cumproduct find_common_type float float_
    geterrobj in1d infty int issctype lookfor long mat maximum_sctype msort nbytes obj2sctype object product recfromcsv
    recfromtxt round_ row_stack safe_eval sctype2char sctypes set_string_function seterrobj sometrue source str string_
    trapz unicode unicode_
    """.split()  # noqa: SIM905 - a list of forty quoted words is harder to read
)
_GPU = re.compile(
    r"not compiled with CUDA|No CUDA GPUs|Found no NVIDIA driver|CUDA driver version|no CUDA-capable|MPS backend is not|"
    r"torch\.cuda\.is_available\(\) is False"
)
_NETWORK = re.compile(
    r"Network is unreachable|Name or service not known|Temporary failure in name resolution|Failed to establish a new connection|"
    r"Max retries exceeded|urlopen error|nodename nor servname|HTTPSConnectionPool",
    re.IGNORECASE,
)


Cause: TypeAlias = Literal["no_library", "removed_alias", "no_gpu", "no_network", "no_program"]


@dataclass(frozen=True, slots=True)
class EnvironmentFault:
    """What the box lacked, and `what` names it: a module, ``numpy.float``, "a GPU", "the network", a program."""

    cause: Cause
    what: str

    def reason(self, error: Raised | None = None) -> Reason:
        """The reason of an undecided verdict, with the exception that showed the fault where it is at hand."""
        shown = {"kind": error.kind, "message": error.message[:500]} if error is not None else {}
        return Reason(code="environment", facts={"cause": self.cause, "what": self.what, **shown})


def environment_fault(error: Raised | None, own_modules: frozenset[str] = frozenset()) -> EnvironmentFault | None:
    """The fault of the environment behind an exception; None where it is the student's own.

    A module that the submission itself brings (`own_modules`) is not the environment's.
    """
    if error is None:
        return None
    message = error.message[:5000]
    if error.missing_module:
        top = error.missing_module.split(".")[0]
        return None if top in own_modules or not top else EnvironmentFault("no_library", top)
    alias = _NUMPY_ALIAS.search(message) if error.kind == "AttributeError" else None
    if alias is not None and (alias[1] or alias[2]) in _REMOVED_FROM_NUMPY:
        return EnvironmentFault("removed_alias", f"numpy.{alias[1] or alias[2]}")
    if _GPU.search(message):
        return EnvironmentFault("no_gpu", "a GPU")
    if _NETWORK.search(message):
        return EnvironmentFault("no_network", "the network")
    return None
