"""What the box lacked in a run, and which missing answers that explains."""

from __future__ import annotations

from grader.checks.blame import EnvironmentFault, environment_fault
from grader.model.evidence import Capture, CaptureStatus, Run
from grader.model.submission import Submission


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
