"""`grader doctor`: what works here, and the command that mends the rest."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple, dataclass
from typing import Annotated

import typer

WALL = "wall: "
JUPYTER = "runner: jupyter"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: whether it works (None where nothing asks for it), what was met, and what mends it."""

    name: str
    works: bool | None
    detail: str
    mend: str = ""


def doctor(
    python: Annotated[str, typer.Option(help="The course's own interpreter, as `environment.python` in a rubric.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Test each wall of the box by trying it, report libraries and processors, and take away what killed runs left behind."""
    inside = [*_walls(python), _outer_wall(python), *_libraries(python), _kernels(python)]
    findings = [*inside, _review_page(), _processors(), _left_behind()]
    if as_json:
        print(json.dumps([asdict(f) for f in findings], indent=1))
        return
    _show(findings)


def _walls(python: str) -> list[Finding]:
    from grader.sandbox.walls import inspect

    return [
        Finding(f"{WALL}{r.wall.name}", r.works, r.wall.keeps if r.works else r.why, "" if r.works else r.wall.mend)
        for r in inspect(python)
    ]


def _outer_wall(python: str) -> Finding:
    """No isolation demands it, so that it is never said not to work."""
    from grader.sandbox.bubblewrap import try_out

    why = try_out(python)
    return Finding("outer wall: bubblewrap", None if why else True, f"not used: {why}" if why else "the whole host's files")


def _libraries(python: str) -> list[Finding]:
    """What the interpreter of the box has; asked of that interpreter, since it need not be ours."""
    import subprocess

    from grader.sandbox.versions import versions_of

    try:
        versions = versions_of(python)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return [Finding("interpreter", False, str(error), "name an interpreter that runs: --python /path/to/python3")]
    needed = {"python", "ipython"}
    return [
        Finding(
            f"in the box: {name}",
            bool(version) or name not in needed,
            version or ("missing" if name in needed else "not there: submissions that use it cannot be graded here"),
            f"{python or 'python3'} -m pip install {name}",
        )
        for name, version in versions.items()
    ]


def _kernels(python: str) -> Finding:
    """Few rubrics ask for it, so that it is never said not to work."""
    import subprocess

    from grader.sandbox.kernels import kernels_of

    try:
        kernels = kernels_of(python)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return Finding(JUPYTER, None, str(error))
    if kernels.missing:
        mend = f"{python or 'python3'} -m pip install {' '.join(kernels.missing)}"
        return Finding(JUPYTER, None, f"not there: {' and '.join(kernels.missing)}; {mend}")
    return Finding(JUPYTER, True, f"kernels: {', '.join(kernels.installed) or 'Python alone'}")


def _review_page() -> Finding:
    """No other command needs it, so that it is never said not to work."""
    from grader.cli.review import installing, missing_libraries

    missing = missing_libraries()
    what = f"not there: {' and '.join(missing)}; {installing(missing)}" if missing else "grader review"
    return Finding("review page", None if missing else True, what)


def _processors() -> Finding:
    from grader.cluster import default_jobs

    return Finding("processors", True, f"{default_jobs()} submissions at a time (--jobs)")


def _cluster() -> Finding:
    """Nothing but `grade --scheduler` asks for it, so that it is never said not to work."""
    import importlib.metadata
    import sys

    try:
        return Finding("cluster: distributed", True, f"{importlib.metadata.version('distributed')}, for --scheduler")
    except importlib.metadata.PackageNotFoundError:
        return Finding("cluster: distributed", None, f"for --scheduler: {sys.executable} -m pip install distributed")


def _left_behind() -> Finding:
    from grader.sandbox.leftovers import clear

    cleared = clear()
    found = f"{cleared.folders} folders and {cleared.groups} control groups taken away" if any(astuple(cleared)) else "nothing"
    return Finding("left behind by killed runs", None, found)


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(title="grader on this machine", title_justify="left")
    for name in ("what", "works", "keeps apart, or what was met"):
        table.add_column(name, overflow="fold")
    for finding in findings:
        table.add_row(finding.name, {True: "yes", False: "NO", None: "-"}[finding.works], Text(finding.detail))
    console.print(table)
    for line in (*_verdict(findings), *_mends(findings)):
        console.print(Text(line), soft_wrap=True)  # a command is copied whole


def _verdict(findings: list[Finding]) -> list[str]:
    walls = [finding for finding in findings if finding.name.startswith(WALL)]
    missing = sum(finding.works is False for finding in walls)
    if not missing:
        return ["All walls stand: `--isolation strict`, the default, runs here."]
    refused = f"{missing} of {len(walls)} walls are missing: `--isolation strict`, the default, refuses to run here;"
    return [refused, "`--isolation best` runs with those that work, and writes into the record which."]


def _mends(findings: list[Finding]) -> list[str]:
    """Each way once, with what it mends."""
    names: dict[str, list[str]] = {}
    for finding in findings:
        if finding.works is False:
            names.setdefault(finding.mend, []).append(finding.name.removeprefix(WALL))
    return [line for mend, mended in names.items() for line in ("", f"To mend {', '.join(mended)}:", *mend.splitlines())]
