"""`grader rubric from-classroom`: the tests of GitHub Classroom or Classroom 50 as the beginning of a rubric."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer


def from_classroom(
    file: Annotated[Path, typer.Argument(help="autograding.json or tests.json.", metavar="FILE")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The rubric to write; by default it is printed.")] = None,
    assignment: Annotated[str, typer.Option(help="The assignment's id; by default made from the folder's name.")] = "",
) -> None:
    """Write a rubric with a question for each test; the tests that it cannot express are named, and wait for a person."""
    from grader.errors import UsageError
    from grader.intake.classroom import read_classroom
    from grader.intake.classroom_checks import rubric_of
    from grader.release.public import write_yaml

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}") from error
    if out is not None and out.exists():
        raise UsageError(f"{out} is there already")
    name = assignment or _name(file)
    migrated = rubric_of(read_classroom(text, str(file)), name, name, file.parent)
    written = "# yaml-language-server: $schema=rubric.schema.json\n" + write_yaml(migrated.document)
    if out is None:
        print(written, end="")
    else:
        out.write_text(written, encoding="utf-8")
    done = len(migrated.document["questions"]) - len(migrated.not_expressed)
    print(f"{done} {'test' if done == 1 else 'tests'} became checks", file=sys.stderr)
    for note in migrated.notes:
        print(f"{note.test}: {note.says}", file=sys.stderr)
    for note in migrated.not_expressed:
        print(f"a person judges, until a check is written: {note.test} ({note.says})", file=sys.stderr)


def _name(file: Path) -> str:
    """An assignment's id from the repository's folder: the first above the file that is no folder of settings."""
    folders = [p.name for p in file.resolve().parents if p.name and not p.name.startswith(".") and p.name != "classroom"]
    name = re.sub(r"[^a-z0-9._-]+", "-", folders[0].lower()).strip("-._") if folders else ""
    return name[:64] or "assignment"
