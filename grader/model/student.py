"""Who handed something in, as learning platforms know them."""

from __future__ import annotations

from grader.model.base import Frozen


class Student(Frozen):
    """One person; every field is "" where it is not known. Platforms match by the identifiers, never by our own id."""

    name: str = ""
    email: str = ""
    username: str = ""
    """The login: Canvas' ``SIS Login ID``, Moodle's ``username``."""
    number: str = ""
    """The institution's number: Canvas' ``SIS User ID``, Moodle's ``ID number``, Gradescope's ``SID``."""
    section: str = ""
    canvas: str = ""
    """Canvas' own user id."""
    moodle: str = ""
    """Moodle's participant number in this assignment, as in ``Participant 123``."""
    graded: str = ""
    """Moodle's ``Last modified (grade)``, as its worksheet gave it."""
    download: str = ""
    """Name of the file (Canvas) or folder (Moodle, Gradescope) that the platform's download gave the work."""


def merged(known: Student, told: Student) -> Student:
    """Both together; where both know something, `told` counts."""
    return known.model_copy(update={field: value for field, value in told if value})
