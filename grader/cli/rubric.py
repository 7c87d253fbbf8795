"""`grader rubric`: lint, show, schema, test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.assignment import Isolation
from grader.cli.progress import Progress

if TYPE_CHECKING:
    from grader.errors import RubricFault
    from grader.quality.findings import Trial

rubric = typer.Typer(help="Look at rubrics: lint, show, schema, test.", no_args_is_help=True)


@rubric.command()
def lint(
    files: Annotated[list[Path], typer.Argument(help="Rubrics to check.", metavar="RUBRIC...")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the faults as JSON.")] = False,
) -> None:
    """Check rubrics; every fault is printed with its file, line and column, and the nearest valid name."""
    from dataclasses import asdict

    from grader.errors import RubricError
    from grader.intake.rubrics import load_rubric

    faults: list[RubricFault] = []
    for file in files:
        try:
            loaded = load_rubric(file)
        except RubricError as error:
            faults += error.faults
            continue
        if not as_json:
            checks = sum(len(q.checks) for q in loaded.rubric.questions)
            print(f"{file}: no faults; {len(loaded.rubric.questions)} questions, {checks} checks, {loaded.rubric.points} points")
    if as_json:
        print(json.dumps([asdict(fault) for fault in faults], indent=1))
    else:
        for fault in faults:
            print(fault)
    if faults:
        raise typer.Exit(2)


@rubric.command()
def show(file: Annotated[Path, typer.Argument(help="The rubric.", metavar="RUBRIC")]) -> None:
    """Print a table of the questions and checks with their points and visibility."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from grader.cli.words import points_text
    from grader.intake.rubrics import load_rubric

    loaded = load_rubric(file).rubric
    bonus = f" and {points_text(loaded.bonus)} bonus" if loaded.bonus else ""
    table = Table(title=f"{loaded.assignment}: {loaded.title} ({points_text(loaded.points)} points{bonus})", title_justify="left")
    table.add_column("question and check")
    table.add_column("kind")
    table.add_column("points", justify="right")
    table.add_column("visibility")
    for question in loaded.questions:
        title = f"{question.id} {question.title}" + (" (bonus)" if question.bonus else "")
        table.add_row(Text(title, style="bold"), "", Text(points_text(question.points), style="bold"), "")
        for check in question.checks:
            table.add_row(f"  {check.title or check.id}", check.kind, points_text(check.points), check.visibility.value)
        table.add_section()
    Console().print(table)


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubrics, from which editors complete and check them."""
    from grader.intake.schema import rubric_schema

    print(rubric_schema(), end="")


@rubric.command("test")
def try_out(
    file: Annotated[Path, typer.Argument(help="The rubric.", metavar="RUBRIC")],
    mutants: Annotated[int, typer.Option(help="How many mutants of the reference to try.")] = 40,
    seed: Annotated[int, typer.Option(help="Which mutants are drawn.")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Submissions at a time; 0 is one a processor.")] = 0,
    isolation: Annotated[Isolation, typer.Option(help="strict refuses to run without every wall.")] = Isolation.STRICT,
) -> None:
    """Try a rubric: the reference must get everything, an empty submission nothing, mutants of the reference must lose points."""
    import tempfile

    from grader import pipeline
    from grader.cluster import default_jobs
    from grader.intake.rubrics import load_rubric
    from grader.sandbox.factory import make_sandbox, require
    from grader.trial import try_rubric

    loaded = load_rubric(file)
    environment = loaded.rubric.environment
    require(isolation.value, environment.python)
    with tempfile.TemporaryDirectory(prefix="grader-trial-") as room, Progress(mutants + 2, quiet=False) as progress:
        job = pipeline.Job(
            rubric=loaded,
            sources=(),
            out=Path(room),
            make_sandbox=lambda: make_sandbox(isolation.value, environment.python, environment.imports),
            isolation=isolation.value,
            jobs=jobs or default_jobs(),
            listen=progress.on_event,
        )
        trial = try_rubric(job, mutants, seed, Path(room))
    _show_trial(trial)
    if not trial.is_good:
        raise typer.Exit(1)


def _show_trial(trial: Trial) -> None:
    from grader.cli.words import points_text

    got, possible = points_text(trial.reference), points_text(trial.possible)
    print(f"the reference gets {got} of {possible} points (what a human decides included)")
    for name in trial.reference_lost:
        print(f"  it does not pass {name}")
    print(f"an empty submission gets {points_text(trial.empty)}")
    tried = len(trial.caught) + len(trial.survived) + len(trial.undecided)
    print(f"{len(trial.caught)} of {tried} mutants of the reference lose points, {len(trial.undecided)} go to a person")
    for mutant in trial.survived:
        print(f"  not caught: {mutant.file}:{mutant.line}: {mutant.what}")
    if trial.left_alone:
        print(f"{len(trial.left_alone)} places of the reference are marked and left as they are:")
    for place in trial.left_alone:
        print(f"  {place.file}:{place.first}: {place.reason}")
    if trial.never_failed:
        print(f"checks that no mutant failed: {', '.join(trial.never_failed)}")
