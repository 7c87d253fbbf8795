"""`grader export`: a run as a file that another system reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.stages import StageName

if TYPE_CHECKING:
    from grader.model.report import ClassReport
    from grader.model.student import Student
    from grader.reports import StudentExport, Terms
    from grader.store.run_folder import RunFolder


def export(
    out: Annotated[Path, typer.Argument(help="The folder of an earlier `grader grade`.", metavar="OUT")],
    to: Annotated[str, typer.Option(metavar="FORMAT", help="What to write; `--to list` names all formats.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File, or folder for a file a student; - prints it.")
    ] = None,
    roster: Annotated[Path | None, typer.Option(help="CSV that says who the students are on the platform.")] = None,
    stage: Annotated[StageName, typer.Option(help="How far the assignment is; decides what students see.")] = StageName.PUBLISHED,
    column: Annotated[str, typer.Option(help="Heading of the gradebook's column, such as 'HW1 (12345)'.")] = "",
    only: Annotated[list[str] | None, typer.Option(help="Export only this submission (may be repeated).")] = None,
) -> None:
    """Write what a run came to as a file for Gradescope, Canvas, Moodle, CI and others; nothing is run or judged."""
    from grader.reports import EXPORTS, STUDENT_EXPORTS, Stage, Terms
    from grader.store.run_folder import RunFolder

    if to == "list":
        _list()
        return
    _known(to)
    folder = RunFolder(out)
    found = _only(folder.read_class(), only or [])
    terms = Terms(stage=Stage(stage.value), students=_students(folder, roster, found), column=column)
    if to in STUDENT_EXPORTS:
        _write_each(to, STUDENT_EXPORTS[to], found, terms, output, out / "exports" / to)
    else:
        _write(to, found, terms, output or out / "exports" / EXPORTS[to].file)


def _list() -> None:
    from grader.reports import EXPORTS, STUDENT_EXPORTS

    for name, whole in EXPORTS.items():
        print(f"{name:17} one file: {whole.about}")
    for name, each in STUDENT_EXPORTS.items():
        print(f"{name:17} a file a student: {each.about}")


def _known(to: str) -> None:
    from grader.errors import UsageError
    from grader.intake.nearest import did_you_mean
    from grader.reports import EXPORTS, STUDENT_EXPORTS

    names = [*EXPORTS, *STUDENT_EXPORTS]
    if to not in names:
        raise UsageError(f"there is no format `{to}`: {did_you_mean(to, names)}", "grader export OUT --to list")


def _only(found: ClassReport, ids: list[str]) -> ClassReport:
    from grader.errors import UsageError

    missing = set(ids) - {report.submission for report in found.reports}
    if missing:
        raise UsageError(f"there is no submission `{sorted(missing)[0]}` in this run")
    kept = tuple(report for report in found.reports if not ids or report.submission in ids)
    return found.model_copy(update={"reports": kept})


def _students(folder: RunFolder, roster: Path | None, found: ClassReport) -> dict[str, tuple[Student, ...]]:
    """Who handed in what, by the downloads the submissions came from and by the roster."""
    from grader.intake.rosters import match, read_roster

    wanted = {report.submission for report in found.reports}
    known = {entry.id: entry.students for entry in folder.read_manifest().entries}
    if roster is not None:
        matched = match(known, read_roster(roster))
        strangers = [sid for sid in matched.strangers if sid in wanted]
        if strangers:
            _say(f"not in the roster: {', '.join(strangers)}")
        if matched.absent:
            _say(f"in the roster, with nothing handed in: {', '.join(matched.absent)}")
        known = dict(matched.students)
    return known


def _write(to: str, found: ClassReport, terms: Terms, path: Path) -> None:
    from grader.errors import UsageError
    from grader.reports import EXPORTS, without_place
    from grader.store.files import write_atomically

    export = EXPORTS[to]
    left_out = without_place(export, found, terms)
    if len(left_out) == len(found.reports):
        raise UsageError(f"`{to}` needs {export.needs}, and it is not known for anybody: a --roster can tell it")
    data = export.write(found, terms)
    if str(path) == "-":
        _print(data)
    else:
        path = path / export.file if path.is_dir() else path
        write_atomically(path, data)
        print(path)
    if left_out:
        _say(f"left out, since this format needs {export.needs}: {', '.join(left_out)} (a --roster can tell it)")
    pending = sum(1 for report in found.reports if report.pending)
    if pending:
        _say(f"{pending} of {len(found.reports)} submissions have points that wait for a person and are not counted")


def _write_each(to: str, export: StudentExport, found: ClassReport, terms: Terms, output: Path | None, folder: Path) -> None:
    from grader.errors import UsageError
    from grader.store.files import write_atomically

    is_one_file = output is not None and (str(output) == "-" or output.suffix == export.suffix)
    if is_one_file and len(found.reports) != 1:
        raise UsageError(f"`{to}` is a file a student: name a folder with -o, or one student with --only")
    for report in found.reports:
        text = export.write(report, terms)
        if is_one_file and str(output) == "-":
            _print(text)
            continue
        path = output if is_one_file and output is not None else (output or folder) / f"{report.submission}{export.suffix}"
        write_atomically(path, text)
        print(path)


def _print(data: str | bytes) -> None:
    import sys

    if isinstance(data, bytes):
        sys.stdout.buffer.write(data)
    else:
        print(data, end="")


def _say(text: str) -> None:
    import sys

    print(text, file=sys.stderr)
