"""The assignments of a course: a folder of rubrics beside a folder with one folder of submissions an assignment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.intake.rubrics import LoadedRubric, load_rubric
from grader.intake.submissions import Source, find_submissions


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment of a course, and what was handed in for it."""

    rubric: LoadedRubric
    sources: tuple[Source, ...]

    @property
    def name(self) -> str:
        """The name of the rubric's file, by which the folders of submissions and of results are called."""
        return self.rubric.path.stem


@dataclass(frozen=True, slots=True)
class FoundCourse:
    """The assignments that can be graded, and the names of rubrics without submissions."""

    assignments: tuple[Assignment, ...]
    without_submissions: tuple[str, ...]


def find_course(rubrics: Path, submissions: Path) -> FoundCourse:
    """Every ``<name>.yaml`` of a folder with the submissions in ``<name>`` of the other, ordered by name.

    Raises:
        UsageError: no rubric has a folder of submissions.
        RubricError: one of those that have is faulty.
    """
    paths = sorted(p for p in rubrics.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))
    present = [path for path in paths if (submissions / path.stem).exists()]
    if not present:
        known = ", ".join(path.stem for path in paths) or "none"
        raise UsageError(f"{submissions} has no folder that is called like a rubric of {rubrics} (rubrics: {known})")
    return FoundCourse(
        assignments=tuple(Assignment(load_rubric(path), find_submissions(submissions / path.stem)) for path in present),
        without_submissions=tuple(path.stem for path in paths if path not in present),
    )
