"""The command line: one file a command. The only place that prints."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; expected failures are messages, our own bugs a log that can be pasted."""
    from grader.cli.app import app
    from grader.cli.failures import run

    sys.exit(run(app))
