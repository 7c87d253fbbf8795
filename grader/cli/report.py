"""`grader report`: the pages of a run, written again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.stages import StageName


def report(
    out: Annotated[Path, typer.Argument(help="The folder of an earlier `grader grade`.", metavar="OUT")],
    stage: Annotated[StageName, typer.Option(help="How far the assignment is; decides what students see.")] = StageName.PUBLISHED,
) -> None:
    """Write all pages of a run again from its stored results; nothing is run or judged."""
    from grader.reports import Stage
    from grader.store.run_folder import RunFolder

    found = RunFolder(out).write_again(Stage(stage.value))
    print(f"pages of {len(found.reports)} submissions, as students see them at the stage `{stage.value}`")
    print(f"class page: {out / 'index.html'}")
