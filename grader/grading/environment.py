"""Faults of the environment, told apart from wrong answers: a missing library, a removed alias, no GPU, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.model.evidence import Capture, CaptureStatus, Run
from grader.model.submission import Submission
from grader.model.values import Raised

_NUMPY_ALIAS = re.compile(r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was (?:removed|a deprecated alias)")
_REMOVED_FROM_NUMPY = frozenset(
    """
    Inf Infinity NINF NaN PINF alltrue asfarray bool cast complex complex_ cumproduct find_common_type float float_
    geterrobj in1d infty int issctype lookfor long mat maximum_sctype msort nbytes obj2sctype object product recfromcsv
    recfromtxt round_ row_stack safe_eval sctype2char sctypes set_string_function seterrobj sometrue source str string_
    trapz unicode unicode_
    """.split()  # noqa: SIM905 - a list of forty quoted words is harder to read
)
_GPU = re.compile(r"CUDA|cuDNN|No NVIDIA|not compiled with CUDA|MPS (?:device|backend)|invalid device ordinal", re.IGNORECASE)
_NETWORK = re.compile(
    r"Network is unreachable|Name or service not known|Temporary failure in name resolution|Failed to establish a new connection|"
    r"Max retries exceeded|urlopen error|nodename nor servname|HTTPSConnectionPool",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EnvironmentFault:
    """What the box lacked. `code` is ``library``, ``alias``, ``gpu`` or ``network``; `what` names it."""

    code: str
    what: str


def environment_fault(error: Raised | None, own_modules: frozenset[str] = frozenset()) -> EnvironmentFault | None:
    """The fault of the environment behind an exception, if that is what it is.

    A module that the submission itself brings (`own_modules`) is not the environment's.
    """
    if error is None:
        return None
    if error.missing_module:
        top = error.missing_module.split(".")[0]
        return None if top in own_modules or not top else EnvironmentFault("library", top)
    alias = _NUMPY_ALIAS.search(error.message) if error.kind == "AttributeError" else None
    if alias is not None and (alias[1] or alias[2]) in _REMOVED_FROM_NUMPY:
        return EnvironmentFault("alias", f"numpy.{alias[1] or alias[2]}")
    if error.kind in ("RuntimeError", "AssertionError", "AcceleratorError", "OutOfMemoryError") and _GPU.search(error.message):
        return EnvironmentFault("gpu", "a GPU")
    if error.kind in ("URLError", "ConnectionError", "OSError", "gaierror", "ConnectTimeout", "RuntimeError") and _NETWORK.search(
        error.message
    ):
        return EnvironmentFault("network", "the network")
    return None


def faults_of_run(run: Run, submission: Submission | None = None) -> tuple[EnvironmentFault, ...]:
    """The faults of the environment that cells of this run met, each once."""
    own = own_modules(submission)
    found = [environment_fault(cell.error, own) for cell in run.cells]
    return tuple(dict.fromkeys(f for f in found if f is not None))


def own_modules(submission: Submission | None) -> frozenset[str]:
    """The modules and packages a submission brings."""
    if submission is None:
        return frozenset()
    return frozenset(name.split("/")[0].removesuffix(".py") for name in submission.files)


def blames_environment(capture: Capture, faults: tuple[EnvironmentFault, ...]) -> EnvironmentFault | None:
    """The fault of the environment that explains why a capture holds no value.

    A capture that raised is explained by its own exception. One that is missing may be so because an earlier cell
    met a fault: then it is the first of these.
    """
    if capture.status is CaptureStatus.RAISED:
        own = environment_fault(capture.error)
        if own is not None:
            return own
        return faults[0] if faults and capture.error is not None and capture.error.kind == "NameError" else None
    if capture.status is CaptureStatus.MISSING and faults:
        return faults[0]
    return None
