"""The documents results.json and result.json as models, from which their schema is made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from grader.model.base import Frozen
from grader.model.verdict import Status
from grader.reports.text import encodable

VERSION = 1

Text = Annotated[str, AfterValidator(encodable)]
"""A string that any UTF-8 file can hold."""


class PartJson(Frozen):
    """One finding of a check with several parts, such as a cell of a table."""

    code: Text
    text: Text
    facts: dict[Text, Any]


class OverrideJson(Frozen):
    """A human's correction."""

    points: float
    author: Text
    reason: Text
    time: Text


class ReasonJson(Frozen):
    """Why: a code and its facts for programs, a sentence for people."""

    code: Text
    text: Text
    facts: dict[Text, Any]
    notes: tuple[Text, ...]
    parts: tuple[PartJson, ...]
    says: Text = Field(description="The rubric's explanation of the recognised mistake.")
    override: OverrideJson | None


class WhereJson(Frozen):
    part: Text
    cell: int | None
    heading: Text
    name: Text


class CheckJson(Frozen):
    """One check. `status` is null where the reader may not see it (yet)."""

    id: Text
    kind: Text
    status: Status | None
    credit: str | None = Field(description="A fraction n/d in 0..1; null exactly when undecided or not shown.")
    points: float | None = Field(description="Null while a human is waited for, or where it is not shown.")
    possible: float
    reason: ReasonJson | None
    mistake: Text | None = Field(description="Id of the known mistake that was recognised.")
    where: WhereJson | None = Field(description="Where the answer was found; cells are counted from 0.")


class QuestionJson(Frozen):
    id: Text
    earned: float
    possible: float
    pending: float
    checks: tuple[CheckJson, ...]


class CellJson(Frozen):
    part: Text
    cell: int | None
    status: Text
    seconds: float
    error: Text


class FaultJson(Frozen):
    path: Text
    code: Text
    text: Text


class RunJson(Frozen):
    """The record of the run. All that may differ between two runs over the same input stands here."""

    digest: Text = Field(description="Digest of the submission's files.")
    ended: Text
    detail: Text
    isolation: Text
    walls: dict[Text, Text]
    versions: dict[Text, Text]
    started: Text
    seconds: float
    student_seconds: float
    peak_memory: int
    cells: tuple[CellJson, ...]
    faults: tuple[FaultJson, ...]
    environment_faults: tuple[Text, ...]


class SubmissionJson(Frozen):
    """One submission. `earned` is the sum of the questions' less `late`."""

    id: Text
    earned: float
    possible: float
    pending: float
    late: float
    questions: tuple[QuestionJson, ...]
    run: RunJson


class ResultsJson(Frozen):
    """A class (results.json), or one submission alone (result.json)."""

    version: Literal[1]
    assignment: Text
    submissions: tuple[SubmissionJson, ...]
