"""Grading one assignment for a command: its options, the run with a progress bar, and what stays open."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.intake.rubrics import LoadedRubric
    from grader.intake.submissions import Source
    from grader.model.report import ClassReport
    from grader.pipeline import Graded


class Isolation(StrEnum):
    """How far a submission is walled in."""

    STRICT = "strict"
    BEST = "best"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `grader grade`."""

    out: Path
    isolation: Isolation
    jobs: int
    data: Path | None
    only: list[str]
    fresh: bool
    json: bool
    scheduler: str = ""


def grade_assignment(rubric: LoadedRubric, sources: tuple[Source, ...], asked: Asked, title: str = "grading") -> Graded:
    """Grade one assignment into `asked.out`, with a progress bar."""
    from grader import pipeline
    from grader.cli.progress import Progress
    from grader.cluster import default_jobs
    from grader.cluster.setting import Setting
    from grader.cluster.sites import open_site

    environment = rubric.rubric.environment
    setting = Setting(isolation=asked.isolation.value, python=environment.python, imports=environment.imports)
    with (
        open_site(asked.scheduler, setting, asked.jobs) as site,
        Progress(len(sources), quiet=asked.json, title=title) as progress,
    ):
        for note in site.notes:
            print(note, file=sys.stderr)
        return pipeline.grade(
            pipeline.Job(
                rubric=rubric,
                sources=sources,
                out=asked.out,
                make_sandbox=site.sandbox,
                at_once=site.slots,
                isolation=setting.isolation,
                jobs=asked.jobs or default_jobs(),
                data=asked.data,
                fresh=asked.fresh,
                is_part=bool(asked.only),
                listen=progress.on_event,
            )
        )


def say_what_is_open(graded: Graded) -> None:
    """Tell which checks could not be judged for want of an observation."""
    if graded.unseen:
        print(f"not observed yet: {', '.join(graded.unseen)}; run `grader grade` again to observe them")
    if graded.unasked:
        print(f"{graded.unasked} questions to the reference are open; run `grader grade` again to ask them")


def say_what_waits(classes: Iterable[ClassReport], out: Path) -> None:
    """Tell how many checks a person decides, and the command by which she does."""
    from grader.reports.statistics import waiting

    count = sum(len(one.submissions) for graded in classes for one in waiting(graded))
    if count:
        print(f"{count} checks wait for a person: grader review {out}")
