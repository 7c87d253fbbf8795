"""`grader check`: a student's own check of her work, on her own machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.model.report import Report
    from grader.selfcheck import Assignment, Checker, Stage

EVERY = 0.5
"""Seconds between looks at the files while watching."""
DOING = {
    "reading": "reading",
    "running": "running your work",
    "reference": "asking the reference solution",
    "judging": "judging",
}


class Isolation(StrEnum):
    """How far the work is walled in."""

    NONE = "none"
    BEST = "best"
    STRICT = "strict"


def check(
    rubric: Annotated[Path | None, typer.Argument(help="The rubric; without it, grader.toml says.", metavar="[RUBRIC]")] = None,
    file: Annotated[Path | None, typer.Argument(help="The notebook, module or folder to check.", metavar="[FILE]")] = None,
    question: Annotated[list[str] | None, typer.Option("--question", "-q", help="Only this question; repeatable.")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Check again whenever a file is saved; Ctrl-C ends.")] = False,
    isolation: Annotated[Isolation, typer.Option(help="none runs your work as you would; others need Linux.")] = Isolation.NONE,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check your own work: what is there, what is wrong and where to look, and what will be judged later."""
    from grader import selfcheck
    from grader.sandbox.factory import make_sandbox, require

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # consoles of other encodings have no check mark
    given = [path for path in (rubric, file) if path is not None]
    assignment = _read(given, question or [])
    environment = assignment.rubric.rubric.environment
    require(isolation.value, environment.python)
    sandbox = make_sandbox(isolation.value, environment.python, environment.imports)
    checker = selfcheck.Checker(sandbox, isolation.value)
    try:
        if watch:
            _watch(checker, given, question or [], json)
        elif _fails(_once(checker, assignment, json)):
            raise typer.Exit(1)
    finally:
        sandbox.close()


def _read(given: list[Path], questions: list[str]) -> Assignment:
    from grader.selfcheck import find_assignment, only_questions

    return only_questions(find_assignment(given, Path.cwd()), questions)


def _once(checker: Checker, assignment: Assignment, as_json: bool) -> Report:
    with _progress(checker, quiet=as_json):
        report = checker.check(assignment)
    if as_json:
        from grader.reports import Audience, Stage, result_json

        print(result_json(report, Audience.STUDENT, Stage.OPEN), end="")
    else:
        _show(report)
    return report


def _fails(report: Report) -> bool:
    from grader.reports.selfcheck import selfcheck

    return selfcheck(report).fails


def _watch(checker: Checker, given: list[Path], questions: list[str], as_json: bool) -> None:
    """Check, wait for a file to change, check again; a file that cannot be read just now is said and waited for."""
    before: dict[Path, tuple[int, int]] | None = None
    watched: tuple[Path, ...] = tuple(given)
    try:
        while True:
            now = _stamps(watched)
            if now != before:
                try:
                    assignment = _read(given, questions)
                    watched = (assignment.file, *assignment.files)
                    now = _stamps(watched)
                    _once(checker, assignment, as_json)
                except GraderError as error:
                    print(f"error: {error}", file=sys.stderr)
                before = now
                if not as_json:
                    print(f"watching {', '.join(str(p) for p in watched[:1])}; Ctrl-C ends", file=sys.stderr, flush=True)
            time.sleep(EVERY)
    except KeyboardInterrupt:
        print(file=sys.stderr)


def _stamps(paths: tuple[Path, ...]) -> dict[Path, tuple[int, int]]:
    """Time and size of every file; of a folder, of the files in it."""
    found = {}
    for path in paths:
        files = [p for p in path.rglob("*") if not _is_hidden(p.relative_to(path))] if path.is_dir() else [path]
        for file in [*files, *(path.parent.glob("*.py") if path.is_file() else ())]:
            try:
                stat = file.stat()
            except OSError:  # it is being replaced by an editor
                continue
            if not file.is_dir():
                found[file] = (stat.st_mtime_ns, stat.st_size)
    return found


def _is_hidden(path: Path) -> bool:
    """Repositories, environments and checkpoints keep their files in folders that begin with a dot."""
    return any(part.startswith(".") for part in path.parts)


@contextmanager
def _progress(checker: Checker, quiet: bool) -> Iterator[None]:
    """A line that says what is being done and for how long; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def listen(stage: Stage) -> None:
            bar.update(task, description=DOING[stage])

        checker.listen = listen
        yield


def _show(report: Report) -> None:
    from rich.console import Console
    from rich.text import Text

    from grader.reports.selfcheck import COLOURS, selfcheck

    found = selfcheck(report)
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(found.title, style="bold"))
    for trouble in found.troubles:
        console.print(Text(f"! {trouble}", style="red"))
    for question in found.questions:
        console.print(Text(f"\n{question.title}", style="bold"))
        for check in question.checks:
            colour = COLOURS.get(check.key, "dim")
            console.print(Text.assemble((f"  {check.sign} ", colour), check.title, (f"  {check.words}", colour)))
            for detail in check.details:
                for line in detail.splitlines():
                    console.print(Text(f"      {line}"))
    console.print(Text(f"\n{found.summary}"))
