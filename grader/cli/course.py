"""`grader grade` and `grader regrade` over the assignments of a course: each in a folder of its own, and a page over all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.assignment import Asked, grade_assignment, say_what_is_open, say_what_waits
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.intake.courses import FoundCourse
    from grader.model.report import ClassReport
    from grader.pipeline import Graded


def grade_course(rubrics: Path, submissions: Path | None, from_git: Path | None, asked: Asked) -> None:
    """Grade every assignment of the course that has submissions."""
    from grader import pipeline
    from grader.intake.courses import find_course

    if submissions is None or from_git is not None or asked.data is not None:
        raise UsageError("a course takes SUBMISSIONS, not --from-git or --data; give these with one rubric")
    found = _chosen(find_course(rubrics, submissions), asked.only)
    started = time.monotonic()
    graded: dict[str, Graded] = {}
    for one in found.assignments:
        sources = pipeline.only(one.sources, [s.id for s in one.sources if s.id in asked.only]) if asked.only else one.sources
        graded[one.name] = grade_assignment(one.rubric, sources, replace(asked, out=asked.out / one.name), one.name)
    conclude(asked.out, graded, asked.json, _kept(asked.out, graded) if asked.only else {})
    if not asked.json:
        count = sum(len(one.report.reports) for one in graded.values())
        print(f"{count} submissions of {len(graded)} assignments in {time.monotonic() - started:.1f} s")
        if found.without_submissions:
            print(f"without submissions: {', '.join(found.without_submissions)}")
        say_what_waits((one.report for one in graded.values()), asked.out)
        print(f"course page: {asked.out / 'index.html'}")


def _kept(out: Path, graded: Mapping[str, Graded]) -> dict[str, ClassReport]:
    """What an earlier run of the course came to for the assignments that are not graded now."""
    from grader.store.course_folder import run_folders
    from grader.store.run_folder import RunFolder

    return {folder.name: RunFolder(folder).read_class() for folder in run_folders(out) or () if folder.name not in graded}


def _chosen(found: FoundCourse, ids: list[str]) -> FoundCourse:
    """The assignments that somebody of these ids handed in; all where no ids are given."""
    everybody = {source.id for one in found.assignments for source in one.sources}
    for missing in set(ids) - everybody:
        raise UsageError(f"there is no submission `{missing}` in any assignment")
    return replace(found, assignments=tuple(a for a in found.assignments if not ids or {s.id for s in a.sources} & set(ids)))


def regrade_course(out: Path, folders: tuple[Path, ...], jobs: int, json: bool) -> None:
    """Judge every assignment of a graded course again, each with the rubric it was graded with."""
    from grader import pipeline
    from grader.cli.progress import Progress
    from grader.intake.rubrics import load_rubric
    from grader.store.run_folder import RunFolder

    graded: dict[str, Graded] = {}
    for folder in folders:
        manifest = RunFolder(folder).read_manifest()
        with Progress(len(manifest.entries), quiet=json, title=folder.name) as progress:
            graded[folder.name] = pipeline.regrade(folder, load_rubric(Path(manifest.rubric)), jobs, listen=progress.on_event)
    conclude(out, graded, json)
    if not json:
        print(f"course page: {out / 'index.html'}")


def conclude(out: Path, graded: Mapping[str, Graded], json: bool, kept: Mapping[str, ClassReport] | None = None) -> None:
    """Write the course's page and files, with the assignments that were `kept`, and print its table (with `json` course.json)."""
    from rich.console import Console

    from grader.reports import scores_table
    from grader.reports.course import course_table
    from grader.store.course_folder import write_course

    classes = dict(sorted({**(kept or {}), **{name: one.report for name, one in graded.items()}}.items()))
    write_course(out, classes)
    if json:
        print((out / "course.json").read_text(encoding="utf-8"), end="")
        return
    console = Console()
    for one in graded.values():
        console.print(scores_table(one.report))
    console.print(course_table(classes))
    for name, one in graded.items():
        if one.unseen or one.unasked:
            print(f"{name}:")
            say_what_is_open(one)
