"""The folder that `grader grade` writes for a course: the run folders of its assignments, and what it says of all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from grader.errors import EvidenceError
from grader.model.report import ClassReport
from grader.reports.course import COURSE_VERSION, course_csv, course_html, course_json
from grader.store.files import write_atomically


def write_course(out: Path, classes: Mapping[str, ClassReport]) -> None:
    """index.html, gradebook.csv and course.json; `classes` by the names of the run folders in `out`."""
    write_atomically(out / "index.html", course_html(classes))
    write_atomically(out / "gradebook.csv", course_csv(classes))
    write_atomically(out / "course.json", course_json(classes))


def run_folders(out: Path) -> tuple[Path, ...] | None:
    """The run folders of a course; None where `out` holds none (it may be a run folder itself).

    Raises:
        EvidenceError: its course.json cannot be read.
    """
    try:
        found = json.loads((out / "course.json").read_text(encoding="utf-8"))
        folders = tuple(out / str(one["folder"]) for one in found["assignments"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"{out / 'course.json'} cannot be read: {error}") from error
    if found["version"] != COURSE_VERSION:
        raise EvidenceError(f"{out / 'course.json'} has version {found['version']}; this grader reads {COURSE_VERSION}")
    return folders
