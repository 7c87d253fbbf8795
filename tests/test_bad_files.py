"""A class of files that are no good, by the command an instructor uses: a row for each, and a sentence that says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
RUBRIC = """\
assignment: files
title: Files
reference: reference
points: 1
limits: {wall: 20 s, cell: 5 s, probe: 2 s}
questions:
  - id: "1"
    title: A value
    points: 1
    answer: {variables: {x: x}}
    checks:
      - {id: x, kind: array, of: x, points: 1}
"""
pytestmark = [pytest.mark.box, pytest.mark.xdist_group("files")]


def good(minor: int = 5) -> dict[str, Any]:
    cell = nbformat.v4.new_code_cell("x = [1.0, 2.0]", id="a")
    content: dict[str, Any] = json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
    return {**content, "nbformat_minor": minor}


def old(major: int) -> dict[str, Any]:
    cells = [{"cell_type": "code", "input": "x = [1.0, 2.0]", "outputs": [], "language": "python", "collapsed": False}]
    return {"nbformat": major, "nbformat_minor": 0, "metadata": {"name": "a"}, "worksheets": [{"cells": cells}]}


TEXT = json.dumps(good())
PARTS = json.loads(TEXT)
HUGE = {
    **PARTS,
    "cells": [{**PARTS["cells"][0], "outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 200_000_000}]}],
}
USABLE: dict[str, bytes] = {
    "bom": b"\xef\xbb\xbf" + TEXT.encode(),
    "nbformat-3": json.dumps(old(3)).encode(),
    "nbformat-4-too-new": json.dumps(good(minor=99)).encode(),
    "huge-outputs": json.dumps(HUGE).encode(),
}
"""Read as they are, or upgraded."""
USELESS: dict[str, tuple[bytes, str]] = {
    "truncated": (TEXT.encode()[: len(TEXT) // 2], "not_json"),
    "empty": (b"", "empty_file"),
    "latin-1": (json.dumps(good(), ensure_ascii=False).replace("x =", "é =").encode("latin-1"), "not_utf8"),
    "merge-conflict": (TEXT.encode()[:-1] + b',\n<<<<<<< HEAD\n"a": 1\n=======\n"b": 2\n>>>>>>> main\n}', "merge_conflict"),
    "lfs-pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "lfs_pointer"),
    "error-page": (b"<!DOCTYPE html>\n<html><title>404</title></html>", "html"),
    "renamed-module": (b"import numpy as np\nx = [1.0, 2.0]\n", "not_notebook"),
    "nbformat-9": (json.dumps({**good(), "nbformat": 9}).encode(), "too_new"),
    "list-for-dict": (b"[1, 2, 3]", "not_notebook"),
    "cells-no-list": (json.dumps({**good(), "cells": {"a": 1}}).encode(), "bad_cells"),
    "cells-of-numbers": (json.dumps({**good(), "cells": [1, None, "x"]}).encode(), "bad_cells"),
}
"""What cannot be read, and the fault that says so."""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "rubric.yaml").write_text(RUBRIC)
    (folder / "reference").mkdir()
    (folder / "reference" / "solution.py").write_text("x = [1.0, 2.0]\n")
    for name, data in {**USABLE, **{name: data for name, (data, _) in USELESS.items()}}.items():
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "hw.ipynb").write_bytes(data)
    start = [sys.executable, "-c", "from grader.cli import main; main()"]
    command = [*start, "grade", str(folder / "rubric.yaml"), str(folder / "class"), "-o", str(folder / "out"), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return {one["id"]: one for one in json.loads(done.stdout)["submissions"]}


def test_everybody_has_a_row(rows: dict[str, dict[str, Any]]) -> None:
    assert sorted(rows) == sorted([*USABLE, *USELESS])


@pytest.mark.parametrize("name", USABLE)
def test_what_can_be_read_safely_is_graded(rows: dict[str, dict[str, Any]], name: str) -> None:
    assert (rows[name]["earned"], rows[name]["run"]["faults"]) == (1.0, [])


@pytest.mark.parametrize("name", USELESS)
def test_what_cannot_be_read_says_why(rows: dict[str, dict[str, Any]], name: str) -> None:
    (fault,) = rows[name]["run"]["faults"]
    assert (rows[name]["earned"], fault["code"]) == (0.0, USELESS[name][1])
    assert fault["text"].endswith((".", "?"))
