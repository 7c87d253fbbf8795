"""`grader review`: the page on which people decide what only people can."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def review(
    out: Annotated[
        Path, typer.Argument(help="The folder of an earlier `grader grade`, of an assignment or a course.", metavar="OUT")
    ],
    author: Annotated[str, typer.Option(help="Your name as students see it beside your decisions; by default your login.")] = "",
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1; 0 is a free one.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Show numbers in the place of ids, names and file names.")
    ] = False,
    rubric: Annotated[Path | None, typer.Option(help="The rubric to judge with; by default the one of the run.")] = None,
) -> None:
    """Decide on a web page what only a person can: manual questions, what is undecided, and corrections of anything else."""
    import getpass
    import signal
    import webbrowser

    require_library()
    from grader.web.desk import open_desk
    from grader.web.server import serving

    desk = open_desk(out, author or getpass.getuser(), anonymous, rubric)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # however it is ended, scores are brought up to date
    with serving(desk, port) as server:
        print(f"review page: {server.address}")
        print("decisions are kept at once; Ctrl-C ends this and brings all scores up to date", flush=True)
        if browser:
            webbrowser.open(server.ticket)
        server.run()
        behind = server.updates.progress.behind
        print(
            f"\nbringing the scores of {behind} submissions up to date" if behind else "\nall scores are up to date", flush=True
        )
        trouble = server.finish().trouble
    if trouble:
        print(f"the decisions are kept, but the scores could not be brought up to date: {trouble}")
        print(f"mend it with: grader regrade {out}")
        raise typer.Exit(2)


def require_library() -> None:
    """Say what to install where the web library is not there.

    Raises:
        UsageError: it is not there.
    """
    from grader.errors import UsageError

    if missing := missing_libraries():
        raise UsageError(f"the review page needs {' and '.join(missing)}", installing(missing))


def missing_libraries() -> list[str]:
    """The libraries of the review page that are not installed here."""
    from importlib.util import find_spec

    return [name for name in LIBRARIES if find_spec(name) is None]


def installing(libraries: list[str]) -> str:
    """The command that installs these."""
    import sys

    return f"{sys.executable} -m pip install {' '.join(libraries)}"


LIBRARIES = ("flask", "waitress")
