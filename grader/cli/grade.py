"""`grader grade`: run a class in the box, judge it, write the reports."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from grader.intake.submissions import Source
    from grader.pipeline import Event, Graded


class Isolation(StrEnum):
    """How far a submission is walled in."""

    STRICT = "strict"
    BEST = "best"
    NONE = "none"


def grade(
    rubric: Annotated[Path, typer.Argument(help="The assignment's YAML rubric.", metavar="RUBRIC")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results; an interrupted run goes on in it.")],
    submissions: Annotated[
        Path | None, typer.Argument(help="A folder with one folder, notebook, module or zip a student.", metavar="[SUBMISSIONS]")
    ] = None,
    from_git: Annotated[
        Path | None, typer.Option(help="A CSV list (id,url,deadline) of repositories to clone, in place of SUBMISSIONS.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Submissions at a time; 0 is one a processor.")] = 0,
    data: Annotated[Path | None, typer.Option(help="Folder whose files take the place of the rubric's data files.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Grade only this submission (may be repeated).")] = None,
    isolation: Annotated[Isolation, typer.Option(help="strict refuses to run without every wall.")] = Isolation.STRICT,
    fresh: Annotated[bool, typer.Option(help="Observe everything again, also what is stored.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print results.json instead of the table.")] = False,
) -> None:
    """Grade a class: run every submission in its own box, judge it outside, write reports."""
    from grader import pipeline
    from grader.cluster import default_jobs
    from grader.intake.rubrics import load_rubric
    from grader.sandbox.factory import make_sandbox, require

    loaded = load_rubric(rubric)
    sources = _sources(submissions, from_git, out, only or [])
    environment = loaded.rubric.environment
    require(isolation.value, environment.python)
    started = time.monotonic()
    with Progress(len(sources), quiet=json) as progress:
        graded = pipeline.grade(
            pipeline.Job(
                rubric=loaded,
                sources=sources,
                out=out,
                make_sandbox=lambda: make_sandbox(isolation.value, environment.python, environment.imports),
                isolation=isolation.value,
                jobs=jobs or default_jobs(),
                data=data,
                fresh=fresh,
                listen=progress.on_event,
            )
        )
    if json:
        print((out / "results.json").read_text(encoding="utf-8"), end="")
    else:
        _show(graded, out, time.monotonic() - started)


def _sources(submissions: Path | None, from_git: Path | None, out: Path, only: list[str]) -> tuple[Source, ...]:
    """What is graded: what lies in the folder, or what a list of repositories leads to."""
    from grader import pipeline
    from grader.errors import UsageError
    from grader.intake.git import clone_all, read_list
    from grader.intake.submissions import Source, find_submissions

    if (submissions is None) == (from_git is None):
        raise UsageError("give either SUBMISSIONS or --from-git LIST")
    if from_git is None:
        assert submissions is not None
        found = find_submissions(submissions)
        return pipeline.only(found, only) if only else found
    listed = read_list(from_git)
    wanted = pipeline.only(tuple(Source(r.id, out) for r in listed), only) if only else ()
    chosen = {source.id for source in wanted} or {r.id for r in listed}
    return tuple(clone_all(tuple(r for r in listed if r.id in chosen), out / "clones"))


class Progress:
    """A progress bar fed by the pipeline's events; nothing where the output is no terminal but a line at the end."""

    def __init__(self, total: int, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[now]}"),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._task = self._bar.add_task("grading", total=total, now="")
        self._running: list[str] = []

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_event(self, event: Event) -> None:
        if event.stage == "running":
            self._running.append(event.submission)
        elif event.stage == "observed":
            self._running = [name for name in self._running if name != event.submission]
            self._bar.update(self._task, completed=event.done)
        elif event.stage == "reference":
            self._bar.update(self._task, now=f"asking the reference {event.total} questions")
            return
        now = ", ".join(self._running) if event.stage != "judged" else ""
        self._bar.update(self._task, now=now)


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
    console.print(f"class page: {out / 'index.html'}", highlight=False, soft_wrap=True)


def say_what_is_open(graded: Graded) -> None:
    """Tell which checks could not be judged for want of an observation."""
    if graded.unseen:
        print(f"not observed yet: {', '.join(graded.unseen)}; run `grader grade` again to observe them")
    if graded.unasked:
        print(f"{graded.unasked} questions to the reference are open; run `grader grade` again to ask them")
