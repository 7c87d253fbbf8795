"""`grader grade`: run a class in the box, judge it, write the reports."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.assignment import Asked, Isolation, grade_assignment, say_what_is_open, say_what_waits

if TYPE_CHECKING:
    from grader.intake.submissions import Source
    from grader.pipeline import Graded


def grade(
    rubric: Annotated[Path, typer.Argument(help="A YAML rubric, or a folder of them: a course.", metavar="RUBRIC")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results; an interrupted run goes on in it.")],
    submissions: Annotated[
        Path | None,
        typer.Argument(
            help="A folder with one folder, notebook, module or zip a student; for a course, with one such folder a rubric.",
            metavar="[SUBMISSIONS]",
        ),
    ] = None,
    from_git: Annotated[
        Path | None, typer.Option(help="A CSV list (id,url,deadline) of repositories to clone, in place of SUBMISSIONS.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Submissions at a time; 0 is one a processor.")] = 0,
    data: Annotated[Path | None, typer.Option(help="Folder whose files take the place of the rubric's data files.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Grade only this submission (may be repeated).")] = None,
    isolation: Annotated[Isolation, typer.Option(help="strict refuses to run without every wall.")] = Isolation.STRICT,
    fresh: Annotated[bool, typer.Option(help="Observe everything again, also what is stored.")] = False,
    scheduler: Annotated[
        str, typer.Option(help="Run on the workers of this Dask cluster: tcp://host:8786, or a scheduler file.", metavar="ADDR")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print results.json instead of the table.")] = False,
) -> None:
    """Grade a class: run every submission in its own box, judge it outside, write reports."""
    asked = Asked(out, isolation, jobs, data, only or [], fresh, json, scheduler)
    if rubric.is_dir():
        from grader.cli.course import grade_course

        grade_course(rubric, submissions, from_git, asked)
        return
    from grader.intake.rubrics import load_rubric

    loaded = load_rubric(rubric)
    sources = _sources(submissions, from_git, out, asked.only)
    started = time.monotonic()
    graded = grade_assignment(loaded, sources, asked)
    if json:
        print((out / "results.json").read_text(encoding="utf-8"), end="")
    else:
        _show(graded, out, time.monotonic() - started)


def _sources(submissions: Path | None, from_git: Path | None, out: Path, only: list[str]) -> tuple[Source, ...]:
    """What is graded: what lies in the folder, or what a list of repositories leads to."""
    from grader import pipeline
    from grader.errors import UsageError
    from grader.intake.git import clone_all, read_list
    from grader.intake.submissions import Source, find_submissions, left_out

    if (submissions is None) == (from_git is None):
        raise UsageError("give either SUBMISSIONS or --from-git LIST")
    if from_git is None:
        assert submissions is not None
        found = find_submissions(submissions)
        others = left_out(submissions)
        if others:
            names = ", ".join(others[:10]) + (f" and {len(others) - 10} more" if len(others) > 10 else "")
            print(f"not taken for anybody's work: {names}", file=sys.stderr)
        return pipeline.only(found, only) if only else found
    listed = read_list(from_git)
    wanted = pipeline.only(tuple(Source(r.id, out) for r in listed), only) if only else ()
    chosen = {source.id for source in wanted} or {r.id for r in listed}
    return tuple(clone_all(tuple(r for r in listed if r.id in chosen), out / "clones"))


def _show(graded: Graded, out: Path, seconds: float) -> None:
    from rich.console import Console

    from grader.reports import scores_table

    console = Console()
    console.print(scores_table(graded.report))
    runs = [r.run for r in graded.report.reports if r.run.ended == "finished"]
    if runs:
        extra = sorted(run.seconds - run.student_seconds for run in runs)
        own = sum(run.student_seconds for run in runs)
        added = extra[len(extra) // 2] * 1000
        line = f"{len(graded.report.reports)} submissions in {seconds:.1f} s; the students' own code took {own:.1f} s; "
        console.print(line + f"the box added {added:.0f} ms a submission (median)", highlight=False)
    say_what_is_open(graded)
    say_what_waits([graded.report], out)
    console.print(f"class page: {out / 'index.html'}", highlight=False, soft_wrap=True)
