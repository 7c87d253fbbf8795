"""For whom an export is made: who the students are to another system, and how far the assignment is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.student import Student
from grader.reports.audience import Stage


@dataclass(frozen=True, slots=True)
class Terms:
    """`students` by submission id; `column` is the heading of the assignment's column in a gradebook ("" is its title)."""

    stage: Stage = Stage.PUBLISHED
    students: Mapping[str, tuple[Student, ...]] = field(default_factory=dict)
    column: str = ""

    def students_of(self, submission: str) -> tuple[Student, ...]:
        """Who handed this in; where nothing is known, somebody whose login and name are the submission's id."""
        return self.students.get(submission) or (Student(name=submission, username=submission),)
