"""What an interpreter has installed of that which decides what a submission does."""

from __future__ import annotations

import json
import subprocess
import sys

ASKED = ("ipython", "numpy", "torch", "matplotlib")
PATIENCE = 60.0
"""Seconds for an interpreter to start on a busy machine."""
CODE = f"""
import importlib.metadata as m, json, platform
found = {{'python': platform.python_version()}}
for name in {ASKED!r}:
    try: found[name] = m.version(name)
    except m.PackageNotFoundError: found[name] = ''
print(json.dumps(found))
"""


def versions_of(python: str = "") -> dict[str, str]:
    """Versions by name, of this interpreter ("" is ours) and of its libraries; "" for what is missing.

    Raises:
        OSError, ValueError, subprocess.SubprocessError: the interpreter does not run.
    """
    command = [python or sys.executable, "-c", CODE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found
