"""The interface to the processes around it, and where it can run."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import grader.sandbox.inside as package
from grader.sandbox.inside import session
from tests.sandbox.inside.playing import forked, part_of

FOLDER = Path(package.__file__).parent


def test_it_imports_only_itself_and_what_may_be_there() -> None:
    allowed = set(sys.stdlib_module_names) | {"IPython", "traitlets", "matplotlib_inline"}
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, file.name
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] in allowed, file.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 1, file.name


BARE = """
import json, os, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numpy", "torch", "matplotlib", "pandas", "tqdm", "grader", "pydantic"):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
from inside import session
session.warm_up(["nothing_such"])
frames = []
codes = ["x = [1, 2]", "1 / 0", "import numpy"]
cells = [{"index": i, "kind": "code", "source": code, "headings": []} for i, code in enumerate(codes)]
part = {"path": "a.ipynb", "kind": "notebook", "cells": cells}
playing = session.Session(part, {}, 0, lambda frame, blobs: frames.append(frame))
for cell in cells:
    playing.run_cell(cell["index"])
probes = [{"probe": "look", "names": ["x"]}, {"probe": "figures"}, {"probe": "trace", "names": ["x"]}, {"probe": "source"}]
captures = [playing.answer(probe, {})[0]["status"] for probe in probes]
print(json.dumps([[f["status"] for f in frames if f["frame"] == "cell"], captures, session.versions()]))
"""


def test_it_runs_as_a_package_of_its_own_where_there_is_only_ipython(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BARE, str(FOLDER.parent)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    cells, captures, versions = json.loads(done.stdout)
    assert cells == ["ok", "raised", "raised"]
    assert captures == ["captured", "missing", "raised", "captured"]
    assert set(versions) == {"python", "IPython"}


@pytest.mark.usefixtures("_warm")
def test_frames_come_in_order_and_no_thread_is_left(tmp_path: Path) -> None:
    def run() -> Any:
        import os
        import threading

        os.chdir(tmp_path)
        before = threading.active_count()
        frames: list[dict[str, Any]] = []
        part = part_of(["print(1)", "2"], "notebook", tmp_path)
        playing = session.Session(part, {}, 0, lambda frame, _: frames.append(frame))
        playing.run_cell(1)
        playing.run_cell(0)
        playing.answer({"probe": "prints"}, {})
        return [(frame["frame"], frame["cell"]) for frame in frames], threading.active_count() - before

    frames, threads = forked(run)
    assert frames == [("cell_begin", 1), ("cell", 1), ("cell_begin", 0), ("cell", 0)]
    assert threads == 0


@pytest.mark.usefixtures("_warm")
def test_versions_name_what_is_loaded() -> None:
    import torch

    assert session.versions()["torch"] == torch.__version__
