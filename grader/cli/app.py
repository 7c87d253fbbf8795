"""The command `grader` and its sub-commands."""

from __future__ import annotations

import typer

from grader.cli.autograder import autograder
from grader.cli.check import check
from grader.cli.ci import ci
from grader.cli.derive import derive
from grader.cli.doctor import doctor
from grader.cli.export import export
from grader.cli.from_classroom import from_classroom
from grader.cli.grade import grade
from grader.cli.read import read
from grader.cli.regrade import regrade
from grader.cli.release import release
from grader.cli.report import report
from grader.cli.review import review
from grader.cli.rubric import rubric

app = typer.Typer(
    name="grader",
    help="Grade deep-learning homework: run submissions in a box, judge outside, against a reference and a YAML rubric.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(grade)
app.command()(check)
app.command()(ci)
app.command()(release)
app.command()(regrade)
app.command()(report)
app.command()(review)
app.command()(export)
app.command()(autograder)
rubric.command()(from_classroom)
app.add_typer(rubric, name="rubric")
app.command()(derive)
app.command()(read)
app.command()(doctor)
