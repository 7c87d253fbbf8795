"""The zip that makes this toolkit a Gradescope autograder: how its image is built, and what runs for each submission."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.reports.feedback_zips import zipped

RUBRIC = "course/rubric.yaml"
_RUNNABLE = frozenset({"setup.sh", "run_autograder"})

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: an interpreter, and the toolkit in an environment of its own.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"

is_new_enough() {
  command -v "$1" >/dev/null && "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if is_new_enough "$name"; then echo "$name"; return; fi
  done
}

python="$(find_python)"
if [ -z "$python" ]; then
  apt-get update
  for version in 3.13 3.12 3.11; do
    if apt-get install -y "python$version" "python$version-venv"; then break; fi
  done
  python="$(find_python)"
fi
if [ -z "$python" ]; then
  echo "No Python 3.11 or newer: choose a newer base image in Gradescope's autograder settings." >&2
  exit 1
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir \\
  --constraint "$source/constraints.txt" "$source/toolkit"
chmod -R go-rwx "$source"  # the reference is not for the user that students' code runs as
"""

RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission. Without results.json Gradescope says that the autograder failed, not the student.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 700 "$root/source" "$root/results" || true

mkdir "$work/class"
cp -R "$root/submission" "$work/class/submission"
# A container of Gradescope has no user namespaces: take the walls that work there.
"$root/venv/bin/grader" grade "$root/source/RUBRIC" "$work/class" -o "$work/out" --isolation best --jobs 1
"$root/venv/bin/grader" export "$work/out" --to gradescope --only submission --stage open -o "$root/results/results.json"
""".replace("RUBRIC", RUBRIC)


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the toolkit needs: its version, its dependencies as they are declared, and the exact versions in use here."""

    version: str
    python: str
    declared: Sequence[str]
    pinned: Mapping[str, str]


def autograder_zip(course: Mapping[str, bytes], toolkit: Mapping[str, bytes], needs: Requirements) -> bytes:
    """The zip; `course` holds ``rubric.yaml`` and the reference by their paths, `toolkit` this package's files."""
    pins = "".join(f"{name}=={version}\n" for name, version in sorted(needs.pinned.items()))
    files = {
        "setup.sh": SETUP.encode(),
        "run_autograder": RUN.encode(),
        "constraints.txt": pins.encode(),
        "toolkit/pyproject.toml": _project(needs).encode(),
        **{f"toolkit/grader/{name}": data for name, data in sorted(toolkit.items())},
        **{f"course/{name}": data for name, data in sorted(course.items())},
    }
    return zipped(files, _RUNNABLE)


def _project(needs: Requirements) -> str:
    """A project file from which pip installs the toolkit as it is here."""
    lines = [
        "[build-system]",
        'requires = ["setuptools>=61"]',
        'build-backend = "setuptools.build_meta"',
        "[project]",
        'name = "grader"',
        f"version = {json.dumps(needs.version)}",
        f"requires-python = {json.dumps(needs.python)}",
        f"dependencies = {json.dumps(list(needs.declared))}",
        "[project.scripts]",
        'grader = "grader.cli:main"',
        "[tool.setuptools.packages.find]",
        'include = ["grader*"]',
        "[tool.setuptools.package-data]",
        'grader = ["**/*"]',
    ]
    return "\n".join(lines) + "\n"
