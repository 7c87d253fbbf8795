"""`grader release`: the student kit of an assignment."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.assignment import Isolation

if TYPE_CHECKING:
    from grader.release.build import StudentKit


def release(
    rubric: Annotated[Path, typer.Argument(help="The assignment's YAML rubric.", metavar="RUBRIC")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the kit; new or empty.")],
    notebook: Annotated[
        Path | None, typer.Option(help="The instructor's notebook or module, solutions marked; else one is made.")
    ] = None,
    toolkit: Annotated[str, typer.Option(help="Where CI gets this toolkit: owner/name@ref on GitHub.")] = "",
    seal_choices: Annotated[
        bool, typer.Option("--seal-choices", help="Let the kit tell whether the right option is chosen.")
    ] = False,
    isolation: Annotated[Isolation, typer.Option(help="For the run of the reference.")] = Isolation.STRICT,
    force: Annotated[bool, typer.Option("--force", help="Write the kit although something in it may tell an answer.")] = False,
) -> None:
    """Make what students get: a skeleton, the public checks, data, a README and CI workflows; no answers."""
    from grader.errors import UsageError
    from grader.intake.rubrics import load_rubric
    from grader.release.answers import reference_answers
    from grader.release.build import make_kit, write_files
    from grader.sandbox.factory import make_sandbox, require

    loaded = load_rubric(rubric)
    environment = loaded.rubric.environment
    require(isolation.value, environment.python)
    sandbox = make_sandbox(isolation.value, environment.python, environment.imports)
    try:
        answers = reference_answers(loaded, sandbox)
    finally:
        sandbox.close()
    kit = make_kit(loaded, notebook, answers, lambda _: secrets.token_hex(16), toolkit, seal_choices)
    for leak in kit.leaks[:20]:
        print(f"{leak.file}: holds something of {leak.source}: {leak.excerpt}")
    if kit.leaks and not force:
        raise UsageError(f"nothing was written: {len(kit.leaks)} places may tell an answer", "take them out, or --force")
    write_files(kit, out)
    _show(kit, out)


def _show(kit: StudentKit, out: Path) -> None:
    for name, content in sorted(kit.files.items()):
        print(f"{out / name}  {len(content):,} bytes")
    taken = f"{kit.solutions} solutions taken out of {kit.skeleton}; " if kit.solutions else ""
    print(f"{taken}{len(kit.public)} checks are public, {len(kit.later)} are not: {', '.join(kit.later) or 'none'}")
