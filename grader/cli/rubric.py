"""`grader rubric`: lint, show, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

rubric = typer.Typer(help="Look at rubrics: lint, show, schema.", no_args_is_help=True)


@rubric.command()
def lint(
    files: Annotated[list[Path], typer.Argument(help="Rubrics to check.", metavar="RUBRIC...")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the faults as JSON.")] = False,
) -> None:
    """Check rubrics; every fault is printed with its file, line and column, and the nearest valid name."""
    from dataclasses import asdict

    from grader.errors import RubricError
    from grader.intake.rubrics import load_rubric

    faults = []
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

    from grader.intake.rubrics import load_rubric
    from grader.model.points import shown

    loaded = load_rubric(file).rubric
    bonus = f" and {shown(loaded.bonus)} bonus" if loaded.bonus else ""
    table = Table(title=f"{loaded.assignment}: {loaded.title} ({shown(loaded.points)} points{bonus})", title_justify="left")
    for name, justify in (("question", "left"), ("check", "left"), ("kind", "left"), ("points", "right"), ("visibility", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for question in loaded.questions:
        title = Text(f"{question.id} {question.title}" + (" (bonus)" if question.bonus else ""), style="bold")
        table.add_row(title, "", "", Text(shown(question.points), style="bold"), "")
        for check in question.checks:
            table.add_row("", check.title or check.id, check.kind, shown(check.points), check.visibility.value)
        table.add_section()
    Console().print(table)


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubrics, from which editors complete and check them."""
    from grader.intake.schema import rubric_schema

    print(rubric_schema(), end="")
