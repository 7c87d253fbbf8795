"""How a program ended, from its exit code and the end of what it wrote to standard error."""

from __future__ import annotations

import re
from typing import Any

from grader.checks.blame import EnvironmentFault, environment_fault
from grader.model.values import Raised, Ran

NOT_FOUND = 127
"""What a shell, and the box, answer for a command that is not there."""
_LAST_LINE = re.compile(r"^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: (.*))?$")
_FRAME = re.compile(r'^  File "([^"\n]{1,200})", line (\d{1,7})(?:, in (\S{1,100}))?\n(?:    (.{0,200}))?', re.MULTILINE)
_MODULE = re.compile(r"No module named '([^']{1,100})'")
_NOT_FOUND = re.compile(r"([\w./+-]{1,100}): (?:command )?not found\s*$")
SIGNALS = {4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM"}


def exception_of(ran: Ran) -> Raised | None:
    """The exception that ended a Python program, as its traceback tells it; None where there is none."""
    at = ran.stderr.rfind("Traceback (most recent call last):")
    if at < 0:
        return None
    lines = ran.stderr[at:].strip().split("\n")
    last = next((match for line in reversed(lines) if (match := _LAST_LINE.match(line))), None)
    if last is None:
        return None
    message = (last[2] or "")[:500]
    module = _MODULE.search(message) if last[1] in ("ModuleNotFoundError", "ImportError") else None
    return Raised(kind=last[1], message=message, missing_module=module[1] if module else "")


def line_of(ran: Ran) -> dict[str, Any] | None:
    """The last line of the program's own in its traceback: those of libraries have absolute paths."""
    frames = [match for match in _FRAME.finditer(ran.stderr) if not match[1].startswith(("/", "<")) and ":" not in match[1]]
    if not frames:
        return None
    file, number, function, code = frames[-1].groups(default="")
    return {"file": file, "line": int(number), "function": function, "code": code.strip()}


def lacking(ran: Ran, command: tuple[str, ...]) -> EnvironmentFault | None:
    """What was not there where the program ran, and is the environment's; None where nothing tells so."""
    if ran.exit_code == NOT_FOUND:
        named = _NOT_FOUND.search(ran.stderr)
        name = named[1] if named else command[0]
        return None if "/" in name else EnvironmentFault("no_program", name)
    return environment_fault(exception_of(ran))


def signal_of(ran: Ran) -> str:
    """The name of the signal that ended the program; "" where none did."""
    return "" if ran.exit_code >= 0 else SIGNALS.get(-ran.exit_code, f"signal {-ran.exit_code}")
