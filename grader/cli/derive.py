"""`grader derive`: check the derivations of a text line by line against a declared problem."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from grader.intake.derivations import Passage
    from grader.reports.steps import StepRow

_COLOURS = {"passed": "green", "failed": "bold red", "partial": "yellow", "undecided": "cyan", "withheld": "dim"}


class Style(StrEnum):
    """How the formulas are written."""

    AUTO = "auto"
    LATEX = "latex"
    NUMPY = "numpy"
    SYMPY = "sympy"


def derive(
    file: Annotated[Path | None, typer.Argument(help="A Markdown, LaTeX or text file, or a notebook.", metavar="FILE")] = None,
    env: Annotated[
        list[str] | None,
        typer.Option(
            help="The declared problem: a name or a YAML file; NAME@WORDS holds from the next line with these words on."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with the annotated derivation.")] = None,
    style: Annotated[Style, typer.Option(help="How the formulas are written.")] = Style.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the steps as JSON.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Name the built-in environments.")] = False,
) -> None:
    """Check every chain of formulas in FILE, step by step, and say where an error enters. Exits with 1 if one does."""
    import json

    from grader.errors import UsageError

    if list_:
        _list()
        return
    if file is None or not env:
        raise UsageError("say which file and which environment: grader derive FILE --env NAME", mend="grader derive --list")
    from grader.intake.derivations import passages, read_mark, read_text

    parts = passages(read_text(file), [read_mark(one) for one in env])
    checked = [_checked(part, style) for part in parts]
    if html is not None:
        from grader.reports.html import derivation_html

        html.write_text(derivation_html(file.name, checked), encoding="utf-8")
    if as_json:
        print(json.dumps({"version": 1, "file": file.name, "passages": checked}, indent=1, ensure_ascii=False))
    else:
        _show(checked)
        if html is not None:
            print(f"page: {html}")
    if any(one["counts"].get("wrong_here") for one in checked):
        raise typer.Exit(1)


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from grader.symbolic.environments import library

    table = Table("environment", "problem", "layout")
    for name, environment in library().items():
        table.add_row(name, environment.title, environment.layout)
    Console().print(table)


def _checked(part: Passage, style: Style) -> dict[str, Any]:
    """One passage checked in a process with limits."""
    import json

    from grader.sandbox.limited import run_limited
    from grader.symbolic.annotate import check_text

    done = run_limited(lambda: json.dumps(check_text(part.text, part.environment, style.value)))
    if done.ended == "raised":
        raise RuntimeError(done.text)
    found: dict[str, Any] = {"steps": [], "problems": [], "counts": {}}
    if done.ended == "done":
        found = json.loads(done.text)
    for record in (*found["steps"], *found["problems"]):
        record["source_line" if "source_line" in record else "line"] += part.first_line - 1
    header = {"title": part.title, "environment": part.environment.name, "problem": part.environment.title}
    return {**header, "stopped": done.ended == "too_much", **found}


def _show(checked: list[dict[str, Any]]) -> None:
    from rich.console import Console

    from grader.reports.steps import counted_outcomes, rows

    console = Console(highlight=False)
    for one in checked:
        console.print(f"{one['title']}: {one['problem'] or one['environment']}", style="bold", markup=False)
        for row in rows(one["steps"]):
            _show_row(console, row)
        for problem in one["problems"]:
            console.print(f"  line {problem['line']}: not understood: {problem['says']}", style="cyan", markup=False)
            console.print("\n".join(f"    {line}" for line in problem["caret"].splitlines()), style="dim", markup=False)
        if one["stopped"]:
            console.print("  stopped: deciding this takes too much work", style="cyan")
        console.print(f"  {counted_outcomes(one['counts'])}", markup=False)


def _show_row(console: Any, row: StepRow) -> None:
    from rich.text import Text

    colour = _COLOURS.get(row.key, "")
    line = Text.assemble((f"{row.number:>4} ", "dim"), (f"{row.words}", colour), (f" ({row.how})" if row.how else "", "dim"))
    line.append(f"  line {row.line}", "dim")
    console.print(line)
    console.print(Text(f"       {row.left_text} = {row.right_text}"), soft_wrap=True)
    for says in row.says:
        console.print(Text(f"       {says}", style=colour), soft_wrap=True)
