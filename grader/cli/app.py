"""The command `grader` and its sub-commands."""

from __future__ import annotations

import typer

from grader.cli.derive import derive
from grader.cli.doctor import doctor
from grader.cli.grade import grade
from grader.cli.regrade import regrade
from grader.cli.rubric import rubric

app = typer.Typer(
    name="grader",
    help="Grade deep-learning homework: run submissions in a box, judge outside, against a reference and a YAML rubric.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(grade)
app.command()(regrade)
app.add_typer(rubric, name="rubric")
app.command()(derive)
app.command()(doctor)
