"""What an interpreter has for `runner: jupyter`."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from grader.sandbox.versions import PATIENCE

CODE = """
import importlib.util, json, os, sys
missing = [name for name in ('nbclient', 'ipykernel') if importlib.util.find_spec(name) is None]
found = set()
for base in (sys.prefix, '/usr/local', '/usr'):
    folder = os.path.join(base, 'share', 'jupyter', 'kernels')
    if os.path.isdir(folder):
        found |= {name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name, 'kernel.json'))}
print(json.dumps([missing, sorted(found)]))
"""


@dataclass(frozen=True, slots=True)
class Kernels:
    """Libraries that are missing, and the names of the kernels that a box can see."""

    missing: tuple[str, ...]
    installed: tuple[str, ...]


def kernels_of(python: str = "") -> Kernels:
    """Those of this interpreter ("" is ours).

    Raises:
        OSError, ValueError, subprocess.SubprocessError: the interpreter does not run.
    """
    command = [python or sys.executable, "-c", CODE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    missing, installed = json.loads(done.stdout)
    return Kernels(tuple(missing), tuple(installed))
