"""`grader autograder`: the zip that makes this toolkit a Gradescope autograder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from grader.intake.rubrics import LoadedRubric
    from grader.reports.gradescope_autograder import Requirements


def autograder(
    rubric: Annotated[Path, typer.Argument(help="The assignment's YAML rubric.", metavar="RUBRIC")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The zip; by default <assignment>-autograder.zip.")
    ] = None,
) -> None:
    """Pack a rubric, its reference and this toolkit as an autograder to upload to Gradescope."""
    from grader.intake.rubrics import load_rubric
    from grader.reports.gradescope_autograder import autograder_zip
    from grader.store.files import write_atomically

    loaded = load_rubric(rubric)
    path = output or Path(f"{loaded.rubric.assignment}-autograder.zip")
    write_atomically(path, autograder_zip(_course(loaded), _toolkit(), _requirements()))
    print(path)
    print(f"autograder points to set in Gradescope: {float(loaded.rubric.points):g} (the bonus comes on top)")
    if loaded.rubric.environment.python:
        print(f"the rubric names the interpreter {loaded.rubric.environment.python}: let setup.sh install it there")


def _course(loaded: LoadedRubric) -> dict[str, bytes]:
    """The rubric and its reference, where the rubric looks for it."""
    from grader.errors import UsageError

    files = {"rubric.yaml": loaded.text.encode()}
    if loaded.reference is None:
        return files
    inside = Path(loaded.rubric.reference)
    if inside.is_absolute() or ".." in inside.parts:
        raise UsageError(f"the reference `{inside}` lies outside the course's folder: name it relative to it in the rubric")
    for name in loaded.rubric.data.values():
        if not (loaded.reference / name).resolve().is_relative_to(loaded.reference):
            raise UsageError(f"the data file {name} lies outside the reference's folder: put it there")
    return files | {f"{inside.as_posix()}/{name}": data for name, data in _files(loaded.reference)}


def _toolkit() -> dict[str, bytes]:
    import grader

    return dict(_files(Path(grader.__file__).parent))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The plain files below a folder but for what interpreters and editors leave there."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_left_over = any(part.startswith((".", "__pycache__")) for part in name.parts)
        if path.is_file() and not path.is_symlink() and not is_left_over:
            yield name.as_posix(), path.read_bytes()


def _requirements() -> Requirements:
    """What is installed here is what grades there."""
    import importlib.metadata
    import re

    from grader.errors import UsageError
    from grader.reports.gradescope_autograder import Requirements

    try:
        about = importlib.metadata.metadata("grader")
    except importlib.metadata.PackageNotFoundError as error:
        raise UsageError("the toolkit is not installed, so its requirements are not known", "pip install -e .") from error
    declared = [need for need in importlib.metadata.requires("grader") or () if "extra ==" not in need]
    names = [found[0] for need in declared if (found := re.match(r"[A-Za-z0-9._-]+", need))]
    pinned = {name: importlib.metadata.version(name).partition("+")[0] for name in names}
    return Requirements(about["Version"], about["Requires-Python"] or ">=3.11", declared, pinned)
