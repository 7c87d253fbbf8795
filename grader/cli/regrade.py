"""`grader regrade`: judge stored evidence again, running nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def regrade(
    out: Annotated[Path, typer.Argument(help="The folder of an earlier `grader grade`.", metavar="OUT")],
    rubric: Annotated[Path | None, typer.Option(help="The changed rubric; by default the one of the run.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Submissions at a time; 0 is one a processor.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print results.json instead of the table.")] = False,
) -> None:
    """Judge the stored evidence of a run again, with another rubric; nothing is run."""
    from rich.console import Console

    from grader import pipeline
    from grader.cli.assignment import say_what_is_open
    from grader.cli.course import regrade_course
    from grader.cli.progress import Progress
    from grader.cluster import default_jobs
    from grader.errors import UsageError
    from grader.intake.rubrics import load_rubric
    from grader.reports import scores_table
    from grader.store.course_folder import run_folders
    from grader.store.run_folder import RunFolder

    folders = run_folders(out)
    if folders is not None:
        if rubric is not None:
            raise UsageError(f"{out} holds a course; give --rubric with one of its folders: {', '.join(map(str, folders))}")
        regrade_course(out, folders, jobs or default_jobs(), json)
        return
    manifest = RunFolder(out).read_manifest()
    loaded = load_rubric(rubric or Path(manifest.rubric))
    with Progress(len(manifest.entries), quiet=json, title="regrading") as progress:
        graded = pipeline.regrade(out, loaded, jobs or default_jobs(), listen=progress.on_event)
    if json:
        print((out / "results.json").read_text(encoding="utf-8"), end="")
        return
    console = Console()
    console.print(scores_table(graded.report))
    say_what_is_open(graded)
    console.print(f"class page: {out / 'index.html'}", highlight=False, soft_wrap=True)
