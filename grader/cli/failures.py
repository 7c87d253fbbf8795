"""Exit codes and messages: 2 for usage and faulty rubrics, 3 for our own bugs (with a log), 4 for the box, 130 interrupted."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from grader.errors import GraderError


def run(app: Callable[..., object]) -> int:
    """Run a typer application and turn whatever ends it into an exit code."""
    try:
        app(standalone_mode=True)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        print("\ninterrupted: what was observed is kept; the same command goes on from there", file=sys.stderr)
        return 130
    except GraderError as error:
        print(f"error: {error}", file=sys.stderr)
        if error.mend:
            print("mend it with:" + ("\n" if "\n" in error.mend else " ") + error.mend, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except Exception as error:
        log = write_log(error)
        print(f"grader met a bug of its own: {type(error).__name__}: {error}", file=sys.stderr)
        print(f"nothing already graded is lost. Please report it with this log: {log}", file=sys.stderr)
        return 3
    return 0


def write_log(error: BaseException) -> Path:
    """A file with what a bug report needs: versions, the command, the traceback."""
    lines = [
        f"python {platform.python_version()} on {platform.platform()}",
        f"command: {' '.join(sys.argv)}",
        "".join(traceback.format_exception(error)),
    ]
    with tempfile.NamedTemporaryFile("w", prefix="grader-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write("\n".join(lines))
    return Path(log.name)
