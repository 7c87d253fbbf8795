"""A rubric: an assignment's questions, where their answers are, and the checks that judge them.

Generic in the check type, because the kinds live in `grader.checks` (`grader.checks.Rubric` is the concrete model).
"""

from __future__ import annotations

import ast
import re
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from grader.model.base import Exact, Frozen, read_fraction


class Visibility(StrEnum):
    """When a student may see a check: at once, never, after the due date, or when marks are published."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE = "after_due"
    AFTER_PUBLISHED = "after_published"


def _quantity(units: dict[str, float], example: str) -> Any:
    def read(value: Any) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*([A-Za-z]*)\s*", str(value))
        if match is None or match[2] not in units:
            raise ValueError(f"expected a quantity such as {example}; units are {', '.join(u for u in units if u)}")
        return float(match[1]) * units[match[2]]

    return BeforeValidator(read)


Seconds = Annotated[
    float,
    _quantity({"": 1, "s": 1, "ms": 0.001, "min": 60, "h": 3600}, "'120 s'"),
    Field(gt=0),
    PlainSerializer(lambda s: s, return_type=float),
    WithJsonSchema({"type": ["string", "number"], "examples": ["120 s", "2 min"]}),
]
Bytes = Annotated[
    float,
    _quantity({"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}, "'2 GiB'"),
    Field(gt=0),
    PlainSerializer(lambda s: s, return_type=float),
    WithJsonSchema({"type": ["string", "number"], "examples": ["2 GiB", "512 MiB"]}),
]


class Limits(Frozen):
    """What one submission may use. Times are wall-clock and kept by the host."""

    wall: Seconds = 120.0
    """The whole submission, probes included."""
    cell: Seconds = 60.0
    """One cell; when it is over, the cell is interrupted and the next one runs."""
    probe: Seconds = 10.0
    """One probe that calls student code."""
    memory: Bytes = 2.0 * 2**30
    disk: Bytes = 256.0 * 2**20
    """The work folder."""
    output: Bytes = 1.0 * 2**20
    """Printed text kept of one cell; four times this of one submission."""
    capture: Bytes = 128.0 * 2**20
    """Array data of one probe."""
    processes: int = Field(default=64, ge=1, le=4096)
    files: int = Field(default=256, ge=16, le=65536)
    """Open files of one process."""


Wait = Annotated[
    float,
    _quantity({"": 1, "s": 1, "min": 60, "h": 3600, "d": 86400, "days": 86400}, "'2 h'"),
    Field(ge=0),
    PlainSerializer(lambda s: s, return_type=float),
    WithJsonSchema({"type": ["string", "number"], "examples": ["15 min", "2 h", "1 d"]}),
]


def _share(value: Any) -> Fraction:
    """``10%``, ``1/10`` or ``0.1``."""
    text = str(value).strip()
    return read_fraction(text[:-1].strip()) / 100 if text.endswith("%") else read_fraction(value)


Share = Annotated[
    Fraction,
    BeforeValidator(_share),
    Field(ge=0, le=1),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "examples": ["10%", "1/10", 0.1]}),
]


def _moment(value: Any) -> datetime:
    """A time with its offset: a deadline without one means something else in every time zone.

    Raises:
        ValueError: it is no ISO 8601 time, or says no offset.
    """
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise ValueError("expected a time such as '2026-02-03T23:59:00-05:00'") from error
    if read.tzinfo is None:
        raise ValueError("a time needs its offset from UTC, such as '2026-02-03T23:59:00-05:00'")
    return read


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda t: t.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class LatePolicy(Frozen):
    """What handing in late costs, as shares of the assignment's points (without bonus)."""

    grace: Wait = 0.0
    """So much after `due` is not late yet."""
    loss_per_day: Share
    """Lost for each day begun after `due`."""
    cap: Share = Fraction(1)
    """The most that is lost."""


Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda v: (v,) if isinstance(v, str) else v),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One name, or several of which the first found counts."""


PLACE = re.compile(r"__([a-z]|\d{1,2})__")
"""The place of a blank in a program: ``__a__`` for (a)."""


def _programs(value: tuple[str, ...]) -> tuple[str, ...]:
    """Programs that blanks are put into.

    Raises:
        ValueError: one is no Python, has two places in a line, or none of them has a place.
    """
    for program in value:
        try:
            ast.parse(program)
        except SyntaxError as error:
            raise ValueError(f"a program for blanks is no Python: line {error.lineno}: {error.msg}") from error
        if any(len(PLACE.findall(line)) > 1 for line in program.splitlines()):
            raise ValueError("a line of a program has one blank at most")
    if value and not any(PLACE.search(program) for program in value):
        raise ValueError("no program has a place for a blank, such as `__a__` for (a)")
    return value


class ReportCode(Frozen):
    """How the code that a report shows is run."""

    names: dict[str, Names] = Field(default_factory=dict)
    """For names that are looked for: what this question's listings call them (`A_2_1: [A]`); others' code is run apart."""
    before: str = ""
    """Python that runs first: what the assignment hands out."""
    after: str = ""
    """Python that runs last: what is looked for and a report need not show, made of what it shows."""
    methods_of: str = ""
    """The class, with its bases, whose methods a report may show without it: `MLP(Module)`."""

    @model_validator(mode="after")
    def _is_python(self) -> ReportCode:
        head = f"class {self.methods_of}: pass" if self.methods_of else ""
        for name, source in (("before", self.before), ("after", self.after), ("methods_of", head)):
            try:
                ast.parse(source)
            except SyntaxError as error:
                raise ValueError(f"`{name}` is no Python: line {error.lineno}: {error.msg}") from error
        return self


class Answer(Frozen):
    """Where a question's answer may stand. Keys are what `of` in a check refers to; values are the names to look for."""

    heading: Names | None = None
    """The Markdown cell or report section; matched forgivingly (``Problem 3.2``, ``3.2``, ``Q3.2``)."""
    variables: dict[str, Names] = Field(default_factory=dict)
    functions: dict[str, Names] = Field(default_factory=dict)
    classes: dict[str, Names] = Field(default_factory=dict)
    figures: dict[str, Names] = Field(default_factory=dict)
    """Variables that hold a figure; figures drawn under the heading count as well."""
    files: dict[str, Names] = Field(default_factory=dict)
    blanks: Annotated[tuple[str, ...], AfterValidator(_programs)] = ()
    """Programs that what a student fills into (a), (b) ... is put into, at ``__a__``, ``__b__``; they run after her own code."""

    code: Literal["run"] | ReportCode | None = None
    """The code that a report shows under the heading is run in the box, with what it needs from elsewhere in the report."""

    @model_validator(mode="after")
    def _renames_what_is_looked_for(self) -> Answer:
        names = {re.split(r"[.\[]", name)[0] for each in self.variables.values() for name in each}
        if foreign := sorted(set(self.listing.names if self.listing else ()) - names):
            raise ValueError(f"`code` renames to {foreign[0]!r}, which is no name under `variables`")
        if self.listing is not None and not self.heading:
            raise ValueError("`code` needs the `heading` that the code stands under")
        return self

    @property
    def listing(self) -> ReportCode | None:
        """How the code of a report is run; None where it is not."""
        return ReportCode() if self.code == "run" else self.code

    @property
    def places(self) -> dict[str, tuple[str, ...]]:
        """Every key with the names to look for."""
        return {**self.variables, **self.functions, **self.classes, **self.figures, **self.files}

    @property
    def headings(self) -> tuple[str, ...]:
        return self.heading or ()


CheckT = TypeVar("CheckT")


class Question(Frozen, Generic[CheckT]):
    """A graded item. The points of its checks add up to its points."""

    id: str = Field(min_length=1, max_length=40)
    title: str
    points: Exact = Field(ge=0)
    bonus: bool = False
    text: str = ""
    """The task as students read it (Markdown)."""
    answer: Answer = Answer()
    needs: tuple[str, ...] = ()
    checks: tuple[CheckT, ...] = Field(min_length=1)


class Environment(Frozen):
    """The course's own interpreter, in which submissions run; by default the toolkit's."""

    python: str = ""
    imports: tuple[str, ...] = ()
    """Libraries imported once before any submission, to save their time."""


class Rubric(Frozen, Generic[CheckT]):
    """An assignment: what is graded, for how many points, where to look, and what is right."""

    assignment: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    title: str
    version: Literal[1] = 1
    accepts: tuple[Literal["notebook", "module", "report"], ...] = ("notebook", "module", "report")
    reference: str = ""
    """Folder of the reference solution, relative to the rubric's folder or the one above it."""
    data: dict[str, str] = Field(default_factory=dict)
    """Data files: the name students load, and where it is, relative to the reference's folder."""
    environment: Environment = Environment()
    limits: Limits = Limits()
    seed: int = 0
    stop_on_error: bool = False
    runner: Literal["shell", "jupyter"] = "shell"
    """What runs the cells of notebooks: our own shell, or a Jupyter kernel in the same box."""
    kernel: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,100}$")
    """The kernel that runs all notebooks, by the name of its kernelspec; by default the one that each notebook names."""
    points: Exact
    bonus: Exact = Fraction(0)
    due: Moment | None = None
    """When it is due."""
    late: LatePolicy | None = None
    """What handing in after `due` costs; without it, nothing."""
    questions: tuple[Question[CheckT], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_a_runner_for_its_kernel(self) -> Rubric[CheckT]:
        if self.kernel and self.runner != "jupyter":
            raise ValueError("`kernel` needs `runner: jupyter`")
        return self

    @model_validator(mode="after")
    def _is_late_after_something(self) -> Rubric[CheckT]:
        if self.late is not None and self.due is None:
            raise ValueError("`late` needs `due`: late is what comes after it")
        return self
