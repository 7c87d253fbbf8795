"""What one student handed in, as it is graded: read, without what the assignment does not take, with what its blanks make."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grader.checks import Rubric
from grader.errors import WriteError
from grader.intake.archives import is_of_the_host
from grader.intake.blanks import with_blanks
from grader.intake.report_code import with_code
from grader.intake.submissions import Source, read_submission
from grader.model.submission import Fault, Submission


def read_hand_in(source: Source, unpacked: Path, rubric: Rubric) -> Submission:
    """The submission, archives laid below `unpacked`. What keeps it from being read becomes its fault; every student gets a row.

    Raises:
        WriteError: it cannot be unpacked for want of room, which is nobody's fault.
    """
    try:
        return accepted(read_submission(source, unpacked), rubric)
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        why = getattr(error, "strerror", "") or str(error) or type(error).__name__
        if is_of_the_host(error):
            raise WriteError.at(unpacked / source.id, why) from error
        return _unreadable(source, why)


def accepted(submission: Submission, rubric: Rubric) -> Submission:
    """The submission without the parts that the assignment does not accept, each of which becomes a fault of it, and with what is
    made of its filled-in blanks."""
    kind_of = {"notebook": "notebook", "module": "module", "document": "report"}
    refused = [p for p in submission.parts if kind_of[p.kind] not in rubric.accepts]
    text = f"This assignment takes {', '.join(rubric.accepts)}; the file was not looked at."
    taken = submission.model_copy(
        update={
            "parts": tuple(p for p in submission.parts if p not in refused),
            "faults": submission.faults + tuple(Fault(path=p.path, code="not_accepted", text=text) for p in refused),
        }
    )
    return with_code(with_blanks(taken, rubric), rubric)


def _unreadable(source: Source, why: str) -> Submission:
    return Submission(
        id=source.id,
        root=str(source.path),
        digest=hashlib.sha256(f"unreadable:{source.id}".encode()).hexdigest(),
        faults=(Fault(path=source.path.name, code="unreadable", text=f"The submission cannot be read: {why}."),),
        handed_in=source.handed_in,
        marked_late=source.marked_late,
        students=source.students,
    )
