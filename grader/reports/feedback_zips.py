"""Zips of feedback pages under the names by which Canvas and Moodle hand them to the students."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from grader.model.report import ClassReport
from grader.model.student import Student
from grader.reports.audience import Audience
from grader.reports.html import feedback_html
from grader.reports.pictures import pictures_of
from grader.reports.terms import Terms
from grader.reports.text import clean

_BIRTHDAY = (2000, 1, 1, 0, 0, 0)
"""Of every entry, so that the same reports give the same bytes."""
_READABLE = 0o644


def canvas_feedback(class_report: ClassReport, terms: Terms) -> bytes:
    """One page a student under the name her file had in Canvas' download, which tells Canvas the user and the attachment."""
    return _zip(class_report, terms, canvas_name)


def moodle_feedback(class_report: ClassReport, terms: Terms) -> bytes:
    """One page a student in the folder her files had in Moodle's download, or would have."""
    return _zip(class_report, terms, moodle_name)


def canvas_name(student: Student) -> str:
    """The name in the zip; "" for a student without a file in Canvas' download."""
    is_canvas = bool(student.canvas) and re.search(r"_\d+_\d+_.", student.download)
    return f"{PurePosixPath(student.download).stem}.html" if is_canvas else ""


def moodle_name(student: Student) -> str:
    """The name in the zip; "" where the participant number is not known."""
    if not student.moodle:
        return ""
    name = re.sub(r"[_/\\:\s]+", " ", clean(student.name)).strip(" .~") or "Participant"
    folder = student.download if "_assignsubmission_" in student.download else f"{name}_{student.moodle}_assignsubmission_file"
    return f"{folder}/feedback.html"


def zipped(files: Mapping[str, bytes], runnable: frozenset[str] = frozenset()) -> bytes:
    """A zip of these files, the same bytes for the same files; those in `runnable` may be executed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _BIRTHDAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (0o100000 | (0o755 if name in runnable else _READABLE)) << 16
            bundle.writestr(info, data)
    return stream.getvalue()


def _zip(class_report: ClassReport, terms: Terms, name_of: Callable[[Student], str]) -> bytes:
    return zipped(dict(_pages(class_report, terms, name_of)))


def _pages(class_report: ClassReport, terms: Terms, name_of: Callable[[Student], str]) -> Iterator[tuple[str, bytes]]:
    for report in class_report.reports:
        names = [name for student in terms.students_of(report.submission) if (name := name_of(student))]
        if names:
            page = feedback_html(report, Audience.STUDENT, terms.stage, pictures_of(report), notebook="")
            yield from ((name, page.encode("utf-8", errors="replace")) for name in names)
