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
    from grader.store.course_folder import run_folders, write_course
    from grader.store.run_folder import RunFolder

    folders = run_folders(out)
    found = {folder.name: RunFolder(folder).write_again(Stage(stage.value)) for folder in folders or (out,)}
    if folders is not None:
        write_course(out, found)
    count = sum(len(one.reports) for one in found.values())
    print(f"pages of {count} submissions, as students see them at the stage `{stage.value}`")
    print(f"{'class' if folders is None else 'course'} page: {out / 'index.html'}")
