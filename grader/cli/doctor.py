"""`grader doctor`: what works here, and the command that mends the rest."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Test each wall of the box by trying it, and report versions and threads."""
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from grader.sandbox import inspect

    findings = inspect()
    if as_json:
        print(json.dumps([asdict(f) for f in findings], indent=1))
        return
    table = Table(title="the box on this machine", title_justify="left")
    for name in ("what", "works", "detail", "mend it with"):
        table.add_column(name, overflow="fold")
    for finding in findings:
        table.add_row(finding.name, "yes" if finding.works else "NO", finding.detail, finding.mend if not finding.works else "")
    Console().print(table)
