"""What is on the reviewer's desk: the assignments of a run folder or a course folder, who reviews, and how she looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import EvidenceError, UsageError
from grader.intake.rubrics import LoadedRubric, load_rubric
from grader.store.course_folder import run_folders
from grader.store.run_folder import RunFolder
from grader.web.assignment import Assignment
from grader.web.blind import numbers


@dataclass(frozen=True)
class Desk:
    """Everything that one `grader review` looks at."""

    out: Path
    author: str
    anonymous: bool
    assignments: tuple[Assignment, ...]
    is_course: bool

    def assignment(self, number: int) -> Assignment | None:
        return self.assignments[number] if 0 <= number < len(self.assignments) else None


def open_desk(out: Path, author: str, anonymous: bool = False, rubric: Path | None = None) -> Desk:
    """The desk for what `grader grade` wrote to `out`.

    Raises:
        EvidenceError: there is no run in it, or it cannot be read.
        UsageError: a rubric is given for a course, or is another one than the run was judged with.
    """
    folders = run_folders(out)
    if folders is not None and rubric is not None:
        raise UsageError(f"{out} holds a course; give --rubric with one of its folders: {', '.join(map(str, folders))}")
    opened = {folder: RunFolder(folder) for folder in folders or (out,)}
    given = numbers(entry.id for folder in opened.values() for entry in folder.read_manifest().entries)
    found = []
    for path, folder in opened.items():
        loaded = rubric_of(folder, rubric)
        assignment = Assignment(path.name if folders else loaded.rubric.assignment, folder, loaded, given, anonymous)
        _require_same_checks(assignment, path)
        found.append(assignment)
    return Desk(out, author, anonymous, tuple(found), folders is not None)


def rubric_of(folder: RunFolder, given: Path | None) -> LoadedRubric:
    """The rubric that the run is judged with: the one given, else the one of the run, where it lies or as the run keeps it."""
    path = given or Path(folder.read_manifest().rubric)
    return load_rubric(path if path.is_file() or given else folder.path / "evidence" / "rubric.yaml")


def _require_same_checks(assignment: Assignment, path: Path) -> None:
    """A decision is about points of a rubric: with another one, they would be given for something else.

    Raises:
        EvidenceError: there are no reports.
        UsageError: the reports have other checks, or other points, than the rubric.
    """
    wanted = {item.name: item.check.points for item in assignment.items}
    for report in assignment.refresh().reports.values():
        judged = {f"{question.id}/{check.id}": check.possible for question in report.questions for check in question.checks}
        if judged != wanted:
            raise UsageError(
                f"{path} was last judged with another rubric than {assignment.loaded.path}",
                f"grader regrade {path} --rubric RUBRIC",
            )
    if not assignment.refresh().reports:
        raise EvidenceError(f"{path} holds no submissions")
